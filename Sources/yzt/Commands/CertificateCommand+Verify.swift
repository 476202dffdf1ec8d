import ArgumentParser
import Cryptography
import Foundation
import Groundwork

extension CertificateCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Validate a certificate's path as a relying party (路径验证): offline, without a data directory.",
            discussion: """
                RFC 5280, 6, at security level 2: RSA-2048 and SHA-256 or better. Where a list or --require-status is \
                given, every certificate of the path but the anchor needs a current CRL; an OCSP answer about the \
                certificate itself is looked at beside them.

                    yzt certificate verify entity.pem --anchor root.cer --intermediate issuing.cer \\
                        --crl 3.crl --crl root.crl --purpose client-authentication --policy 1.3.6.1.4.1.32473.1156.1.1

                Exit status 0 if the certificate is good for the purpose, 1 otherwise.
                """)
        @Argument(help: "The certificate, DER or PEM.") var file: String
        @Option(help: "A trusted root, DER or PEM (all blocks of it); repeat it for more.") var anchor: [String]
        @Option(help: "Further certificates, DER or PEM (all blocks of it); repeat it for more.")
        var intermediate: [String] = []
        @Option(help: "A CRL or delta CRL, DER or PEM; repeat it for more.") var crl: [String] = []
        @Option(help: "An OCSP response about the certificate, DER; repeat it for more.") var ocsp: [String] = []
        @Option(
            help: ArgumentHelp(
                "What it must be for: \(SignerPurpose.allCases.map(\.rawValue).joined(separator: ", "))."))
        var purpose: PurposeArgument = .init(purpose: .any)
        @Option(help: "An acceptable certificate policy (OID); repeat it for more; the path must then have one.")
        var policy: [String] = []
        @Option(help: "The moment, RFC 3339 with a time zone; now if left out.") var at: MomentArgument?
        @Flag(help: "Refuse where no CRL of every issuer on the path is given.") var requireStatus = false

        func run() async throws {
            let leaf = try CertificateFile.read(file, as: "CERTIFICATE")
            let now = at?.instant ?? Surroundings.real.now()
            let others = try intermediate.flatMap { try CertificateFile.all($0, as: "CERTIFICATE") }
            let anchors = try anchor.flatMap { try CertificateFile.all($0, as: "CERTIFICATE") }
            var question = PathQuestion(certificate: leaf, intermediates: others, anchors: anchors, at: now)
            question.crls = try crl.flatMap { try CertificateFile.all($0, as: "X509 CRL") }
            question.requiresCRLs = requireStatus
            question.policies = try policy.map { try OID(validating: $0) }
            question.requiresExplicitPolicy = !policy.isEmpty
            let certificate = try Certificate(der: leaf)
            let path: [[UInt8]]
            switch question.answer() {
            case .failure(let fault):
                throw Refusal(
                    CommandRefusal.pathInvalid, detail: "depth \(fault.depth), error \(fault.code)",
                    facts: ["cause": fault.text])
            case .success(let found): path = found
            }
            if let defect = purpose.purpose.defect(of: certificate) {
                throw Refusal(CommandRefusal.pathInvalid, detail: purpose.purpose.rawValue, facts: ["cause": defect])
            }
            for answer in ocsp { try check(answer, about: certificate, path, at: now) }
            Console.say("✓ \(certificate.subject)")
            for der in path.dropFirst() { Console.say("  ↑ \(try Certificate(der: der).subject)") }
        }

        private func check(
            _ file: String, about certificate: Certificate, _ path: [[UInt8]], at now: Instant
        ) throws {
            let response = try OCSPResponse(der: CertificateFile.read(file, as: "OCSP RESPONSE"))
            guard path.count > 1, let basic = response.basic else {
                throw Refusal(CommandRefusal.pathInvalid, facts: ["cause": "no OCSP answer about the certificate"])
            }
            let issuer = try Certificate(der: path[1])
            let asked = DigestAlgorithm.allCases.map {
                OCSPCertID(issuer: issuer, serialNumber: certificate.serialNumber, digest: $0)
            }
            guard let name = asked.first(where: { basic.response(for: $0) != nil }) else {
                throw Refusal(CommandRefusal.pathInvalid, facts: ["cause": "no OCSP answer about the certificate"])
            }
            let status = try response.verifiedStatus(of: name, issuer: issuer, at: now).status
            guard case .good = status else {
                throw Refusal(CommandRefusal.pathInvalid, facts: ["cause": "OCSP: \(Self.word(status))"])
            }
        }

        private static func word(_ status: OCSPStatus) -> String {
            switch status {
            case .good: "good"
            case .revoked: "revoked"
            case .unknown: "unknown"
            }
        }
    }
}

struct PurposeArgument: ExpressibleByArgument {
    var purpose: SignerPurpose
    init(purpose: SignerPurpose) { self.purpose = purpose }
    init?(argument: String) {
        guard let purpose = SignerPurpose(rawValue: argument) else { return nil }
        self.purpose = purpose
    }
    static var allValueStrings: [String] { SignerPurpose.allCases.map(\.rawValue) }
    var defaultValueDescription: String { purpose.rawValue }
}

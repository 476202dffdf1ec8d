import ArgumentParser
import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Storage

extension CertificateCommand {
    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Hold a certificate, revocation list or OCSP answer against every rule; each finding names its clause.",
            discussion: """
                Rules about a profile's form apply where --profile names one that is in force here; rules about what this \
                authority alone promises (its addresses, its shards, its serial numbers) where --ours says that it is, \
                or is to be, one of its own. Without them the file is judged by what every authority has to keep.

                    yzt certificate lint server.pem --ours --profile tls-server

                Exit status 0 if nothing was found, 1 otherwise.
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The file, DER or PEM.") var file: String
        @Option(help: "What it is: certificate, list or answer.") var kind: LintKindArgument = .certificate
        @Option(help: "The issuer's certificate, DER or PEM: names, keys and the signature are compared with it.")
        var issuer: String?
        @Option(help: "For a certificate: the profile that it should have, by its id.") var profile: String?
        @Flag(help: "For a certificate: it is this authority's own; the issuer is found by its name.") var ours = false
        @Option(help: "For an answer: the responder's certificate, DER or PEM.") var responder: String?

        func run() async throws {
            let issuer = try issuer.map { try Certificate(der: CertificateFile.read($0, as: "CERTIFICATE")) }
            let der = try CertificateFile.read(file, as: kind.label)
            let findings: [LintFinding]
            switch kind {
            case .certificate: findings = Linter.findings(der: der, in: try await context(of: der, issuer))
            case .list: findings = Linter.findings(list: der, in: CRLContext(issuer: issuer))
            case .answer:
                let responder = try responder.map { try Certificate(der: CertificateFile.read($0, as: "CERTIFICATE")) }
                findings = Linter.findings(answer: der, in: ResponseContext(issuer: issuer, responder: responder))
            }
            for finding in findings {
                Console.say("\(finding.severity)  \(finding.rule)  [\(finding.citation)]  \(finding.text)")
            }
            guard findings.isEmpty else { throw ExitCode(ExitStatus.refused) }
            Console.say("无发现 · nothing found")
        }

        func validate() throws {
            guard kind == .certificate || profile == nil && !ours else {
                throw ValidationError("--profile 与 --ours 只用于证书 · --profile and --ours are for certificates")
            }
        }

        /// What is known of the certificate beside its file: the profile in force, and where it is ours the issuer's
        /// generation, addresses and shards.
        private func context(of der: [UInt8], _ issuer: Certificate?) async throws -> LintContext {
            guard profile != nil || ours else { return LintContext(issuer: issuer) }
            let open = try await authority.open()
            let book = try await open.authority.policies.current()
            let form = try profile.map { try book.form($0) }
            // One that cannot be read has the finding that it is malformed, whatever is known of it.
            let name = try? Certificate(der: der).issuer
            let own = ours ? open.authority.issuers.issuers.last { $0.certificate.subject == name } : nil
            if ours, own == nil, let name {
                throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": "\(name)"])
            }
            await open.database.close()
            return LintContext(
                issuer: own?.certificate ?? issuer, form: form, policy: form == nil && !ours ? nil : book.certificates,
                addresses: own?.addresses, generation: own?.generation, shards: own?.shards)
        }
    }
}

enum LintKindArgument: String, ExpressibleByArgument, CaseIterable {
    case certificate, list, answer

    var label: String {
        switch self {
        case .certificate: "CERTIFICATE"
        case .list: "X509 CRL"
        case .answer: "OCSP RESPONSE"
        }
    }
}

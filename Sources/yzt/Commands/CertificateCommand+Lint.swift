import ArgumentParser
import CertificateProfiles
import Cryptography
import Foundation
import Groundwork

extension CertificateCommand {
    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Hold a certificate, revocation list or OCSP answer against every rule; each finding names its clause.",
            discussion: "Exit status 0 if nothing was found, 1 otherwise.")
        @Argument(help: "The file, DER or PEM.") var file: String
        @Option(help: "What it is: certificate, list or answer.") var kind: LintKindArgument = .certificate
        @Option(help: "The issuer's certificate, DER or PEM: names, keys and the signature are compared with it.")
        var issuer: String?
        @Option(help: "For an answer: the responder's certificate, DER or PEM.") var responder: String?

        func run() async throws {
            let issuer = try issuer.map { try Certificate(der: CertificateFile.read($0, as: "CERTIFICATE")) }
            let der = try CertificateFile.read(file, as: kind.label)
            let findings: [LintFinding]
            switch kind {
            case .certificate: findings = Linter.findings(der: der, in: LintContext(issuer: issuer))
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

package import Audit
package import Cryptography
import Groundwork
package import Storage

/// Hands out stored evidence, joined with its place in the audit.
package struct EvidenceExport: Sendable {
    private let database: Database
    private let audit: AuditLog
    /// The certificate of the key that signs checkpoints.
    private let checkpointCertificate: Certificate

    package init(database: Database, audit: AuditLog, checkpointCertificate: Certificate) {
        self.database = database
        self.audit = audit
        self.checkpointCertificate = checkpointCertificate
    }

    /// The evidence of a login. While no checkpoint covers it yet, it comes without the audit's part: it holds, but is
    /// not complete.
    package func evidence(of login: LoginIdentifier) async throws -> Evidence {
        try await database.read { transaction in
            let evidence = try Evidence(bytes: LoginStore().evidence(login, in: transaction))
            guard let event = evidence.json["audit_event"]?.string.flatMap({ AuditEventIdentifier(shown: $0) }) else {
                throw Refusal(AuthenticationRefusal.malformedEvidence, facts: ["what": "audit_event"])
            }
            guard let place = try audit.evidence(of: event, in: transaction),
                case .object(var members) = place.json
            else { return evidence }
            members["certificate"] = .string(Base64.encode(checkpointCertificate.der))
            return evidence.joined(with: .object(members))
        }
    }
}

import Audit
import LegalEntities
import Cryptography
package import Groundwork

/// Login evidence (登录凭据): everything that lets anyone who trusts our anchors check a login years later, offline.
///
/// One RFC 8785 object. What was signed is inside as the very bytes that were signed; nothing is encoded again.
package struct Evidence: Hashable, Sendable {
    package static let format = "yzt-login-evidence-1"
    package static let largest = 1 << 20

    package let json: CanonicalJSON

    /// The bytes of `evidence.json`.
    package var bytes: [UInt8] { json.bytes }

    init(_ draft: LoginDraft, login: Login, service: Certificate, event: AuditEventIdentifier) {
        func encoded(_ bytes: [UInt8]) -> CanonicalJSON { .string(Base64.encode(bytes)) }
        json = .object([
            "format": .string(Self.format),
            "login": .string(login.id.shown),
            "client": .string(login.client.text),
            "origin": .string(draft.answer.origin.text),
            "statement": encoded(draft.answer.statement),
            "service_signature": encoded(draft.serviceSignature),
            "service_certificate": encoded(service.der),
            "signature": encoded(draft.answer.signature),
            "certificate": encoded(draft.answer.certificate),
            "chain": .array(draft.chain.map { encoded($0.der) }),
            "ocsp": encoded(draft.statusAnswer),
            "verified_at": .integer(login.at.milliseconds),
            "sub": .string(login.subject.text),
            "uscc": .string(login.uscc),
            "name": .string(login.name),
            "holder": .string(login.holder.text),
            "acr": .string(login.acr),
            "amr": .array(login.amr.map { .string($0) }),
            "audit_event": .string(event.shown),
        ])
    }

    private init(json: CanonicalJSON) { self.json = json }

    /// Evidence from outside: one canonical object of our format.
    package init(bytes: [UInt8]) throws(Refusal) {
        let json: CanonicalJSON
        do { json = try CanonicalJSON(parsingCanonical: bytes, limit: Self.largest) } catch {
            throw Refusal(AuthenticationRefusal.malformedEvidence, detail: "\(error)", facts: ["what": "JSON"])
        }
        guard json["format"]?.string == Self.format else {
            throw Refusal(AuthenticationRefusal.malformedEvidence, facts: ["what": "format"])
        }
        self.json = json
    }

    /// The evidence with its place in the audit: the stored event, its inclusion proof and the signed, time-stamped
    /// checkpoint that covers it. Joined when it is exported, for at the moment of the login there is no checkpoint
    /// yet.
    package func joined(with audit: CanonicalJSON) -> Evidence {
        guard case .object(var members) = json else { return self }
        members["audit"] = audit
        return Evidence(json: .object(members))
    }
}

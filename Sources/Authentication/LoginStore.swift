import Cryptography
import Audit
import Groundwork
import LegalEntities
import Storage

/// The SQL of logins, their evidence and their holders.
struct LoginStore: Sendable {
    /// The holder behind a security key, made the first time that it logs in.
    func holder(
        _ key: [UInt8], _ surroundings: Surroundings, in transaction: any Transaction
    ) throws(Refusal) -> HolderIdentifier {
        try transaction.execute(
            "INSERT INTO login_holder (holder_key, holder) VALUES ($1, $2) ON CONFLICT (holder_key) DO NOTHING", key,
            HolderIdentifier(in: surroundings).bytes)
        let row = try transaction.first("SELECT holder FROM login_holder WHERE holder_key = $1", key)
        guard let bytes = try row?.blob("holder"), let holder = HolderIdentifier(bytes: bytes) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "holder")
        }
        return holder
    }

    func insert(
        _ login: Login, _ challenge: ChallengeIdentifier, event: AuditEventIdentifier, evidence: [UInt8],
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO login (login_id, challenge_id, subject, uscc, holder, certificate_serial, client, at,
                audit_event, evidence)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, login.id, challenge, login.subject.bytes, login.uscc, login.holder.bytes,
            login.certificateSerial.bytes, login.client.text, login.at, event, evidence)
    }

    func evidence(_ id: LoginIdentifier, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8] {
        let row = try transaction.first("SELECT evidence FROM login WHERE login_id = $1", id)
        guard let row else { throw Refusal(AuthenticationRefusal.evidenceUnknown) }
        return try row.blob("evidence")
    }
}

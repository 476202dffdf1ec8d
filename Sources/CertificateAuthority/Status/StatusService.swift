package import Cryptography
package import Groundwork
internal import Storage

/// Answers "is it still valid?": by OCSP, by list, and to the other rooms.
package struct StatusService: Sendable {
    let database: Database
    let surroundings: Surroundings
    let policies: PolicyStore
    let issuers: IssuerDirectory
    let services: ServiceKeys

    /// The state at this moment; `nil` for a serial number that we never stored.
    package func status(of serial: SerialNumber) async throws -> CertificateState? {
        let now = surroundings.now()
        return try await database.read { transaction in
            if let record = try CertificateStore.certificate(serial, in: transaction) { return record.state(at: now) }
            return try StatusFact(serial, issuer: nil, in: transaction).version == nil ? nil : .revoked
        }
    }

    /// An issuing generation's certificate in DER: what `/ca/{issuer}.cer` gives.
    package func issuerCertificate(_ generation: String) throws(Refusal) -> [UInt8] {
        try issuers.issuer(generation: generation).certificate.der
    }
}

/// What the store says about one serial number: the status, and the version that an answer must carry.
struct StatusFact: Sendable, Hashable {
    /// `nil` if nothing is stored.
    let version: Int64?
    let revocation: RevocationFact?

    /// `good` is said only of stored certificates; a closed intent is revoked; an open one is nothing yet.
    init(_ serial: SerialNumber, issuer: String?, in transaction: any ReadTransaction) throws(Refusal) {
        if let row = try transaction.first(
            """
            SELECT c.issuer AS issuer, c.status_version AS status_version, r.reason AS reason,
                r.revoked_at AS revoked_at
            FROM certificate c LEFT JOIN revocation r ON r.serial = c.serial WHERE c.serial = $1
            """, serial.bytes)
        {
            let owner = try row.text("issuer")
            let isOurs = issuer == nil || owner == issuer
            version = isOurs ? try row.integer("status_version") : nil
            revocation = isOurs ? try RevocationFact(optional: row) : nil
        } else if let row = try transaction.first(
            "SELECT issuer, reason, revoked_at FROM revocation WHERE serial = $1", serial.bytes)
        {
            let owner = try row.text("issuer")
            let isOurs = issuer == nil || owner == issuer
            version = isOurs ? 1 : nil
            revocation = isOurs ? try RevocationFact(optional: row) : nil
        } else {
            version = nil
            revocation = nil
        }
    }

    var ocsp: OCSPStatus {
        guard version != nil else { return .unknown }
        guard let revocation else { return .good }
        return .revoked(
            at: revocation.revokedAt, reason: revocation.reason == .unspecified ? nil : revocation.reason)
    }

    static let unknown = StatusFact()

    private init() {
        version = nil
        revocation = nil
    }
}

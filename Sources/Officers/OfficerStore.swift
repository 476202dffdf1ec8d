internal import Cryptography
internal import Groundwork
internal import Storage

/// The SQL of this room.
enum OfficerStore {
    private static let columns = """
        officer.id AS id, officer.name AS name, officer.roles AS roles,
        CASE WHEN officer_retirement.officer IS NULL THEN officer.status ELSE 'retired' END AS status,
        officer.enrolled_at AS enrolled_at, officer_certificate.certificate AS certificate
        """

    private static let joined =
        "officer JOIN officer_certificate ON officer_certificate.officer = officer.id "
        + "AND officer_certificate.is_current = 1 "
        + "LEFT JOIN officer_retirement ON officer_retirement.officer = officer.id"

    static func officer(_ identifier: OfficerIdentifier, in transaction: any ReadTransaction) throws(Refusal)
        -> Officer?
    {
        guard
            let row = try transaction.first(
                "SELECT \(columns) FROM \(joined) WHERE officer.id = $1", identifier)
        else { return nil }
        return try officer(row)
    }

    /// The officer whose present certificate is exactly this one.
    static func officer(certificate: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> Officer? {
        guard
            let row = try transaction.first(
                "SELECT \(columns) FROM \(joined) WHERE officer_certificate.certificate = $1", certificate)
        else { return nil }
        return try officer(row)
    }

    static func all(in transaction: any ReadTransaction) throws(Refusal) -> [Officer] {
        var officers: [Officer] = []
        for row in try transaction.query("SELECT \(columns) FROM \(joined) ORDER BY officer.id") {
            officers.append(try officer(row))
        }
        return officers
    }

    /// Whether any officer, now or earlier, had this certificate or its key.
    static func knows(_ certificate: Certificate, in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first(
            "SELECT 1 AS known FROM officer_certificate WHERE certificate = $1 OR public_key = $2",
            certificate.der, certificate.publicKey.spki) != nil
    }

    static func insert(_ officer: Officer, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "INSERT INTO officer (id, name, roles, status, enrolled_at) VALUES ($1, $2, $3, $4, $5)",
            officer.identifier, officer.name, text(of: officer.roles), officer.status.rawValue, officer.since)
        try insertCurrent(officer.certificate, of: officer.identifier, at: officer.since, in: transaction)
    }

    static func replaceCertificate(
        of officer: OfficerIdentifier, by certificate: Certificate, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute("UPDATE officer_certificate SET is_current = 0 WHERE officer = $1", officer)
        try insertCurrent(certificate, of: officer, at: now, in: transaction)
    }

    private static func insertCurrent(
        _ certificate: Certificate, of officer: OfficerIdentifier, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO officer_certificate (certificate, public_key, officer, is_current, since)
            VALUES ($1, $2, $3, 1, $4)
            """, certificate.der, certificate.publicKey.spki, officer, now)
    }

    static func setRoles(
        _ roles: Set<OfficerRole>, of officer: OfficerIdentifier, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute("UPDATE officer SET roles = $1 WHERE id = $2", text(of: roles), officer)
    }

    static func setStatus(
        _ status: OfficerStatus, of officer: OfficerIdentifier, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute("UPDATE officer SET status = $1 WHERE id = $2", status.rawValue, officer)
    }

    static func retire(
        _ officer: OfficerIdentifier, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            "INSERT INTO officer_retirement (officer, retired_at) VALUES ($1, $2)", officer, now)
    }

    /// The signatures that were stored with a spent order, the requester's first.
    static func signatures(
        under request: CanonicalRequest, in transaction: any ReadTransaction
    ) throws(Refusal) -> [OfficerSignature] {
        var signatures: [OfficerSignature] = []
        for row in try transaction.query(
            "SELECT certificate, signature FROM officer_authorisation_signature WHERE nonce = $1 ORDER BY place",
            request.nonce)
        {
            signatures.append(
                OfficerSignature(certificate: try row.blob("certificate"), signature: try row.blob("signature")))
        }
        return signatures
    }

    /// Who signed a spent order, the requester first.
    static func signers(
        under request: CanonicalRequest, in transaction: any ReadTransaction
    ) throws(Refusal) -> [OfficerIdentifier] {
        var officers: [OfficerIdentifier] = []
        for row in try transaction.query(
            "SELECT officer FROM officer_authorisation_signature WHERE nonce = $1 ORDER BY place", request.nonce)
        {
            officers.append(try row.identifier("officer"))
        }
        return officers
    }

    private static func text(of roles: Set<OfficerRole>) -> String {
        roles.sorted().map(\.rawValue).joined(separator: " ")
    }

    private static func officer(_ row: Row) throws(Refusal) -> Officer {
        var roles = Set<OfficerRole>()
        for name in try row.text("roles").split(separator: " ") {
            guard let role = OfficerRole(rawValue: String(name)) else {
                throw Refusal(OfficersRefusal.stored, detail: "unknown role \(name)")
            }
            roles.insert(role)
        }
        return Officer(
            identifier: try row.identifier("id"), name: try row.text("name"), roles: roles,
            status: try row.choice("status"), certificate: try Certificate(der: try row.blob("certificate")),
            since: try row.instant("enrolled_at"))
    }
}

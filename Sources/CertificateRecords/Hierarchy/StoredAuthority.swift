package import Cryptography
package import Groundwork
package import Storage

/// The rows that an authority is opened from, of one moment.
///
/// An issuing generation counts from the moment when its ceremony was complete: before, nothing would answer for the
/// status of what it issued.
package struct StoredAuthority: Sendable {
    package struct IssuerRow: Sendable {
        package let generation: String
        package let role: AuthorityRole
        package let shards: Int
        package let keyName: String
        package let certificate: Certificate
        package let isActive: Bool
    }
    package struct ServiceRow: Sendable {
        package let role: ServiceRole
        package let issuer: String
        package let keyName: String
        package let certificate: Certificate
        package let isActive: Bool
        package let endsAt: Instant?
    }

    package let statusBase: String
    /// Changes with every change of the rows; see ``touch(in:)``.
    package let version: Int64
    package var issuers: [IssuerRow] = []
    package var services: [ServiceRow] = []

    package init(in transaction: any ReadTransaction) throws(Refusal) {
        guard let base = try AuthoritySetting.value("status-base", in: transaction) else {
            throw Refusal(CertificateRecordsRefusal.notInitialised)
        }
        statusBase = base
        version = try StoredAuthority.version(in: transaction)
        for row in try transaction.query(
            """
            SELECT generation, role, shards, key_name, der,
                \(IssuerStatus.condition(issuer: "authority_issuer.generation")) AS is_active
            FROM authority_issuer
            WHERE role = 'root' OR EXISTS
                (SELECT 1 FROM authority_setting s WHERE s.name = 'complete/' || authority_issuer.generation)
            ORDER BY created_at, role DESC
            """)
        {
            issuers.append(
                IssuerRow(
                    generation: try row.text("generation"), role: try row.choice("role"),
                    shards: Int(try row.integer("shards")), keyName: try row.text("key_name"),
                    certificate: try Certificate(der: try row.blob("der")),
                    isActive: try row.integer("is_active") == 1))
        }
        let known = Set(issuers.map(\.generation))
        for row in try transaction.query(
            """
            SELECT s.role AS role, s.issuer AS issuer, s.key_name AS key_name, c.der AS der,
                \(StoredAuthority.serviceStands) AS is_active,
                (SELECT min(coalesce(r.invalid_since, r.revoked_at)) FROM revocation r WHERE r.serial = c.serial
                    OR r.serial IN (\(IssuerStatus.above(issuer: "c.issuer")))) AS ends_at
            FROM service_key s JOIN certificate c ON c.serial = s.serial ORDER BY s.since, s.serial
            """)
        {
            let issuer = try row.text("issuer")
            guard known.contains(issuer) else { continue }
            services.append(
                ServiceRow(
                    role: try row.choice("role"), issuer: issuer, keyName: try row.text("key_name"),
                    certificate: try Certificate(der: try row.blob("der")),
                    isActive: try row.integer("is_active") == 1, endsAt: try row.optionalInstant("ends_at")))
        }
    }

    /// An SQL condition over `service_key s` and its `certificate c`: whether the key may sign.
    private static let serviceStands = """
        (c.state = 'active' AND (s.role = 'ocspResponder'
            OR \(IssuerStatus.condition(issuer: "c.issuer", exceptFor: "c.serial"))))
        """

    /// Whether the service key with this certificate may sign, by the store's word at this moment.
    package static func stands(_ serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first(
            """
            SELECT \(serviceStands) AS stands FROM service_key s JOIN certificate c ON c.serial = s.serial
            WHERE s.serial = $1
            """, serial.bytes)?.integer("stands") == 1
    }

    private static let counter = "directory-version"

    package static func version(in transaction: any ReadTransaction) throws(Refusal) -> Int64 {
        try AuthoritySetting.value(counter, in: transaction).flatMap { Int64($0) } ?? 0
    }

    /// Tells every process, at its next refresh, that generations or service keys have changed, or the status of one of
    /// their certificates. Belongs to the transaction that changes them.
    package static func touch(in transaction: any Transaction) throws(Refusal) {
        try AuthoritySetting.set(counter, String(version(in: transaction) + 1), in: transaction)
    }
}

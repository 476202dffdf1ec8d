package import Cryptography
package import Groundwork
package import Storage

/// Whether a generation is a root or issues to subscribers.
package enum AuthorityRole: String, Sendable, Codable { case root, issuing }

/// The one writer of the tables of generations and of the service keys that they certified.
package enum HierarchyStore {
    /// A generation of an authority, with its certificate.
    package struct Generation: Sendable {
        package let plan: Hierarchy.Authority
        package let role: AuthorityRole
        /// The generation above it; a root's own.
        package let parent: String
        package let family: AlgorithmFamily?
        package let certificate: Certificate

        package init(
            plan: Hierarchy.Authority, role: AuthorityRole, parent: String, family: AlgorithmFamily?,
            certificate: Certificate
        ) {
            self.plan = plan
            self.role = role
            self.parent = parent
            self.family = family
            self.certificate = certificate
        }
    }

    /// Stores a generation. It counts from the moment when its ceremony is complete.
    package static func insert(
        _ generation: Generation, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        let plan = generation.plan
        try transaction.execute(
            """
            INSERT INTO authority_issuer (generation, family, role, parent, shards, key_name, serial, der, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, plan.generation, generation.family?.rawValue, generation.role.rawValue, generation.parent,
            plan.shards, plan.generation, generation.certificate.serialNumber.bytes, generation.certificate.der, now)
    }

    /// A generation's certificate in DER; `nil` where there is no such generation.
    package static func certificate(
        of generation: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> [UInt8]? {
        try transaction.first("SELECT der FROM authority_issuer WHERE generation = $1", generation)?.blob("der")
    }

    /// Whether a root with exactly this certificate is stored.
    package static func knows(root: Certificate, in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first(
            "SELECT 1 AS known FROM authority_issuer WHERE role = 'root' AND der = $1", root.der) != nil
    }

    /// One generation as it is stored.
    package struct Row: Sendable {
        package let generation: String
        package let role: AuthorityRole
        package let shards: Int
        /// Under which name custody has its key.
        package let keyName: String
        package let certificate: Certificate
    }

    /// Every generation, complete or not, in the order in which they came.
    package static func all(in transaction: any ReadTransaction) throws(Refusal) -> [Row] {
        var rows: [Row] = []
        for row in try transaction.query(
            "SELECT generation, role, shards, key_name, der FROM authority_issuer ORDER BY created_at")
        {
            rows.append(
                Row(
                    generation: try row.text("generation"), role: try row.choice("role"),
                    shards: Int(try row.integer("shards")), keyName: try row.text("key_name"),
                    certificate: try Certificate(der: try row.blob("der"))))
        }
        return rows
    }

    /// Every generation's own certificate, unread: whoever compares the store must see bytes that are none.
    package static func certificates(
        in transaction: any ReadTransaction
    ) throws(Refusal) -> [(serial: SerialNumber, der: [UInt8])] {
        try transaction.query("SELECT serial, der FROM authority_issuer").map { row throws(Refusal) in
            (serial: try row.serial("serial"), der: try row.blob("der"))
        }
    }

    /// The authorities that a root certified and that are revoked and have not ended before that moment.
    package static func revoked(
        by root: String, endingAfter moment: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query(
            """
            SELECT c.serial AS serial FROM authority_issuer a JOIN certificate c ON c.serial = a.serial
            WHERE c.issuer = $1 AND c.state = 'revoked' AND c.not_after >= $2
            """, root, moment
        ).serials()
    }
}

extension HierarchyStore {
    /// Brings a service key into use: it is the newest of its role from now on, in every process after its next
    /// refresh.
    package static func insertServiceKey(
        _ role: ServiceRole, issuer generation: String, certificate: Certificate, keyName: String, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        // The newest is the last one: two of the same millisecond keep their order.
        let last = try transaction.first(
            "SELECT max(since) AS since FROM service_key WHERE role = $1", role.rawValue)?.optionalInstant("since")
        let since = last.map { max(now, $0.adding(milliseconds: 1)) } ?? now
        try transaction.execute(
            "INSERT INTO service_key (role, issuer, serial, key_name, since) VALUES ($1, $2, $3, $4, $5)",
            role.rawValue, generation, certificate.serialNumber.bytes, keyName, since)
        try StoredAuthority.touch(in: transaction)
    }

    /// How many keys a generation gave to a role so far.
    package static func serviceKeyCount(
        _ role: ServiceRole, issuer generation: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> Int {
        Int(
            try transaction.first(
                "SELECT count(*) AS n FROM service_key WHERE role = $1 AND issuer = $2", role.rawValue, generation)?
                .integer("n") ?? 0)
    }

    /// The role's certificates under this generation that have neither ended nor been revoked, apart from the new one.
    package static func servicesInForce(
        _ role: ServiceRole, issuer generation: String, but new: Certificate, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query(
            """
            SELECT c.serial AS serial FROM service_key s JOIN certificate c ON c.serial = s.serial
            WHERE s.role = $1 AND s.issuer = $2 AND c.serial <> $3 AND c.state <> 'revoked' AND c.not_after >= $4
            ORDER BY s.since
            """, role.rawValue, generation, new.serialNumber.bytes, new.notBefore
        ).serials()
    }
}

internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// A stored list, complete or delta, and what the table says at the same moment.
struct PublishedCRL: Sendable {
    struct Name: Sendable {
        let issuer: String
        /// A shard's number, or -1 for the list of all.
        let scope: Int
        let kind: CRLKind

        var list: CRLName { CRLName(scope < 0 ? .full : .shard(scope), kind) }
        var text: String { "\(issuer)/\(list.text)" }
        var path: String { "/crl/\(text).crl" }
        var parsedKind: CertificateList.Kind { kind == .delta ? .delta : .complete }
    }

    /// What it has to say.
    enum Content: Sendable {
        /// - Parameter mayStillName: ended before the list was made, and on it once more (RFC 5280, 3.3).
        case complete([RevokedEntry], mayStillName: Set<SerialNumber>)
        case delta(Changes)
        /// The complete list that it changes has ended and was forgotten: what it has to say is not known any more.
        case withoutBase
    }

    /// The changes since a delta's base, each with its number.
    struct Changes: Sendable {
        var entries: [(entry: RevokedEntry, change: Int64)] = []
        var mayBeLeftOut: Set<SerialNumber> = []
    }

    let der: [UInt8]
    let number: Int
    let baseNumber: Int?
    /// Of the last change that it can know of.
    let change: Int64
    /// Whether nothing changed since it was made.
    let isCurrent: Bool
    let content: Content

    static func names(in transaction: any ReadTransaction) throws(Refusal) -> [Name] {
        var names: [Name] = []
        for row in try transaction.query("SELECT issuer, scope, kind FROM revocation_list ORDER BY issuer, scope, kind")
        {
            names.append(
                Name(
                    issuer: try row.text("issuer"), scope: Int(try row.integer("scope")), kind: try row.choice("kind")))
        }
        return names
    }

    /// The stored bytes alone.
    static func bytes(_ name: Name, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8]? {
        try transaction.first(
            "SELECT der FROM revocation_list WHERE issuer = $1 AND scope = $2 AND kind = $3", name.issuer, name.scope,
            name.kind.rawValue
        )?.blob("der")
    }

    init?(_ name: Name, in transaction: any ReadTransaction) throws(Refusal) {
        guard
            let row = try transaction.first(
                """
                SELECT l.der AS der, l.number AS number, l.base_number AS base_number, l.change_number AS change_number,
                    l.this_update AS this_update, l.change_number >= coalesce(s.change_number, 0) AS is_current
                FROM revocation_list l LEFT JOIN list_scope s ON s.issuer = l.issuer AND s.scope = l.scope
                WHERE l.issuer = $1 AND l.scope = $2 AND l.kind = $3
                """, name.issuer, name.scope, name.kind.rawValue)
        else { return nil }
        der = try row.blob("der")
        number = Int(try row.integer("number"))
        baseNumber = try row.optionalInteger("base_number").map(Int.init)
        change = try row.integer("change_number")
        isCurrent = try row.bool("is_current")
        let thisUpdate = try row.instant("this_update")
        if let baseNumber {
            content = try PublishedCRL.changes(name, since: baseNumber, madeAt: thisUpdate, in: transaction)
            return
        }
        let ended = try transaction.query(
            "SELECT serial FROM revocation WHERE issuer = $1 AND ($2 = -1 OR shard = $2) AND not_after < $3",
            name.issuer, name.scope, thisUpdate
        ).serials()
        content = .complete(
            try RevocationStore.named(
                issuer: name.issuer, scope: name.scope, endingAfter: thisUpdate, in: transaction),
            mayStillName: Set(ended))
    }

    private static func changes(
        _ name: Name, since number: Int, madeAt thisUpdate: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> Content {
        guard
            let base = try transaction.first(
                "SELECT change_number, this_update FROM revocation_base WHERE issuer = $1 AND scope = $2 AND number = $3",
                name.issuer, name.scope, number)
        else { return .withoutBase }
        var changes = Changes()
        for row in try transaction.query(
            """
            SELECT serial, revoked_at, reason, invalid_since, not_after, change_number FROM revocation
            WHERE change_number > $1 AND issuer = $2 AND ($3 = -1 OR shard = $3) AND not_after >= $4
            UNION ALL
            SELECT serial, removed_at, 8, NULL, not_after, change_number FROM revocation_removal
            WHERE change_number > $1 AND issuer = $2 AND ($3 = -1 OR shard = $3)
            ORDER BY 1
            """, try base.integer("change_number"), name.issuer, name.scope, try base.instant("this_update"))
        {
            guard let fact = try RevocationFact(optional: row) else { continue }
            let serial = try row.serial("serial")
            if try row.instant("not_after") < thisUpdate.adding(seconds: 1) { changes.mayBeLeftOut.insert(serial) }
            changes.entries.append(
                (
                    entry: RevokedEntry(
                        serialNumber: serial, revokedAt: fact.revokedAt, reason: fact.reason,
                        invalidSince: fact.invalidSince), change: try row.integer("change_number")
                ))
        }
        return .delta(changes)
    }
}

package import CertificateProfiles
internal import CertificateRecords
package import Groundwork
package import Storage

/// A stored revocation list with what it was filed under, its bytes unread: for whoever compares lists with something
/// else.
package struct StoredCRL: Sendable {
    package struct Name: Sendable {
        package let issuer: String
        /// A shard's number, or -1 for the list of all.
        package let scope: Int
        package let kind: CRLKind

        package var list: CRLName { CRLName(scope < 0 ? .full : .shard(scope), kind) }
        package var text: String { "\(issuer)/\(list.text)" }
        /// Below the status address.
        package var path: String { "/crl/\(text).crl" }

        package init(issuer: String, scope: Int, kind: CRLKind) {
            self.issuer = issuer
            self.scope = scope
            self.kind = kind
        }

        fileprivate init(_ row: Row) throws(Refusal) {
            self.init(
                issuer: try row.text("issuer"), scope: Int(try row.integer("scope")), kind: try row.choice("kind"))
        }
    }

    package let der: [UInt8]
    package let number: Int
    /// `nil` on a complete list.
    package let baseNumber: Int?
    /// Of the last change that it can know of, see ``StatusChange``.
    package let change: Int64
    package let thisUpdate: Instant
    /// Whether nothing changed in its scope since it was made.
    package let isCurrent: Bool

    /// Every stored list's name, in one order.
    package static func names(in transaction: any ReadTransaction) throws(Refusal) -> [Name] {
        try transaction.query("SELECT issuer, scope, kind FROM revocation_list ORDER BY issuer, scope, kind")
            .map(Name.init)
    }

    /// The stored bytes alone; `nil` where there is no such list.
    package static func bytes(_ name: Name, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8]? {
        try transaction.first(
            "SELECT der FROM revocation_list WHERE issuer = $1 AND scope = $2 AND kind = $3", name.issuer, name.scope,
            name.kind.rawValue
        )?.blob("der")
    }

    /// `nil` where there is no such list.
    package init?(_ name: Name, in transaction: any ReadTransaction) throws(Refusal) {
        guard
            let row = try transaction.first(
                """
                SELECT der, number, base_number, change_number, this_update FROM revocation_list
                WHERE issuer = $1 AND scope = $2 AND kind = $3
                """, name.issuer, name.scope, name.kind.rawValue)
        else { return nil }
        der = try row.blob("der")
        number = Int(try row.integer("number"))
        baseNumber = try row.optionalInteger("base_number").map(Int.init)
        change = try row.integer("change_number")
        thisUpdate = try row.instant("this_update")
        isCurrent =
            try change >= CRLScopeStore.state(issuer: name.issuer, scope: name.scope, in: transaction).change
    }

    /// A complete list that deltas may still change: the last change that it knew of, and when it was made; `nil` where
    /// it has ended and was forgotten.
    package static func base(
        _ name: Name, number: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> (change: Int64, thisUpdate: Instant)? {
        try transaction.first(
            "SELECT change_number, this_update FROM revocation_base WHERE issuer = $1 AND scope = $2 AND number = $3",
            name.issuer, name.scope, number
        ).map { row throws(Refusal) in
            (change: try row.integer("change_number"), thisUpdate: try row.instant("this_update"))
        }
    }

    /// The next lists in the order of their names that were made at a moment or later, at most `limit`, with their
    /// bytes.
    /// - Parameter name: `nil`: from the beginning.
    package static func page(
        after name: Name?, madeSince moment: Instant, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [(name: Name, der: [UInt8])] {
        try transaction.query(
            """
            SELECT issuer, scope, kind, der FROM revocation_list
            WHERE (issuer, scope, kind) > ($1, $2, $3) AND this_update >= $4
            ORDER BY issuer, scope, kind LIMIT $5
            """, name?.issuer ?? "", name?.scope ?? Int.min, name?.kind.rawValue ?? "", moment, limit
        ).map { row throws(Refusal) in (name: try Name(row), der: try row.blob("der")) }
    }
}

internal import CertificateProfiles
package import Groundwork
package import Storage

/// What is counted for each scope of an issuer's revocation lists, by ``CRLScope/stored``. The one writer of its table:
/// revocations count the changes, what publishes lists counts the lists.
package enum CRLScopeStore {
    package struct State: Sendable {
        /// Number of the last change within the scope (``StatusChange``); 0 where nothing changed yet.
        package let change: Int64
        /// CRL number of the newest list of the scope, complete or delta (RFC 5280, 5.2.3); 0 where there is none.
        package let number: Int
        /// When the window began in which lists are counted, and how many were made since.
        package let windowBegan: Instant
        package let windowLists: Int
    }

    /// Nothing counted yet, where the scope has no row.
    package static func state(
        issuer: String, scope: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> State {
        let row = try transaction.first(
            """
            SELECT change_number, list_number, window_began, window_lists FROM list_scope
            WHERE issuer = $1 AND scope = $2
            """, issuer, scope)
        return State(
            change: try row?.integer("change_number") ?? 0, number: Int(try row?.integer("list_number") ?? 0),
            windowBegan: try row?.instant("window_began") ?? Instant(milliseconds: 0),
            windowLists: Int(try row?.integer("window_lists") ?? 0))
    }

    /// The stored lists of this scope are no longer current: something changed under this number.
    static func touch(
        issuer: String, scope: Int, change: Int64, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO list_scope (issuer, scope, change_number, list_number) VALUES ($1, $2, $3, 0)
            ON CONFLICT (issuer, scope) DO UPDATE SET change_number = excluded.change_number
            """, issuer, scope, change)
    }

    /// Gives a number to a new list, and counts the list in its window of so many seconds.
    /// - Returns: `false` where the number is not the next one: another list of this scope got it meanwhile.
    package static func take(
        number: Int, issuer: String, scope: Int, at now: Instant, windowSeconds: Int64,
        in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        try transaction.execute(
            """
            INSERT INTO list_scope (issuer, scope, change_number, list_number, window_began, window_lists)
            VALUES ($1, $2, 0, $3, $4, 1)
            ON CONFLICT (issuer, scope) DO UPDATE SET list_number = excluded.list_number,
                window_began = CASE WHEN list_scope.window_began <= $5 OR list_scope.window_began > $4
                    THEN excluded.window_began ELSE list_scope.window_began END,
                window_lists = CASE WHEN list_scope.window_began <= $5 OR list_scope.window_began > $4
                    THEN 1 ELSE list_scope.window_lists + 1 END
            WHERE list_scope.list_number = excluded.list_number - 1
            """, issuer, scope, number, now, now.adding(seconds: -windowSeconds)) == 1
    }

    /// Goes on above a number that a list of the scope had which this store does not know: the next list has a higher
    /// one, and what is stored is no longer current.
    package static func raise(
        above number: Int, issuer: String, scope: Int, change: Int64, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO list_scope (issuer, scope, change_number, list_number) VALUES ($1, $2, $4, $3)
            ON CONFLICT (issuer, scope) DO UPDATE SET change_number = excluded.change_number,
                list_number = CASE WHEN excluded.list_number > list_scope.list_number
                    THEN excluded.list_number ELSE list_scope.list_number END
            """, issuer, scope, number, change)
    }

    /// Notes the number of a list that was signed elsewhere, whatever the number before was.
    package static func note(
        number: Int, issuer: String, scope: Int, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO list_scope (issuer, scope, change_number, list_number) VALUES ($1, $2, 0, $3)
            ON CONFLICT (issuer, scope) DO UPDATE SET list_number = excluded.list_number
            """, issuer, scope, number)
    }
}

package import Groundwork
package import Storage

extension CertificateStore {
    /// How many certificates end within one period, in one division and at one service point.
    package struct ExpiryCount: Sendable {
        /// Number of the period, counted from the shifted epoch.
        package let period: Int64
        /// GB/T 2260, from the entity's code; `nil` for certificates that name no entity.
        package let district: String?
        package let servicePoint: String?
        package let certificates: Int
        /// Authentication certificates among them.
        package let authentication: Int
    }

    /// What entities' and officers' certificates end from `start` on and before `end`, without those that are revoked;
    /// counted in one index, in the order of period, division and service point.
    /// - Parameters:
    ///   - length: of a period, in milliseconds.
    ///   - shift: added to the end's milliseconds before they are divided by the length.
    package static func expiries(
        from start: Instant, before end: Instant, length: Int64, shift: Int64, in transaction: any ReadTransaction
    ) throws(Refusal) -> [ExpiryCount] {
        try transaction.query(
            """
            SELECT (not_after + $1) / $2 AS week, district, service_point, count(*) AS certificates,
                sum(purpose = 'authentication') AS keys
            FROM certificate
            WHERE not_after >= $3 AND not_after < $4 AND state <> 'revoked' AND purpose IN ('authentication',
                'signature', 'encryption', 'officer')
            GROUP BY week, district, service_point ORDER BY week, district, service_point
            """, shift, length, start, end
        ).map { row throws(Refusal) in
            ExpiryCount(
                period: try row.integer("week"), district: try row.optionalText("district"),
                servicePoint: try row.optionalText("service_point"),
                certificates: Int(try row.integer("certificates")), authentication: Int(try row.integer("keys")))
        }
    }
}

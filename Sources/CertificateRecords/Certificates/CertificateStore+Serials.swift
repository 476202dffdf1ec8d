internal import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

/// Serial numbers alone, ascending: millions are counted off in the store.
extension CertificateStore {
    /// All stored certificates', or those that ended before a moment.
    package static func serials(
        endedBefore moment: Instant?, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        guard let moment else {
            return try transaction.query("SELECT serial FROM certificate ORDER BY serial").serials()
        }
        return try transaction.query("SELECT serial FROM certificate WHERE not_after < $1 ORDER BY serial", moment)
            .serials()
    }

    /// Those between two serial numbers, both included, of all or of what ended before a moment.
    package static func serials(
        from: SerialNumber, to: SerialNumber, endedBefore moment: Instant?, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query(
            """
            SELECT serial FROM certificate
            WHERE serial BETWEEN $1 AND $2 AND ($3 IS NULL OR not_after < $3) ORDER BY serial
            """, from.bytes, to.bytes, moment
        ).serials()
    }

    /// The authority's own certificates: authorities, responders, time stamp authorities, makers of seals and
    /// statements.
    package static func ownSerials(in transaction: any ReadTransaction) throws(Refusal) -> [SerialNumber] {
        let purposes = CertificatePurpose.allCases.filter(\.isAuthoritysOwn).map { "'\($0.rawValue)'" }
        return try transaction.query(
            "SELECT serial FROM certificate WHERE purpose IN (\(purposes.joined(separator: ", ")))"
        ).serials()
    }

    /// Where so many certificates each begin and end, of all or of what ended before a moment.
    package static func bounds(
        endedBefore moment: Instant?, each limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [(from: SerialNumber, to: SerialNumber)] {
        func serial(_ query: String, _ after: [UInt8]) throws(Refusal) -> SerialNumber? {
            let row = try transaction.first(
                "SELECT serial FROM certificate WHERE serial > $1 AND ($2 IS NULL OR not_after < $2) \(query)", after,
                moment)
            guard let row else { return nil }
            return try row.serial("serial")
        }
        var bounds: [(from: SerialNumber, to: SerialNumber)] = []
        while let from = try serial("ORDER BY serial LIMIT 1", bounds.last?.to.bytes ?? []) {
            let after = bounds.last?.to.bytes ?? []
            var to = try serial("ORDER BY serial LIMIT 1 OFFSET \(limit - 1)", after)
            if to == nil { to = try serial("ORDER BY serial DESC LIMIT 1", after) }
            guard let to else { break }
            bounds.append((from, to))
        }
        return bounds
    }
}

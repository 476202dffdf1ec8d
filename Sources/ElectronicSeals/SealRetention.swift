package import Cryptography
package import Groundwork
package import Storage

/// Seals stay long after their end, for the documents that they sealed do.
package enum SealRetention {
    /// The seals that were made with the certificate, each with its history and how often it sealed.
    package static func lines(
        certificate serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        var lines: [CanonicalJSON] = []
        for row in try transaction.query(
            "SELECT seal_id, es_id, kind, name, seal_data FROM seal WHERE certificate_serial = $1 ORDER BY made_at",
            serial.bytes)
        {
            let seal: SealIdentifier = try row.identifier("seal_id")
            var events: [CanonicalJSON] = []
            for event in try transaction.query(
                "SELECT status, at, audit_event FROM seal_event WHERE seal_id = $1 ORDER BY number", seal)
            {
                events.append([
                    "status": .string(try event.text("status")), "at": .string(try event.instant("at").rfc3339),
                    "event": .string(Hex.encode(try event.blob("audit_event"))),
                ])
            }
            let stamps = try transaction.first("SELECT count(*) AS n FROM stamp WHERE seal_id = $1", seal)
            lines.append([
                "seal": .string(seal.shown), "esID": .string(try row.text("es_id")),
                "kind": .string(try row.text("kind")), "name": .string(try row.text("name")),
                "data": .string(Base64.encode(try row.blob("seal_data"))), "events": .array(events),
                "stamps": .integer(try stamps?.integer("n") ?? 0),
            ])
        }
        return lines
    }

    package static let ended = "SELECT seal_id FROM seal WHERE valid_until < $1"

    package static func ended(before: Instant, in transaction: any ReadTransaction) throws(Refusal) -> Int {
        Int(try transaction.first("SELECT count(*) AS n FROM (\(ended))", before)?.integer("n") ?? 0)
    }

    package static let successors = "UPDATE seal SET replaces = NULL WHERE replaces = $1"

    /// Takes away seals with their history and their stamps. A successor forgets which seal it replaced; the audit does
    /// not.
    package static func remove(
        before: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        let rows = try transaction.query("\(ended) LIMIT $2", before, limit)
        for row in rows {
            let seal = try row.blob("seal_id")
            try transaction.execute("DELETE FROM stamp WHERE seal_id = $1", seal)
            try transaction.execute("DELETE FROM seal_event WHERE seal_id = $1", seal)
            try transaction.execute(successors, seal)
            try transaction.execute("DELETE FROM seal WHERE seal_id = $1", seal)
        }
        return rows.count
    }
}

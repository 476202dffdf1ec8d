package import Cryptography
package import Groundwork
package import Storage

extension IntentStore {
    /// As it is stored.
    package enum Progress: String, Sendable { case intended, issued, closed }

    /// One serial number that was drawn, as far as it is compared with something.
    package struct Stored: Sendable {
        package let issuer: String
        package let progress: Progress
        package let leaseUntil: Instant
    }

    /// Every intent of a range, in order, in the memory of one page.
    package static func forEach(
        in range: SerialRange, _ transaction: any ReadTransaction, _ body: (SerialNumber, Stored) -> Void
    ) throws(Refusal) {
        try transaction.forEachRow(
            """
            SELECT serial, issuer, progress, lease_until FROM issuance_intent
            WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT 2000
            """, in: range
        ) { serial, row throws(Refusal) in
            body(
                serial,
                Stored(
                    issuer: try row.text("issuer"), progress: try row.choice("progress"),
                    leaseUntil: try row.instant("lease_until")))
        }
    }

    /// The generation that a serial number was drawn for; `nil` where it was never drawn here.
    package static func issuer(
        of serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> String? {
        try transaction.first("SELECT issuer FROM issuance_intent WHERE serial = $1", serial.bytes)?.text("issuer")
    }
}

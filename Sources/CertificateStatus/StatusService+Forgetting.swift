package import Cryptography
package import Groundwork
package import Storage

/// Stored answers that nobody needs any more.
extension StatusService {
    /// Those about one certificate, which goes itself.
    package static func forgetAnswers(about serial: SerialNumber, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute("DELETE FROM ocsp_answer WHERE serial = $1", serial.bytes)
    }

    /// Those that ended before a moment, at most so many.
    /// - Returns: how many went.
    package static func forgetAnswers(
        endedBefore moment: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        try transaction.execute(
            """
            DELETE FROM ocsp_answer WHERE (serial, digest, responder) IN (
                SELECT serial, digest, responder FROM ocsp_answer WHERE next_update < $1 LIMIT $2)
            """, moment, limit)
    }
}

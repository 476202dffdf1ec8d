package import Groundwork
package import Storage

/// Spent orders as an archive takes them: they themselves stay for ever.
package enum OrderArchive {
    /// The orders about a subject, each with its signatures.
    package static func lines(
        about subject: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        var lines: [CanonicalJSON] = []
        for row in try transaction.query(
            "SELECT nonce, request, spent_at FROM officer_authorisation WHERE subject = $1 ORDER BY spent_at", subject)
        {
            var signatures: [CanonicalJSON] = []
            for signature in try transaction.query(
                "SELECT certificate, signature FROM officer_authorisation_signature WHERE nonce = $1 ORDER BY place",
                try row.blob("nonce"))
            {
                signatures.append([
                    "certificate": .string(Base64.encode(try signature.blob("certificate"))),
                    "signature": .string(Base64.encode(try signature.blob("signature"))),
                ])
            }
            lines.append([
                "request": .string(Base64.encode(try row.blob("request"))), "signatures": .array(signatures),
                "spentAt": .string(try row.instant("spent_at").rfc3339),
            ])
        }
        return lines
    }
}

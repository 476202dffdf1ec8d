internal import Cryptography

extension LintTarget {
    /// notBefore and notAfter as they are encoded.
    var validityElements: [DERElement]? {
        guard let body = try? DERElement(parsing: certificate.tbs, limit: Certificate.limit),
            var members = try? body.members()
        else { return nil }
        _ = members.optional(0xA0)
        for _ in 0..<3 { _ = members.next() }
        return try? members.next()?.list(limit: 2)
    }
}

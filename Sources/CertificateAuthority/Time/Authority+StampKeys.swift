internal import Cryptography
internal import Groundwork

extension Authority {
    /// Gives the time stamp authority of each generation that has one a new key once the newest has served for the
    /// policy's days. What the old one signed stays verifiable as long as its certificate lives, and is not followed by
    /// more (RFC 3628, 7.2.4: a key signs for a shorter time than its certificate is valid).
    /// - Returns: the generations that got one.
    @discardableResult
    package func renewStampKeys() async throws -> [String] {
        let days = Int64(try await policies.current().certificates.timeStamps.keyDays)
        try await refresh()
        var renewed: [String] = []
        for issuer in issuers.issuing where issuer.hasSigner {
            let now = surroundings.now()
            guard let newest = serviceKeys(.timeStamping, issuer: issuer.generation).last,
                newest.certificate.notBefore.adding(days: days) <= now,
                // A generation that ends soon keeps its last one.
                now.adding(days: days) < issuer.certificate.notAfter
            else { continue }
            _ = try await renewService(.timeStamping, issuer: issuer.generation)
            renewed.append(issuer.generation)
        }
        return renewed
    }
}

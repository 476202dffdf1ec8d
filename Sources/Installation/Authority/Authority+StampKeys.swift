internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody

extension Authority {
    /// Gives the time stamp authority of each generation that has one a new key once the newest has served for the
    /// policy's days, and at once where the last one was revoked. What the old one signed stays verifiable as long as
    /// its certificate lives, and is not followed by more (RFC 3628, 7.2.4: a key signs for a shorter time than its
    /// certificate is valid).
    /// - Returns: the generations that got one.
    /// - Throws: the first failure, after every other generation had its turn.
    @discardableResult
    package func renewStampKeys() async throws -> [String] {
        let days = Int64(try await policies.current().certificates.timeStamps.keyDays)
        try await refresh()
        return try await renewEach { issuer in
            guard stampKeyIsDue(issuer, afterDays: days) else { return false }
            _ = try await renewService(.timeStamping, issuer: issuer.generation)
            return true
        }
    }

    private func stampKeyIsDue(_ issuer: Issuer, afterDays days: Int64) -> Bool {
        let now = surroundings.now()
        guard now < issuer.certificate.notAfter,
            services.contains(where: { $0.role == .timeStamping && $0.issuer == issuer.generation })
        else { return false }
        guard let newest = serviceKeys(.timeStamping, issuer: issuer.generation).last else { return true }
        // A generation that ends soon keeps its last one.
        return newest.certificate.notBefore.adding(days: days) <= now
            && now.adding(days: days) < issuer.certificate.notAfter
    }
}

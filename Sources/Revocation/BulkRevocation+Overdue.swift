package import CertificateProfiles
package import Groundwork

extension BulkRevocation {
    /// What was ordered longer ago than `revocation.processWithinHours` and is not carried out. An order over one
    /// certificate is carried out in the transaction that spends it: only one over many can lie.
    ///
    /// - Returns: `revocation-overdue` about the oldest; `nil` where everything is in time.
    package func overdue(_ policy: CertificatePolicy) async throws -> Refusal? {
        let hours = policy.revocation.processWithinHours
        let latest = surroundings.now().adding(seconds: -Int64(hours) * 3600)
        guard let oldest = try await unfinished().first, oldest.createdAt < latest else { return nil }
        return Refusal(
            RevocationRefusal.overdue, detail: "\(oldest.cursor) of \(oldest.certificates) looked at",
            facts: ["order": oldest.identifier.shown, "hours": String(hours)])
    }
}

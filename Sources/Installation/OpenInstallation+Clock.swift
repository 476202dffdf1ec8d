internal import CertificateProfiles
internal import CertificateRecords
package import Groundwork
internal import TimeStamping

/// The clock, before third parties rely on it.
extension OpenInstallation {
    /// On whose word the clock is used now. An evaluation's rule is for evaluations alone.
    /// - Throws: `command.evaluation-clock`
    package func clockInUse() async throws -> LocalisedText {
        let rules = try await authority.policies.current().certificates.timeStamps.clock
        guard configuration.evaluation || rules.unsynchronised == .refused else {
            throw Refusal(InstallationRefusal.evaluationClock)
        }
        return try await authority.clock.watch().text
    }
}

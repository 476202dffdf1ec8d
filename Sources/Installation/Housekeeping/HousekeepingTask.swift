internal import Authentication
internal import CertificateStatus
internal import Issuance
internal import KeyCustody
internal import Revocation
internal import SecurityKeys
internal import TimeStamping

/// One thing that happens by itself each minute.
package struct HousekeepingTask: Sendable {
    /// In the log and in alarms.
    package var name: String
    /// Whether it is done at start-up too, not only at the first minute.
    package var isDoneAtStart: Bool
    package var work: @Sendable () async throws -> Void

    package init(_ name: String, isDoneAtStart: Bool = false, work: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.isDoneAtStart = isDoneAtStart
        self.work = work
    }
}

extension HousekeepingTask {
    /// New generations and service keys are looked for where the token was away; the audit's round (a checkpoint, a
    /// look
    /// at the past); intents whose lease is over, certificates that were not activated in time and suspensions that are
    /// too long are ended; a revocation in bulk that somebody left is taken up; responders' keys, lists and often asked
    /// answers are renewed before they age.
    package static func all(_ open: OpenInstallation, watch: AuditWatch) -> [HousekeepingTask] {
        [
            HousekeepingTask("time stamp keys") { try await open.authority.renewStampKeys() },
            HousekeepingTask("clock") { try await open.authority.clock.watch() },
            HousekeepingTask("keys") { try await open.custody.check() },
            HousekeepingTask("escrow") { try await open.vault.refresh() },
            HousekeepingTask("directory") { _ = try await open.authority.refresh() },
            HousekeepingTask("audit", isDoneAtStart: true) { try await watch.round() },
            HousekeepingTask("intents") { _ = try await open.authority.issuance.recoverIntents() },
            HousekeepingTask("activation") { _ = try await open.authority.revocation.expireUnactivated() },
            HousekeepingTask("suspension") { _ = try await open.authority.revocation.endLongSuspensions() },
            HousekeepingTask("bulk revocation") { _ = try await open.authority.bulkRevocation.resume() },
            HousekeepingTask("responders") { _ = try await open.authority.renewResponders() },
            HousekeepingTask("lists") { _ = try await open.authority.status.renewLists() },
            HousekeepingTask("answers") { _ = try await open.authority.status.refreshAnswers() },
            HousekeepingTask("challenges") { _ = try await open.challenges.sweep() },
        ]
    }
}

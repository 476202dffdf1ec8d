internal import Audit
internal import Ceremony
internal import CertificateRecords
package import Groundwork
internal import KeyCustody
package import Logging
internal import LongTermEvidence
internal import Revocation
internal import Storage
internal import Synchronization

/// The service's own eye on its log: a checkpoint each minute in which something happened, the log's end checked before
/// it is signed, the rest of it checked slice by slice in turn, and the audit administrator's working days.
///
/// What it finds stays an alarm, told on the staff address and in the log, until it is no longer so.
package final class AuditWatch: Sendable {
    private enum Matter: Hashable {
        case head, past, countersignature, policies, revocations, histories, services, store
    }

    private struct State {
        var alarms: [Matter: Refusal] = [:]
        /// Some sixty thousand leaves a slice: a day's rounds see some ninety million.
        var past = AuditRound()
    }

    private let open: OpenInstallation
    private let logger: Logger
    private let state = Mutex(State())

    package init(_ open: OpenInstallation, logger: Logger) {
        self.open = open
        self.logger = logger
    }

    package var alarms: [Refusal] { state.withLock { $0.alarms.values.sorted { $0.code < $1.code } } }

    /// Once at start-up and then each minute. What is not about the log itself (a store that is busy, a token that is
    /// gone) is thrown once every matter had its turn, for none may keep the log from its checkpoint: the next minute
    /// tries again.
    package func round() async throws {
        var failure: (any Error)?
        func context(_ matter: Matter, _ work: () async throws -> Void) async {
            do { try await watch(matter, work) } catch { failure = failure ?? error }
        }
        await context(.store) { if let alarm = try await open.judgeStore() { throw alarm } }
        await context(.countersignature) { if let alarm = try await open.countersigningAlarm() { throw alarm } }
        await context(.policies) { try await open.authority.policies.check() }
        await context(.revocations) { if let alarm = try await open.revocationAlarm() { throw alarm } }
        await context(.histories) {
            if let alarm = try await open.authority.validity.disputes.alarm() { throw alarm }
        }
        await context(.services) { if let alarm = open.authority.endingServiceAlarm() { throw alarm } }
        await context(.past) { try await lookBack() }
        await context(.head) { try await open.checkpoint() }
        if let failure { throw failure }
    }

    private func watch(_ matter: Matter, _ work: () async throws -> Void) async throws {
        do {
            try await work()
            state.withLock { $0.alarms[matter] = nil }
        } catch let refusal as Refusal where Self.isAlarm(refusal) {
            let isNew = state.withLock { state in
                defer { state.alarms[matter] = refusal }
                return state.alarms[matter]?.detail != refusal.detail
            }
            guard isNew else { return }
            logger.critical("audit", metadata: ["code": "\(refusal.code)", "detail": "\(refusal.detail)"])
        }
    }

    private static func isAlarm(_ refusal: Refusal) -> Bool {
        [AuditRefusal.tampered, .treeDamaged, .countersignatureOverdue, .unreadableExport].contains {
            refusal.isBecause($0)
        } || refusal.isBecause(CertificateRecordsRefusal.policiesAltered)
            || refusal.isBecause(RevocationRefusal.overdue)
            || refusal.isBecause(LongTermEvidenceRefusal.historyDisputed)
            || refusal.isBecause(CeremonyRefusal.serviceKeyEnds)
            || refusal.isBecause(KeyCustodyRefusal.storeBehind)
    }

    /// The next slice of the past. A fault stays an alarm until its slice comes round again and holds.
    private func lookBack() async throws {
        let (past, trust) = (state.withLock { $0.past }, await open.auditTrust())
        let next = try await open.database.read { try past.afterNext(trust: trust, in: $0) }
        state.withLock { $0.past = next }
        if let alarm = next.alarm { throw alarm }
    }
}

package import Audit
internal import Cryptography
package import Groundwork
package import Storage
internal import Synchronization

/// Says once that the token failed and once that it is back: to the audit, and to whoever else listens (the log).
///
/// Each refused signature is counted; the audit hears of the change alone. An event that cannot be written now is
/// written with the next call.
package final class CustodyAlarm: Sendable {
    /// What listeners hear.
    package enum Change: Sendable {
        case failed(Refusal)
        case recovered
    }

    private struct State {
        var isRaised = false
        var refused = 0
        var unwritten: [AuditEvent] = []
    }

    private let place: String
    private let database: Database
    private let audit: AuditLog
    private let listener: @Sendable (Change) -> Void
    private let state = Mutex(State())

    package init(
        place: String, database: Database, audit: AuditLog, listener: @escaping @Sendable (Change) -> Void = { _ in }
    ) {
        self.place = place
        self.database = database
        self.audit = audit
        self.listener = listener
    }

    package var refused: Int { state.withLock { $0.refused } }

    /// Does what needs the token and draws its conclusions. A mere look is not counted as a refusal.
    func watching<Value>(isLook: Bool = false, _ work: () async throws -> Value) async throws -> Value {
        let value: Value
        do {
            value = try await work()
        } catch let refusal as Refusal where CustodyAlarm.isFailure(refusal) {
            await raise(refusal, isLook: isLook)
            throw refusal
        }
        if state.withLock({ $0.isRaised || !$0.unwritten.isEmpty }) { await clear() }
        return value
    }

    /// Not what the token cannot do, but that it does not do it.
    private static func isFailure(_ refusal: Refusal) -> Bool {
        [CryptographyRefusal.tokenUnavailable, .tokenMissing, .tokenPIN].contains { refusal.isBecause($0) }
    }

    private func raise(_ refusal: Refusal, isLook: Bool) async {
        let event = AuditEvent(
            act: CertificateAuthorityAct.custodyFailed, actor: .system, subject: place,
            facts: ["code": .string(refusal.code), "detail": .string(refusal.detail)])
        let isNew = state.withLock { state in
            if !isLook { state.refused += 1 }
            defer { state.isRaised = true }
            if !state.isRaised { state.unwritten.append(event) }
            return !state.isRaised
        }
        if isNew { listener(.failed(refusal)) }
        await write()
    }

    private func clear() async {
        let event = AuditEvent(act: CertificateAuthorityAct.custodyRecovered, actor: .system, subject: place)
        let isNew = state.withLock { state in
            defer { state.isRaised = false }
            if state.isRaised { state.unwritten.append(event) }
            return state.isRaised
        }
        if isNew { listener(.recovered) }
        await write()
    }

    private func write() async {
        let events = state.withLock { state in
            defer { state.unwritten = [] }
            return state.unwritten
        }
        guard !events.isEmpty else { return }
        do {
            try await database.write { [audit] transaction in
                for event in events { try audit.record(event, in: transaction) }
            }
        } catch {
            state.withLock { $0.unwritten = events + $0.unwritten }
        }
    }
}

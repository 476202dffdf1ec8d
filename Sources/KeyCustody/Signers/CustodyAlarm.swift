package import Audit
internal import Cryptography
package import Groundwork
package import Storage
internal import Synchronization

/// Says once that the token failed and once that it is back: to the audit, and to whoever else listens (the log).
///
/// Each refused signature is counted; the audit hears of the change alone. Of calls side by side only one that began
/// after the last change can tell of another: a signature that was made before the token went, and comes in late, is no
/// recovery. An event that cannot be written now is written with the next call.
package final class CustodyAlarm: Sendable {
    /// What listeners hear.
    package enum Change: Sendable {
        case failed(Refusal)
        case recovered
    }

    private struct State {
        var isRaised = false
        /// How often it was raised and cleared so far.
        var changes = 0
        var refused = 0
        /// In the order in which they happened.
        var unwritten: [AuditEvent] = []
        /// The first of them that somebody is writing just now.
        var inFlight = 0
    }

    /// So many wait at most: of more, the last two cancel each other out.
    private static let limit = 200

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
    package func watching<Value>(isLook: Bool = false, _ work: () async throws -> Value) async throws -> Value {
        let changes = state.withLock { $0.changes }
        let value: Value
        do {
            value = try await work()
        } catch let refusal as Refusal where CustodyAlarm.isFailure(refusal) {
            await raise(refusal, isLook: isLook, changes: changes)
            throw refusal
        }
        if state.withLock({ $0.isRaised || !$0.unwritten.isEmpty }) { await clear(changes: changes) }
        return value
    }

    /// Not what the token cannot do, but that it does not do it.
    private static func isFailure(_ refusal: Refusal) -> Bool {
        [CryptographyRefusal.tokenUnavailable, .tokenMissing, .tokenPIN].contains { refusal.isBecause($0) }
    }

    private func raise(_ refusal: Refusal, isLook: Bool, changes: Int) async {
        let event = AuditEvent(
            act: KeyCustodyAct.custodyFailed, actor: .system, subject: place,
            facts: ["code": .string(refusal.code), "detail": .string(refusal.detail)])
        if !isLook {
            state.withLock { $0.refused += 1 }
            Counted.keysRefused.add()
        }
        if change(to: true, seen: changes, event) { listener(.failed(refusal)) }
        await write()
    }

    private func clear(changes: Int) async {
        let event = AuditEvent(act: KeyCustodyAct.custodyRecovered, actor: .system, subject: place)
        if change(to: false, seen: changes, event) { listener(.recovered) }
        await write()
    }

    /// Whether this is news.
    private func change(to isRaised: Bool, seen changes: Int, _ event: AuditEvent) -> Bool {
        state.withLock { state in
            guard state.isRaised != isRaised, state.changes == changes else { return false }
            state.isRaised = isRaised
            state.changes += 1
            if state.unwritten.count >= max(Self.limit, state.inFlight + 2) { state.unwritten.removeLast(2) }
            state.unwritten.append(event)
            return true
        }
    }

    /// One at a time: whoever writes goes on until nothing is left, and what cannot be written stays in its place.
    private func write() async {
        while let events = begin() {
            do {
                try await database.write { [audit] transaction in
                    for event in events { try audit.record(event, in: transaction) }
                }
                end(written: events.count)
            } catch {
                return end(written: 0)
            }
        }
    }

    private func begin() -> [AuditEvent]? {
        state.withLock { state in
            guard state.inFlight == 0, !state.unwritten.isEmpty else { return nil }
            state.inFlight = state.unwritten.count
            return state.unwritten
        }
    }

    private func end(written count: Int) {
        state.withLock { state in
            state.unwritten.removeFirst(count)
            state.inFlight = 0
        }
    }
}

internal import CertificateRecords
package import Groundwork
internal import Synchronization

/// Signatures that anybody can ask for wait in line, one line for each key; issuance and revocation never do.
///
/// Issuance and revocation, lists, and our own time stamps go before. While one of those is in hand a line has one
/// place instead of several: the public goes on being answered, slowly, and what is full says so (`status-busy`)
/// instead of growing.
package final class SigningQueue: Sendable {
    private struct Line {
        var active = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
        var places = 1
    }
    private struct State {
        var urgent = 0
        var lines: [[UInt8]: Line] = [:]
    }
    private let state = Mutex(State())

    package init() {}

    /// Issuance, revocation, lists: at once, and before everything public that has not begun.
    package func urgently<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        state.withLock { $0.urgent += 1 }
        defer {
            let admitted = state.withLock { state in
                state.urgent -= 1
                return state.urgent == 0 ? state.lines.keys.flatMap { SigningQueue.admit($0, &state) } : []
            }
            for each in admitted { each.resume(returning: true) }
        }
        return try await work()
    }

    /// A signature for the public.
    /// - Parameters:
    ///   - key: the signing key's identifier.
    ///   - places: how many at once for this key.
    ///   - limit: how many may wait.
    ///   - full: what is said to whom there is no room for.
    package func forPublic<Value>(
        _ key: [UInt8], places: Int, limit: Int, full: any RefusalReason = CertificateRecordsRefusal.statusBusy,
        _ work: () async throws -> Value
    ) async throws -> Value {
        try await enter(key, places: places, limit: limit, full: full)
        defer {
            let admitted = state.withLock { state in
                state.lines[key]?.active -= 1
                return SigningQueue.admit(key, &state)
            }
            for each in admitted { each.resume(returning: true) }
        }
        return try await work()
    }

    /// Whether anything urgent is in hand.
    package var isUrgent: Bool { state.withLock { $0.urgent > 0 } }

    /// How many wait for this key.
    package func waiting(for key: [UInt8]) -> Int { state.withLock { $0.lines[key]?.waiting.count ?? 0 } }

    private func enter(
        _ key: [UInt8], places: Int, limit: Int, full: any RefusalReason
    ) async throws(Refusal) {
        let isAdmitted = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            let decided: Bool? = state.withLock { state in
                var line = state.lines[key] ?? Line()
                defer { state.lines[key] = line }
                line.places = max(1, places)
                if line.waiting.isEmpty, line.active < (state.urgent > 0 ? 1 : line.places) {
                    line.active += 1
                    return true
                }
                guard line.waiting.count < limit else { return false }
                line.waiting.append(continuation)
                return nil
            }
            if let decided { continuation.resume(returning: decided) }
        }
        guard isAdmitted else {
            throw Refusal(full, detail: "the public's queue is full")
        }
    }

    /// Who may begin now, counted in already.
    private static func admit(_ key: [UInt8], _ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        guard var line = state.lines[key] else { return [] }
        let places = state.urgent > 0 ? 1 : line.places
        let admitted = Array(line.waiting.prefix(max(0, places - line.active)))
        line.waiting.removeFirst(admitted.count)
        line.active += admitted.count
        state.lines[key] = line
        return admitted
    }
}

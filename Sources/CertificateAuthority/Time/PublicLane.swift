internal import Groundwork
internal import Synchronization

/// Lets the public through only while the authority itself is not waiting: at most a few of the public's requests are
/// signed at once, none while one of our own is being signed, and the others wait in a bounded line.
final class PublicLane: Sendable {
    private struct State {
        var own = 0
        var inside = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Our own work: never waits.
    func own<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        state.withLock { $0.own += 1 }
        defer { leave { $0.own -= 1 } }
        return try await work()
    }

    /// The public's.
    /// - Throws: `certificate-authority.time-stamps-busy` if the line is full.
    func `public`<Value: Sendable>(
        atOnce: Int, waiting limit: Int, _ work: () async throws -> Value
    ) async throws -> Value {
        try await enter(atOnce, limit)
        defer { leave { $0.inside -= 1 } }
        return try await work()
    }

    private func enter(_ atOnce: Int, _ limit: Int) async throws {
        let isFull = state.withLock { $0.waiting.count >= limit }
        if isFull { throw Refusal(CertificateAuthorityRefusal.timeStampsBusy) }
        await withCheckedContinuation { continuation in
            let goesIn = state.withLock { state in
                guard state.own == 0, state.inside < atOnce else {
                    state.waiting.append(continuation)
                    return false
                }
                state.inside += 1
                return true
            }
            if goesIn { continuation.resume() }
        }
    }

    /// Whoever leaves lets the next one in; that one's place is taken before it runs.
    private func leave(_ change: (inout State) -> Void) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            guard state.own == 0, !state.waiting.isEmpty else { return nil }
            state.inside += 1
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

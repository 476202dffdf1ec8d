internal import Synchronization

/// Lets one caller of this process do a piece of work while others who want the same wait for it to end.
final class SingleFlight<Key: Hashable & Sendable>: Sendable {
    private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// - Returns: `nil` if somebody else was at it, after they ended: then look again, for what they made may be older
    ///   than the question.
    func run<Value>(_ key: Key, _ work: () async throws -> Value) async rethrows -> Value? {
        let isFirst = waiting.withLock { waiting in
            guard waiting[key] == nil else { return false }
            waiting[key] = []
            return true
        }
        guard isFirst else {
            await withCheckedContinuation { continuation in
                let isOver = waiting.withLock { waiting in
                    guard waiting[key] != nil else { return true }
                    waiting[key]?.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
            return nil
        }
        defer {
            let others = waiting.withLock { $0.removeValue(forKey: key) ?? [] }
            for other in others { other.resume() }
        }
        return try await work()
    }
}

internal import Synchronization

/// So many in a second, and as many at once after a quiet second. Counted in this process, by time that never goes
/// back.
final class RateLimit: Sendable {
    private struct State {
        var left: Double
        var at: UInt64
    }
    private let state = Mutex<State?>(nil)

    /// - Returns: whether there was one left.
    func take(perSecond: Int, at nanoseconds: UInt64) -> Bool {
        state.withLock { state in
            let most = Double(perSecond)
            var now = state ?? State(left: most, at: nanoseconds)
            let passed = nanoseconds > now.at ? Double(nanoseconds - now.at) / 1_000_000_000 : 0
            now.left = min(most, now.left + passed * most)
            now.at = max(now.at, nanoseconds)
            let isGiven = now.left >= 1
            if isGiven { now.left -= 1 }
            state = now
            return isGiven
        }
    }
}

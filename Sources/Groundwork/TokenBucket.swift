/// So many at once after a quiet time, and so many in a second on average. A value without a clock: whoever asks brings
/// the reading of one that never goes back.
package struct TokenBucket: Sendable {
    private var tokens: Double
    private var at: UInt64

    /// A full one.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock, as for every later call.
    package init(burst: Int, at now: UInt64) {
        tokens = Double(burst)
        at = now
    }

    /// Takes one.
    ///
    /// - Parameters:
    ///   - perSecond: how many come in a second.
    ///   - burst: how many there can be.
    /// - Returns: `nil` if there was one; otherwise the seconds until there is.
    package mutating func take(perSecond: Double, burst: Int, at now: UInt64) -> Double? {
        let passed = now > at ? Double(now - at) / 1_000_000_000 : 0
        tokens = min(Double(burst), tokens + passed * perSecond)
        at = max(at, now)
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return (1 - tokens) / perSecond
    }

    /// Whether it says nothing that a new one would not: it was not asked for so long that it is full again.
    package func isFull(perSecond: Double, burst: Int, at now: UInt64) -> Bool {
        now >= at && Double(now - at) / 1_000_000_000 * perSecond >= Double(burst)
    }
}

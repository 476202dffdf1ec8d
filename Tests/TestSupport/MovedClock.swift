package import Groundwork
internal import Synchronization

/// A clock that goes when a test tells it to.
package final class MovedClock: Sendable {
    private let time: Mutex<Instant>

    package init(at moment: Instant = Instant(seconds: 1_780_000_000)) { time = Mutex(moment) }

    package var now: Instant { time.withLock { $0 } }

    package func advance(seconds: Int64) { advance(milliseconds: seconds * 1000) }
    package func advance(milliseconds: Int64) { time.withLock { $0 = $0.adding(milliseconds: milliseconds) } }

    /// The machine's own surroundings, but for this clock.
    package var surroundings: Surroundings {
        var surroundings = Surroundings.real
        surroundings.now = { self.now }
        return surroundings
    }
}

import Groundwork
import Installation
import Logging
import Synchronization
import Testing

/// What happens by itself, each by itself.
@Suite struct HousekeepingTests {
    /// A clock that the test turns.
    private final class Turned: Sendable {
        let nanoseconds = Mutex<UInt64>(0)
        var surroundings: Surroundings {
            var surroundings = Surroundings.real
            surroundings.monotonicNanoseconds = { self.nanoseconds.withLock { $0 } }
            return surroundings
        }
        func context(minutes: UInt64) { nanoseconds.withLock { $0 += minutes * 60_000_000_000 } }
    }

    private struct Failed: Error {}

    @Test func `A task that hangs keeps no other from its turn, and is told after ten minutes`() async throws {
        let clock = Turned()
        let rounds = HousekeepingRounds(
            surroundings: clock.surroundings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let (done, finished) = AsyncStream<Void>.makeStream()
        let hung = HousekeepingTask("hung") { for await _ in gate { break } }
        let other = HousekeepingTask("other") { finished.yield() }
        var turns = done.makeAsyncIterator()
        for _ in 0..<3 {
            rounds.begin(hung)
            rounds.begin(other)
            await turns.next()
            #expect(rounds.alarms.isEmpty)
            clock.context(minutes: 3)
        }
        clock.context(minutes: 2)
        rounds.begin(hung)
        let alarm = try #require(rounds.alarms.first)
        #expect(alarm.isBecause(InstallationRefusal.housekeepingHung))
        #expect(alarm.facts["task"] == "hung" && alarm.facts["minutes"] == "11")
        opening.yield()
        await rounds.settle()
        #expect(rounds.alarms.isEmpty)
    }

    @Test func `A task that fails has its next turn all the same`() async throws {
        let rounds = HousekeepingRounds(
            surroundings: .real, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let count = Atomic(0)
        let failing = HousekeepingTask("failing") {
            count.add(1, ordering: .relaxed)
            throw Failed()
        }
        for _ in 0..<2 {
            rounds.begin(failing)
            await rounds.settle()
        }
        #expect(count.load(ordering: .relaxed) == 2)
    }
}

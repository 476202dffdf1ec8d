package import Groundwork
package import Logging
internal import Synchronization

/// Which housekeeping tasks are under way: each runs by itself, so that one that hangs keeps no other from its turn.
///
/// A task that has not ended is not begun a second time. One that runs longer than ``limit`` is said in the log once
/// and
/// is an alarm until it ends.
package final class HousekeepingRounds: Sendable {
    private struct Running {
        var since: UInt64
        var task: Task<Void, Never>
        var isSaid = false
    }

    /// How long a task may take before somebody is told, in minutes.
    package static let limitMinutes: UInt64 = 10

    private let surroundings: Surroundings
    private let logger: Logger
    private let running = Mutex<[String: Running]>([:])

    package init(surroundings: Surroundings, logger: Logger) {
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Begins a task, unless its last round still runs. A failure is logged and tried again the next minute.
    package func begin(_ task: HousekeepingTask) {
        let now = surroundings.monotonicNanoseconds()
        let isOverdue = running.withLock { running -> Bool in
            if let one = running[task.name] {
                guard !one.isSaid, Self.minutes(from: one.since, to: now) >= Self.limitMinutes else { return false }
                running[task.name]?.isSaid = true
                return true
            }
            running[task.name] = Running(
                since: now,
                task: Task {
                    do { try await task.work() } catch {
                        Counted.housekeepingFailures.add(task.name)
                        self.logger.warning(
                            "housekeeping", metadata: ["task": "\(task.name)", "error": "\(error)"])
                    }
                    self.running.withLock { $0[task.name] = nil }
                })
            return false
        }
        if isOverdue {
            logger.critical(
                "housekeeping",
                metadata: ["task": "\(task.name)", "error": "not ended after \(Self.limitMinutes) minutes"])
        }
    }

    /// A refusal for each task that has run for too long: `command.housekeeping-hung`.
    package var alarms: [Refusal] {
        let now = surroundings.monotonicNanoseconds()
        return running.withLock { running in
            running.sorted { $0.key < $1.key }.compactMap { name, one in
                let minutes = Self.minutes(from: one.since, to: now)
                guard minutes >= Self.limitMinutes else { return nil }
                return Refusal(
                    InstallationRefusal.housekeepingHung, facts: ["task": name, "minutes": String(minutes)])
            }
        }
    }

    /// Cancels what runs, at the end of the service.
    package func cancel() {
        running.withLock { running in for one in running.values { one.task.cancel() } }
    }

    /// Waits until nothing runs; for who ends in order.
    package func settle() async {
        for task in running.withLock({ $0.values.map(\.task) }) { await task.value }
    }

    private static func minutes(from begun: UInt64, to now: UInt64) -> UInt64 {
        now > begun ? (now - begun) / 60_000_000_000 : 0
    }
}

internal import ServiceLifecycle

/// Everything that happens by itself, each task by itself once a minute, until the service ends.
package struct Housekeeping: Service {
    let tasks: [HousekeepingTask]
    package let rounds: HousekeepingRounds
    let every: Duration

    package init(_ tasks: [HousekeepingTask], rounds: HousekeepingRounds, every: Duration = .seconds(60)) {
        self.tasks = tasks
        self.rounds = rounds
        self.every = every
    }

    package func run() async throws {
        for task in tasks where task.isDoneAtStart { rounds.begin(task) }
        for await _ in Ticks(every: every).cancelOnGracefulShutdown() {
            for task in tasks { rounds.begin(task) }
        }
        // One that hangs must not keep the service from ending; each can be interrupted anywhere.
        rounds.cancel()
    }
}

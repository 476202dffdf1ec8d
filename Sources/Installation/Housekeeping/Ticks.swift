/// Moments at equal distances, until the task is cancelled.
package struct Ticks: AsyncSequence, Sendable {
    let every: Duration

    /// - Parameter every: the time between two ticks.
    package init(every: Duration) { self.every = every }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let every: Duration

        package mutating func next() async -> Void? {
            // bounded wait for the next moment, ended early by cancellation
            do { try await Task.sleep(for: every) } catch { return nil }  // bounded wait
            return ()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(every: every) }
}

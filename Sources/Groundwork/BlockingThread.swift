internal import CLinux
internal import Foundation
internal import Synchronization

/// One thread of its own behind `SerialExecutor`: for an actor whose calls block in C (a card, a reader list).
///
/// An actor that names it as `unownedExecutor` runs only there, so the cooperative pool never waits for hardware. The
/// thread ends when its owner lets go of this object.
package final class BlockingThread: SerialExecutor {
    private let queue: WorkQueue

    package init(name: String) {
        queue = WorkQueue()
        queue.start(threads: 1, name: name)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.add { [self] in
            withExtendedLifetime(self) { job.runSynchronously(on: executor) }
        }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    deinit { queue.close() }
}

/// A bounded number of threads for blocking C that is not tied to one handle: key derivation, qpdf, pango, PKCS#11.
package final class BlockingPool: Sendable {
    private let queue: WorkQueue

    package init(threads: Int, name: String) {
        queue = WorkQueue()
        queue.start(threads: threads, name: name)
    }

    /// Runs the closure on one of the pool's threads and waits for it without blocking the caller's.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.add { continuation.resume(with: Result(catching: body)) }
        }
    }

    deinit { queue.close() }
}

/// A first-in, first-out list of closures that threads take from, behind one condition.
private final class WorkQueue: @unchecked Sendable {
    // Sendable: `waiting` and `closed` are touched with the condition locked, and by nothing else.
    private let condition = NSCondition()
    private var waiting: [@Sendable () -> Void] = []
    private var closed = false

    func start(threads: Int, name: String) {
        for index in 0..<threads {
            let thread = Thread { [self] in
                // Not through Thread: its setter compares with a handle that the starting thread may not have stored
                // yet.
                let shown = threads == 1 ? name : "\(name)-\(index)"
                _ = CLinux_name_thread(shown)
                work()
            }
            thread.stackSize = 2 << 20
            thread.start()
        }
    }

    func add(_ item: @escaping @Sendable () -> Void) {
        condition.lock()
        waiting.append(item)
        condition.signal()
        condition.unlock()
    }

    func close() {
        condition.lock()
        closed = true
        condition.broadcast()
        condition.unlock()
    }

    private func work() {
        while let item = next() { item() }
    }

    /// The next closure; `nil` once the queue is closed and empty.
    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty {
            if closed { return nil }
            condition.wait()
        }
        return waiting.removeFirst()
    }
}

import Dispatch
import Groundwork

/// A call into C that does not come back until the test lets it.
final class Gate: Sendable {
    let thread = BlockingPool(threads: 1, name: "gate")
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() { semaphore.wait() }
    func open() { semaphore.signal() }
}

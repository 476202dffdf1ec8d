package import Groundwork
internal import Synchronization

/// Whether this process may believe its store: while something outside says that the store is older than what was
/// signed, nothing is answered, listed or issued.
package final class StoreStatus: Sendable {
    private let refusal = Mutex<Refusal?>(nil)

    package init() {}

    /// Why not; `nil` while nothing speaks against the store.
    package var trouble: Refusal? { refusal.withLock { $0 } }

    /// - Parameter trouble: what was found when it was looked at last.
    package func set(_ trouble: Refusal?) { refusal.withLock { $0 = trouble } }

    /// - Throws: `certificate-authority.store-behind`.
    package func require() throws(Refusal) {
        if let trouble { throw trouble }
    }
}

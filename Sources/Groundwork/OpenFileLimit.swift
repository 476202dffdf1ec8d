internal import Foundation

/// How many files and sockets this process may hold open (RLIMIT_NOFILE). What runs out of them cannot accept, cannot
/// open its store, and ends.
package struct OpenFileLimit: Hashable, Sendable {
    /// What the kernel holds this process to.
    package var soft: Int
    /// What the process may raise ``soft`` to by itself.
    package var hard: Int

    package init(soft: Int, hard: Int) {
        self.soft = soft
        self.hard = hard
    }

    /// Of this process, now. Infinity and what does not fit an `Int` are `Int.max`.
    package static var current: OpenFileLimit {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return OpenFileLimit(soft: 0, hard: 0) }
        return OpenFileLimit(soft: Int(clamping: limit.rlim_cur), hard: Int(clamping: limit.rlim_max))
    }

    /// Raises the soft limit to `wanted`, or as far as the hard one allows; never lowers it.
    /// - Returns: what holds afterwards.
    package static func raise(to wanted: Int) -> OpenFileLimit {
        let before = current
        let target = min(wanted, before.hard)
        guard target > before.soft else { return before }
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return before }
        limit.rlim_cur = rlim_t(target)
        _ = setrlimit(resource, &limit)
        return current
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}

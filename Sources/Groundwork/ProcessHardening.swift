internal import CLinux
internal import Foundation

/// What a process that handles secrets does first: no core dump, no debugger of another user.
package enum ProcessHardening {
    /// Sets RLIMIT_CORE to 0 and PR_SET_DUMPABLE to 0. Idempotent.
    /// - Throws: `groundwork.not-hardened` if the kernel refuses either.
    package static func apply() throws(Refusal) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0, CLinux_forbid_dumps() == 0 else {
            throw Refusal(GroundworkRefusal.notHardened, detail: String(cString: strerror(errno)))
        }
    }

    /// Whether both hold now: read back from the kernel, not remembered.
    package static var isApplied: Bool {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 && limit.rlim_max == 0
            && CLinux_may_be_dumped() == 0
    }

    /// Asks the kernel to end this process by SIGTERM when the one that started it ends: for programs that stand in for
    /// hardware and must not outlive the run that started them.
    package static func endWithParent() { _ = CLinux_end_with_parent(SIGTERM) }
}

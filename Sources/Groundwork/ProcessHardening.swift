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

    /// Keeps every page of this process, those to come too, out of swap (mlockall): also what a library holds on its
    /// own heap, such as a private key while it signs.
    ///
    /// - Returns: why not; `nil` if it is so now. Nothing is locked where a limit would let a later allocation fail.
    package static func lockMemory() -> String? {
        let limit = CLinux_widest_memory_lock()
        guard limit < 0 || mayLockWithoutLimit else { return "RLIMIT_MEMLOCK is \(limit) bytes" }
        return CLinux_lock_memory() == 0 ? nil : String(cString: strerror(errno))
    }

    /// CAP_IPC_LOCK is effective.
    private static var mayLockWithoutLimit: Bool {
        let status = FileManager.default.contents(atPath: "/proc/self/status").map {
            String(decoding: $0, as: UTF8.self)
        }
        let line = status?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let word = line.flatMap { UInt64($0.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16) } ?? 0
        return word & (1 << 14) != 0
    }
}

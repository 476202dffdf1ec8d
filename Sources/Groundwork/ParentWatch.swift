internal import CLinux
internal import Foundation

/// Ends this process when the one that started it has ended: for a service, or a program that stands in for hardware,
/// which must not outlive the run that started it.
///
/// Not by PR_SET_PDEATHSIG (prctl(2)): there the kernel means the *thread* that started the child, and a thread of a
/// pool ends when there is nothing to do.
package enum ParentWatch {
    /// From now on a thread of its own waits for that end, and then sends this process SIGTERM, once.
    ///
    /// - Parameter parent: who started this process, by its own word; without it whoever is the parent now, who may
    ///   already be another.
    /// - Returns: whether it is still there; if not, nothing waits.
    @discardableResult
    package static func begin(_ parent: Int32? = nil) -> Bool {
        let parent = parent ?? getppid()
        // Opened before the look at whose child this is: so the number is not another process's by now.
        let descriptor = CLinux_watch_process(parent)
        // An orphan has another parent from the death on.
        guard getppid() == parent else {
            if descriptor >= 0 { close(descriptor) }
            return false
        }
        let thread = Thread {
            _ = CLinux_name_thread("parent")
            // Where the kernel gives no descriptor (-1 is passed over), a look each second.
            while getppid() == parent {
                var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&asked, 1, 1000) > 0 { break }
            }
            kill(getpid(), SIGTERM)
        }
        thread.start()
        return true
    }
}

internal import Foundation
package import Groundwork

/// The one right to serve a data directory: an exclusive `flock` on its file `lock`, held until this value ends.
///
/// The kernel drops it when the process ends in any way, so nothing stale can be left. Commands that only use the
/// database need no lock.
package struct DataDirectoryLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Refused when another process (or another part of this one) holds it.
    package init(directory: String) throws(Refusal) {
        let path = directory + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Refusal(StorageRefusal.cannotOpen, detail: "\(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            throw reason == EWOULDBLOCK
                ? Refusal(StorageRefusal.directoryInUse, detail: path)
                : Refusal(StorageRefusal.cannotOpen, detail: "\(path): \(String(cString: strerror(reason)))")
        }
        self.descriptor = descriptor
    }

    deinit {
        // A child that is being started at this moment still has the descriptor: closing alone would leave it locked.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

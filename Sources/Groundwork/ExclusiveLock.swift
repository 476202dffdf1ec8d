internal import Foundation

/// The right to a file or a folder that one holder has at a time: an exclusive `flock`, held until this value ends.
///
/// The kernel drops it when the process ends in any way, so nothing stale can be left. It keeps out only those who ask
/// for it. What a refusal says is its owner's matter.
package struct ExclusiveLock: ~Copyable, Sendable {
    /// Why it was not had.
    package enum Failure: Error, Hashable {
        /// Another process, or another part of this one, holds it.
        case held
        /// The system's own words.
        case unusable(String)
    }

    /// What to do while somebody else holds it.
    package enum WhenHeld { case refuse, wait }

    private let descriptor: Int32

    /// On a file, which is made, readable by its owner alone, where there is none; a symbolic link is refused.
    package init(file path: String, refusal: (Failure) -> Refusal) throws(Refusal) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        try self.init(open(path, flags, 0o600), .refuse, refusal)
    }

    /// On a folder, which must be there.
    package init(
        folder path: String, whenHeld: WhenHeld = .refuse, refusal: (Failure) -> Refusal
    ) throws(Refusal) {
        try self.init(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), whenHeld, refusal)
    }

    private init(_ opened: Int32, _ whenHeld: WhenHeld, _ refusal: (Failure) -> Refusal) throws(Refusal) {
        guard opened >= 0 else { throw refusal(.unusable(String(cString: strerror(errno)))) }
        while flock(opened, whenHeld == .wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            close(opened)
            throw refusal(reason == EWOULDBLOCK ? .held : .unusable(String(cString: strerror(reason))))
        }
        descriptor = opened
    }

    deinit {
        // A child that is being started at this moment still has the descriptor: closing alone would leave it locked.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Whether what is held is still what this path names: between opening and locking somebody may have put another
    /// in its place, or none.
    package func isStill(at path: String) -> Bool {
        var (named, opened) = (stat(), stat())
        return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 && named.st_ino == opened.st_ino
            && named.st_dev == opened.st_dev
    }

    /// Makes durable what was written to it; of a folder, its names.
    /// - Returns: whether it is; `errno` says why not.
    package func synchronise() -> Bool { fsync(descriptor) == 0 }
}

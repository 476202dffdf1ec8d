/// A folder that one process works in at a time, with several holders in that process: it is given back when the last
/// of them lets go.
package final class FolderLock: Sendable {
    private let lock: ExclusiveLock

    /// - Throws: what `refusal` makes of it, where another has it or the folder cannot be locked.
    package init(_ folder: String, refusal: (ExclusiveLock.Failure) -> Refusal) throws(Refusal) {
        lock = try ExclusiveLock(folder: folder, refusal: refusal)
    }
}

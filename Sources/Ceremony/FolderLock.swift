internal import Groundwork

/// A ceremony's folder, which one process works in at a time. A stage and what it builds on are read and made under one
/// lock, which therefore has several holders: it is given back when the last of them lets go.
final class FolderLock: Sendable {
    private let lock: ExclusiveLock

    /// - Throws: `ceremony-busy` if another process has it.
    init(_ folder: String) throws(Refusal) {
        lock = try ExclusiveLock(folder: folder) { failure in
            switch failure {
            case .held: Refusal(CeremonyRefusal.ceremonyBusy, facts: ["path": folder])
            case .unusable(let reason):
                Refusal(CeremonyRefusal.ceremonyFile, detail: reason, facts: ["path": folder])
            }
        }
    }
}

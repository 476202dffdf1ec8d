package import Groundwork

/// The one right to serve a data directory: a lock on its file `lock`, held until this value ends.
///
/// Commands that only use the database need no lock.
package struct DataDirectoryLock: ~Copyable, Sendable {
    private let lock: ExclusiveLock

    /// Refused when another process (or another part of this one) holds it.
    package init(directory: String) throws(Refusal) {
        let path = directory + "/lock"
        lock = try ExclusiveLock(file: path) { failure in
            switch failure {
            case .held: Refusal(StorageRefusal.directoryInUse, detail: path)
            case .unusable(let reason): Refusal(StorageRefusal.cannotOpen, detail: "\(path): \(reason)")
            }
        }
    }
}

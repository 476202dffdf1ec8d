internal import Foundation
package import Groundwork

/// Whose the data directory is, and who else may use it.
package enum DataDirectoryModes {
    /// The directory, its store, its keys and their journals.
    /// - Throws: `command.open-to-others` with the first that another user owns, or that others may read or write.
    package static func require(_ data: String) throws(Refusal) {
        let keys = data + "/keys"
        var paths = [data, keys, data + "/backup"]
        for name in ["database.sqlite", "database.sqlite-wal", "database.sqlite-shm"] {
            paths.append("\(data)/\(name)")
        }
        paths += ((try? FileManager.default.contentsOfDirectory(atPath: keys)) ?? []).sorted().map { "\(keys)/\($0)" }
        for path in paths {
            guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
                let mode = (facts[.posixPermissions] as? NSNumber)?.intValue,
                let owner = (facts[.ownerAccountID] as? NSNumber)?.uint32Value
            else { continue }
            guard owner == geteuid(), mode & 0o077 == 0 else {
                throw Refusal(
                    InstallationRefusal.openToOthers,
                    detail: "mode \(String(mode & 0o7777, radix: 8)), owner \(owner)",
                    facts: ["path": path])
            }
        }
    }
}

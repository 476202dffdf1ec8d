import Foundation
import Groundwork

/// Copies a folder's files by their contents: the copy belongs to who copies, whoever owns the original.
enum FolderCopy {
    static func copy(_ source: String, to target: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
        for name in manager.enumerator(atPath: source)?.compactMap({ $0 as? String }) ?? [] {
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: source + "/" + name, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                try manager.createDirectory(atPath: target + "/" + name, withIntermediateDirectories: true)
            } else {
                let bytes = try Data(contentsOf: URL(filePath: source + "/" + name))
                try bytes.write(to: URL(filePath: target + "/" + name), options: .atomic)
            }
        }
    }
}

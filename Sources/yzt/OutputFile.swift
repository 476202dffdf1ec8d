import Foundation
import Groundwork

/// A file that an act's result goes to.
enum OutputFile {
    /// Found out before anybody signs; nothing is made or touched yet.
    static func expectWritable(_ path: String, new: Bool = false) throws(Refusal) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard access(folder, W_OK | X_OK) == 0, !isThere || (!new && !isFolder.boolValue && access(path, W_OK) == 0)
        else {
            throw Refusal(
                CommandRefusal.unwritableFile, detail: isThere && new ? "there is such a file already" : "",
                facts: ["path": path])
        }
    }
}

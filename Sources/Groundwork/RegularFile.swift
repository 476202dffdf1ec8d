internal import Foundation

/// Files that somebody names: a pipe or a device would be waited for without end, and a huge one fills the memory.
package enum RegularFile {
    /// The size in bytes; `nil` where there is none, or what is there is no regular file. Links are followed.
    package static func size(at path: String) -> Int? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(facts.st_size)
    }

    /// All of it; `nil` where there is none, where it is no regular file, or longer than so many bytes.
    package static func bytes(at path: String, limit: Int) -> [UInt8]? {
        guard let size = size(at: path), size <= limit else { return nil }
        return FileManager.default.contents(atPath: path).map { Array($0) }
    }
}

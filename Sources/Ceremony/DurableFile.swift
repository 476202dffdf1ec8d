internal import Foundation
package import Groundwork

/// Files that are there whole and durable, or not at all.
package enum DurableFile {
    /// Replaces what was there in one step.
    package static let write: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void = { bytes, path in
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = Foundation.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let refused = refusal(path)
                close(descriptor)
                unlink(temporary)
                throw refused
            }
            rest = rest.dropFirst(count)
        }
        let durable = fsync(descriptor) == 0
        guard close(descriptor) == 0, durable, rename(temporary, path) == 0 else {
            let refused = refusal(path)
            unlink(temporary)
            throw refused
        }
        try synchronise(folder: URL(filePath: path).deletingLastPathComponent().path)
    }

    /// At most 1 MiB.
    package static func read(_ path: String) throws(Refusal) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw refusal(path) }
        guard data.count <= 1 << 20 else { throw Refusal(GroundworkRefusal.tooLarge, facts: ["what": path]) }
        return Array(data)
    }

    static func makeFolder(_ path: String) throws(Refusal) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Refusal(
                CeremonyRefusal.ceremonyFile, detail: "\(error)", facts: ["path": path])
        }
    }

    static func synchronise(folder: String) throws(Refusal) {
        let descriptor = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refusal(folder) }
    }

    static func refusal(_ path: String) -> Refusal {
        Refusal(
            CeremonyRefusal.ceremonyFile, detail: String(cString: strerror(errno)), facts: ["path": path])
    }
}

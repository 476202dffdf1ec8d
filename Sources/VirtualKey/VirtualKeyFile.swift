internal import Foundation
package import Groundwork

/// The file in which a virtual key lives: written whole and renamed, so that a cut at any moment leaves the old one or
/// the new one.
package struct VirtualKeyFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The card in the file; a factory-fresh one with these options if there is no file yet.
    package func load(orMaking options: VirtualCardOptions) throws -> VirtualCardState {
        guard let data = FileManager.default.contents(atPath: path) else {
            let state = VirtualCardState(factoryFresh: options)
            try save(state)
            return state
        }
        return try PropertyListDecoder().decode(VirtualCardState.self, from: data)
    }

    package func save(_ state: VirtualCardState) throws {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        try Self.replace(path, with: Array(encoder.encode(state)))
    }

    /// Writes beside, flushes, renames, flushes the folder.
    package static func replace(_ path: String, with bytes: [UInt8]) throws {
        func failure() -> Refusal { Refusal(VirtualKeyRefusal.stateFile, detail: String(cString: strerror(errno))) }
        let beside = path + ".new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            guard count > 0 else {
                close(descriptor)
                throw failure()
            }
            written += count
        }
        guard fsync(descriptor) == 0 else {
            close(descriptor)
            throw failure()
        }
        close(descriptor)
        guard rename(beside, path) == 0 else { throw failure() }
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}

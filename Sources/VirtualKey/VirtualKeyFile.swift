internal import Foundation
package import Groundwork

/// The file in which a virtual key lives: written whole and renamed, so that a cut at any moment leaves the old one or
/// the new one.
package struct VirtualKeyFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The card in the file; a factory-fresh one with these options if there is no file yet.
    /// - Throws: `virtual-key.state-file` if there is a file that cannot be read: it is never replaced by a fresh card.
    package func load(orMaking options: VirtualCardOptions) throws(Refusal) -> VirtualCardState {
        guard access(path, F_OK) == 0 else {
            let state = VirtualCardState(factoryFresh: options)
            try save(state)
            return state
        }
        do {
            return try PropertyListDecoder().decode(
                VirtualCardState.self, from: try Data(contentsOf: URL(filePath: path)))
        } catch { throw Refusal(VirtualKeyRefusal.stateFile, detail: "\(path): \(error)") }
    }

    package func save(_ state: VirtualCardState) throws(Refusal) {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        let encoded: Data
        do { encoded = try encoder.encode(state) } catch {
            throw Refusal(VirtualKeyRefusal.stateFile, detail: "\(error)")
        }
        try Self.replace(path, with: Array(encoded))
    }

    /// Writes beside, flushes, renames, flushes the folder.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(Refusal) {
        func failure() -> Refusal {
            Refusal(VirtualKeyRefusal.stateFile, detail: "\(path): \(String(cString: strerror(errno)))")
        }
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

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
        try DurableFile.write(bytes, to: path) { failure in
            Refusal(VirtualKeyRefusal.stateFile, detail: "\(failure.path): \(failure.reason)")
        }
    }
}

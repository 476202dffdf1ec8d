import Foundation
import Groundwork
import PCSC
import PIV
import Testing
import VirtualKey

/// The program `virtual-key` in one of the private readers.
final class InsertedKey: Sendable {
    let reader: PrivateReaders.Reader
    private let process: Process
    private let folder: URL

    init(in reader: PrivateReaders.Reader, folder: URL, _ arguments: [String] = []) throws {
        self.reader = reader
        self.folder = folder
        process = Process()
        process.executableURL = try Self.program()
        process.arguments =
            [
                "--state", folder.appending(path: "card.plist").path, "--port", String(reader.port), "--attestation",
                folder.appending(path: "maker.json").path,
            ] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    /// Pulls the card out.
    func pull() {
        process.terminate()
        process.waitUntilExit()
    }

    var status: Int32 { process.terminationStatus }
    var isRunning: Bool { process.isRunning }
    func waitUntilExit() { process.waitUntilExit() }

    /// The program lies where the tests lie.
    static func program() throws -> URL {
        let candidates = CommandLine.arguments + [Bundle.main.executablePath ?? "", "/proc/self/exe"]
        for candidate in candidates {
            var folder = URL(filePath: candidate).resolvingSymlinksInPath().deletingLastPathComponent()
            for _ in 0..<3 {
                let program = folder.appending(path: "virtual-key")
                if access(program.path, X_OK) == 0 { return program }
                folder.deleteLastPathComponent()
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }
}

/// Lends a reader with a key in it; both are given back.
/// - Parameter alone: whether no other reader has a card meanwhile: for programs that look into all of them.
func withInsertedKey(
    _ arguments: [String] = [], alone: Bool = false,
    _ body: @escaping @Sendable (InsertedKey, PCSCReaders) async throws -> Void
) async throws {
    try await PrivateReaders.shared.withReader(alone: alone) { reader in
        try await withFolder { folder in
            let key = try InsertedKey(in: reader, folder: folder, arguments)
            let readers = PCSCReaders(surroundings: .real)
            do {
                _ = try await readers.waitForCard(in: reader.name, within: .seconds(60))
                try await body(key, readers)
            } catch {
                key.pull()
                throw error
            }
            key.pull()
            try await readers.waitForRemoval(from: reader.name, within: .seconds(60))
        }
    }
}

func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-key-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}

import Foundation
import Groundwork

/// One virtual reader and the virtual key that may be in it: inserting starts the program, pulling ends it.
///
/// An evaluation tool. The keys of a slot are files; the same file in another slot is the same key.
final class VirtualKeySlot: @unchecked Sendable {
    // Sendable: `process` is touched by the life alone, which does one thing after the other.
    let port: Int
    private let program: String
    private var process: Foundation.Process?

    init(program: String, port: Int) {
        self.program = program
        self.port = port
    }

    var isOccupied: Bool { process?.isRunning ?? false }

    /// Puts the key of `state` (a file, made if missing) into the reader. `options` are those of `virtual-key`.
    func insert(state: String, options: [String] = []) throws {
        remove()
        let process = Foundation.Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--state", state, "--port", String(port), "--end-with-parent"] + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// Pulls the key out: the program is ended as a power cut would, and waited for.
    func remove() {
        guard let process else { return }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        self.process = nil
    }

    deinit { remove() }
}

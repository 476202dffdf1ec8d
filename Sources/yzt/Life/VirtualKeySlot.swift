import CommandOptions
import Foundation
import Groundwork
import Synchronization

/// One virtual reader and the virtual key that may be in it: inserting starts the program, pulling ends it.
///
/// An evaluation tool. The keys of a slot are files; the same file in another slot is the same key.
final class VirtualKeySlot: Sendable {
    let port: Int
    private let program: String
    private let process = Mutex<Foundation.Process?>(nil)

    init(program: String, port: Int) {
        self.program = program
        self.port = port
    }

    var isOccupied: Bool { process.withLock { $0?.isRunning ?? false } }

    /// Puts the key of `state` (a file, made if missing) into the reader. `options` are those of `virtual-key`.
    func insert(state: String, options: [String] = []) throws {
        remove()
        let process = Foundation.Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--state", state, "--port", String(port)] + ParentOptions.arguments + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process.withLock { [process] in $0 = process }
    }

    /// Pulls the key out: the program is ended as a power cut would, and waited for.
    func remove() {
        process.withLock { process in
            guard let running = process else { return }
            if running.isRunning { kill(running.processIdentifier, SIGKILL) }
            running.waitUntilExit()
            process = nil
        }
    }

    deinit { remove() }
}

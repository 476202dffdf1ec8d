import Foundation
import Groundwork
import Testing
import VirtualKey

/// The program `virtual-key` in a reader, on a card of its own.
final class VirtualKeyProgram {
    private let process = Process()
    private let folder: URL

    init(_ reader: PrivateReaders.Reader, _ arguments: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-card-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = try Self.program()
        process.arguments =
            ["--state", folder.appending(path: "card.plist").path, "--port", String(reader.port)] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        pull()
        try? FileManager.default.removeItem(at: folder)
    }

    func pull() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// The program lies where the tests lie.
    private static func program() throws -> URL {
        for candidate in CommandLine.arguments + [Bundle.main.executablePath ?? ""] {
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

/// Another program that holds the card in a reader, until it is told to let go.
final class HoldingProgram {
    private let process = Process()
    private let input = Pipe()

    /// - Parameter mode: `exclusive`, `shared`, or `transaction` (shared, with a transaction begun).
    init(_ reader: String, _ mode: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-u", "-c",
            """
            import ctypes, sys
            pcsc = ctypes.CDLL('libpcsclite.so.1')
            context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
            assert pcsc.SCardEstablishContext(2, None, None, ctypes.byref(context)) == 0
            share = 1 if sys.argv[2] == 'exclusive' else 2
            for _ in range(200):
                held = pcsc.SCardConnect(
                    context, sys.argv[1].encode(), share, 3, ctypes.byref(card), ctypes.byref(protocol))
                if held == 0: break
            assert held == 0
            if sys.argv[2] == 'transaction': assert pcsc.SCardBeginTransaction(card) == 0
            sys.stdout.write('held.')
            sys.stdin.read()
            pcsc.SCardDisconnect(card, 0)
            pcsc.SCardReleaseContext(context)
            """, reader, mode,
        ]
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        #expect(try output.fileHandleForReading.read(upToCount: 5) == Data("held.".utf8))
    }

    func letGo() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    deinit { letGo() }
}

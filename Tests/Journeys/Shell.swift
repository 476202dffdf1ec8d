import Foundation

/// Runs programs that we did not write, and our own as a user would.
enum Shell {
    struct Outcome {
        var status: Int32
        var output: String
        var succeeded: Bool { status == 0 }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Where the build put `yzt` and `virtual-key`: beside the test bundle.
    static let programs: String = {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "yzt").path) {
            folder = folder.deletingLastPathComponent()
        }
        return folder.path == "/" ? root.appending(path: ".build/debug").path : folder.path
    }()

    /// Runs a program found on PATH (or at a path) with its arguments; standard output and error together.
    static func run(_ command: [String], environment: [String: String] = [:]) throws -> Outcome {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = root
        var all = ProcessInfo.processInfo.environment
        all["PATH"] = (all["PATH"] ?? "") + ":/usr/sbin:/sbin"
        process.environment = all.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let file = FileManager.default.temporaryDirectory.appending(path: "yzt-output-\(UUID().uuidString)")
        FileManager.default.createFile(atPath: file.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let output = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return Outcome(status: process.terminationStatus, output: output)
    }
}

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
    ///
    /// `secrets` are lines on file descriptor 3, through a pipe: never an argument, never a file.
    static func run(
        _ command: [String], environment: [String: String] = [:], secrets: [String]? = nil
    ) throws -> Outcome {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = secrets == nil ? command : ["sh", "-c", "exec \"$@\" 3<&0 </dev/null", "sh"] + command
        process.currentDirectoryURL = root
        var all = ProcessInfo.processInfo.environment
        all["PATH"] = (all["PATH"] ?? "") + ":/usr/sbin:/sbin"
        process.environment = all.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardInput = secrets == nil ? FileHandle.nullDevice : pipe
        let file = FileManager.default.temporaryDirectory.appending(path: "yzt-output-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        // Written before the program starts: a few lines fit into the pipe, and one that ends without reading them does
        // not break it under us.
        if let secrets {
            try pipe.fileHandleForWriting.write(contentsOf: Data(secrets.map { $0 + "\n" }.joined().utf8))
            try pipe.fileHandleForWriting.close()
        }
        try process.run()
        process.waitUntilExit()
        let output = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return Outcome(status: process.terminationStatus, output: output)
    }
}

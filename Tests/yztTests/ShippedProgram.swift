import Foundation

/// `yzt` as it was built, beside the test bundle.
enum ShippedProgram {
    struct Outcome {
        var status: Int32
        var text: String
    }

    static let path: String = {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "yzt").path) {
            folder = folder.deletingLastPathComponent()
        }
        return folder.appending(path: "yzt").path
    }()

    /// Standard output and error together. No reader service, no terminal, no screen.
    static func run(_ words: [String], environment: [String: String] = [:]) throws -> Outcome {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/usr/bin/setsid")
        process.arguments = ["--wait", path] + words
        var all = ProcessInfo.processInfo.environment
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "YZT_CONFIGURATION"] { all[name] = nil }
        all["PCSCLITE_CSOCK_NAME"] = "/nonexistent/pcscd.comm"
        process.environment = all.merging(environment) { $1 }
        let said = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = said
        process.standardError = said
        try process.run()
        let text = try said.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, text: String(decoding: text, as: UTF8.self))
    }
}

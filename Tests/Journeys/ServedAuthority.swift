import Foundation
import Testing

/// `yzt serve` as an operator starts it, until it is stopped.
final class ServedAuthority {
    private let process = Foundation.Process()
    private let file: URL
    /// Base addresses by the address's name.
    private(set) var address: [String: String] = [:]

    /// - Parameter before: a program that starts it, with its arguments, and becomes it.
    init(configuration: String, environment: [String: String], before: [String] = []) throws {
        file = FileManager.default.temporaryDirectory.appending(path: "yzt-served-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            before + [
                Shell.programs + "/yzt", "serve", "--configuration", configuration, "--end-with-parent", "--parent",
                "\(getpid())",
            ]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        // A bounded wait for the four addresses.
        for _ in 0..<1200 {
            // Whole lines.
            address = Dictionary(
                log.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { line in
                    let words = line.split(separator: " ").map(String.init)
                    guard words.count == 2, ["status", "login", "public", "staff"].contains(words[0]) else {
                        return nil
                    }
                    return (words[0], words[1].hasPrefix("http") ? words[1] : "http://" + words[1])
                }, uniquingKeysWith: { $1 })
            if address.count == 4 { return }
            guard process.isRunning else { break }
            poll(nil, 0, 50)
        }
        try #require(address.count == 4, "yzt serve did not listen: \(log)")
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: file)
    }

    /// Standard output and error.
    var log: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    /// Whether it is still there.
    var isRunning: Bool { process.isRunning }

    /// The limit of open files that it runs under.
    var openFiles: Int? {
        let limits = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8)
        return limits?.firstMatch(of: /Max open files +([0-9]+)/).flatMap { Int($0.1) }
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}

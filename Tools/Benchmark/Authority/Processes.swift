import CommandOptions
import Foundation
import Groundwork

/// The shipped program as a process of its own.
struct ServedProcess {
    private let process: Foundation.Process
    private let begun: Date

    static func serve(_ program: String, configuration: String) throws -> ServedProcess {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["serve", "--configuration", configuration] + ParentOptions.arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let begun = Date()
        try process.run()
        return ServedProcess(process: process, begun: begun)
    }

    /// Milliseconds from its start until `/readyz` says so.
    func waitUntilReady(host: String, port: Int) throws -> Double {
        while process.isRunning, Date().timeIntervalSince(begun) < 60 {
            if let connection = KeepAliveConnection(host: host, port: port),
                (try? connection.exchange(KeepAliveConnection.get("/readyz", host: host))) != nil
            {
                return Date().timeIntervalSince(begun) * 1000
            }
            usleep(1000)
        }
        throw KeepAliveConnection.Broken(what: "the service is not ready")
    }

    var usage: ProcessUsage { ProcessUsage(process.processIdentifier) }

    func end() {
        process.terminate()
        process.waitUntilExit()
    }
}

/// This program once more, answering "Hello, world".
struct HelloProcess {
    private let process = Foundation.Process()
    let port: Int

    init() throws {
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["hello"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw KeepAliveConnection.Broken(what: "hello")
        }
        self.port = port
    }

    var usage: ProcessUsage { ProcessUsage(process.processIdentifier) }

    func end() {
        process.terminate()
        process.waitUntilExit()
    }
}

/// What the kernel says about another process.
struct ProcessUsage {
    private let folder: String

    init(_ identifier: Int32) { folder = "/proc/\(identifier)" }

    /// User and system time so far (proc(5), stat 14 and 15), in hundredths.
    var processorSeconds: Double {
        let text = (try? String(contentsOfFile: folder + "/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The most that was ever in memory (VmHWM).
    var peakMegabytes: Double {
        let text = (try? String(contentsOfFile: folder + "/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }
}

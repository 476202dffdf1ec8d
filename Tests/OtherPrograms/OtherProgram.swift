internal import Foundation

/// Runs programs that we did not write, as a person at a terminal would. A missing one throws: no test passes without
/// it.
package enum OtherProgram {
    /// How one ended, and what it said.
    package struct Outcome: Sendable {
        package let status: Int32
        package let output: [UInt8]
        /// What it said on standard error.
        package let complaints: String

        package var text: String { String(decoding: output, as: UTF8.self) }
        /// Both streams, the output first.
        package var said: String { text + complaints }
    }

    /// It is not there.
    package struct Missing: Error { package let program: String }

    /// Where `Package.swift` lies.
    package static var root: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path
    }

    /// - Parameters:
    ///   - words: the program, by its path or as PATH finds it, and its arguments.
    ///   - seconds: after them it is ended, with status 124.
    package static func run(
        _ words: [String], in folder: String? = nil, environment: [String: String] = [:], input: [UInt8] = [],
        seconds: Int = 120
    ) throws -> Outcome {
        let call = try Call(words, in: folder, environment: environment, input: input, seconds: seconds)
        try call.process.run()
        call.process.waitUntilExit()
        return try call.outcome()
    }

    /// The same, without blocking a thread: what it talks to may be in this very process.
    package static func running(
        _ words: [String], in folder: String? = nil, environment: [String: String] = [:], input: [UInt8] = [],
        seconds: Int = 120
    ) async throws -> Outcome {
        let call = try Call(words, in: folder, environment: environment, input: input, seconds: seconds)
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            call.process.terminationHandler = { _ in ended.resume() }
            do { try call.process.run() } catch {
                call.process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        return try call.outcome()
    }

    /// One call, whose streams are files: a full pipe would hold it up.
    private final class Call {
        let process = Process()
        private let program: String
        private let folder: URL
        private let streams: [FileHandle]

        init(
            _ words: [String], in place: String?, environment: [String: String], input: [UInt8], seconds: Int
        ) throws {
            program = words.first ?? ""
            folder = FileManager.default.temporaryDirectory.appending(path: "yzt-program-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(input).write(to: folder.appending(path: "input"))
            for name in ["output", "complaints"] { try Data().write(to: folder.appending(path: name)) }
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["timeout", "\(seconds)"] + words
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            if let place { process.currentDirectoryURL = URL(filePath: place) }
            streams = [
                try FileHandle(forReadingFrom: folder.appending(path: "input")),
                try FileHandle(forWritingTo: folder.appending(path: "output")),
                try FileHandle(forWritingTo: folder.appending(path: "complaints")),
            ]
            (process.standardInput, process.standardOutput, process.standardError) = (
                streams[0], streams[1], streams[2]
            )
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func outcome() throws -> Outcome {
            // Not left to the process, which may outlive its end.
            for stream in streams { try stream.close() }
            if process.terminationStatus == 127 { throw Missing(program: program) }
            return Outcome(
                status: process.terminationStatus,
                output: Array(try Data(contentsOf: folder.appending(path: "output"))),
                complaints: String(decoding: try Data(contentsOf: folder.appending(path: "complaints")), as: UTF8.self))
        }
    }
}

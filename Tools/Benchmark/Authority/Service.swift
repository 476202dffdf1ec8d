import CertificateAuthority
import Cryptography
import Foundation
import Groundwork
import Hummingbird

extension AuthorityBenchmark {
    /// The shipped service on this store: how soon it is ready, what it answers, how soon a revocation is seen.
    func measureService() async throws {
        var starts: [Double] = []
        for _ in 0..<3 {
            let service = try ServedProcess.serve(yzt, configuration: store.configuration)
            defer { service.end() }
            starts.append(try service.waitUntilReady(host: store.status.host, port: store.status.port))
        }
        figures.milliseconds("start: serve until ready", Self.median(starts), nil, note: "median of 3")

        let service = try ServedProcess.serve(yzt, configuration: store.configuration)
        defer { service.end() }
        _ = try service.waitUntilReady(host: store.status.host, port: store.status.port)
        let hello = try HelloProcess()
        defer { hello.end() }
        let world = try Load.rate(
            [KeepAliveConnection.get("/", host: "127.0.0.1")], host: "127.0.0.1", port: hello.port, seconds: seconds)
        figures.rate("hummingbird hello-world", world, nil, "-")
        let questions = try await store.questions(64)
        _ = try Load.rate(
            questions, host: store.status.host, port: store.status.port, connections: 1, seconds: 0.5)
        let answers = try Load.rate(questions, host: store.status.host, port: store.status.port, seconds: seconds)
        figures.rate(
            "OCSP over HTTP, stored answers", answers, answers / world, "hello-world",
            note: "16 connections from the same machine; POST")
        try await measureRevocation()
    }

    /// From the act until the responder, another process, says so to a client that asks again and again.
    private func measureRevocation() async throws {
        guard let connection = KeepAliveConnection(host: store.status.host, port: store.status.port) else {
            throw KeepAliveConnection.Broken(what: "connect")
        }
        var times: [Double] = []
        for serial in try await store.activeSerials(60) {
            let question = try store.question(serial)
            guard try Self.status(connection.exchange(question)) == .good else {
                throw Unexpected(what: "\(serial) is not good")
            }
            let start = store.now()
            try await store.authority.revocation.revoke(
                serial, reason: .superseded, on: .system(reason: "benchmark"))
            while true {
                if case .revoked = try Self.status(connection.exchange(question)) { break }
            }
            times.append(store.seconds(since: start) * 1000)
        }
        let slow = times.sorted()[times.count * 95 / 100]
        figures.milliseconds(
            "revoke until seen by OCSP", Self.median(times), nil,
            note: String(format: "median of %d, 95 %% within %.1f ms", times.count, slow))
    }

    private static func status(_ body: ArraySlice<UInt8>) throws -> OCSPStatus? {
        try OCSPResponse(der: Array(body)).basic?.responses.first?.status
    }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// `benchmark hello`: the least that the same HTTP library does; prints its port.
    static func hello() async throws {
        let router = Router()
        router.get("/") { _, _ in "Hello, world" }
        let application = Application(
            responder: router.buildResponder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                FileHandle.standardOutput.write(Data("\(channel.localAddress?.port ?? 0)\n".utf8))
            })
        try await application.run()
    }
}

/// The shipped program as a process of its own.
struct ServedProcess {
    private let process: Foundation.Process
    private let begun: Date

    static func serve(_ program: String, configuration: String) throws -> ServedProcess {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["serve", "--configuration", configuration, "--end-with-parent"]
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

    func end() {
        process.terminate()
        process.waitUntilExit()
    }
}

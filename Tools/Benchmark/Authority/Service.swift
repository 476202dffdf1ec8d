import Cryptography
import Foundation
import Groundwork
import Hummingbird
import Installation
import KeyCustody
import Revocation

extension AuthorityBenchmark {
    /// The shipped service on this store: how soon it is ready, what it answers, how soon a revocation is seen.
    func measureService() async throws {
        var starts: [Double] = []
        for _ in 0..<3 {
            let service = try ServedProcess.serve(yzt, configuration: store.configuration)
            defer { service.end() }
            starts.append(try service.waitUntilReady(host: store.status.host, port: store.status.port))
        }
        figures.milliseconds(
            "start: serve until ready", Self.median(starts), nil, aim: "2000 ms",
            note: "\(store.issuer.shards) shards; median of 3")

        let service = try ServedProcess.serve(yzt, configuration: store.configuration)
        defer { service.end() }
        _ = try service.waitUntilReady(host: store.status.host, port: store.status.port)
        let hello = try HelloProcess()
        defer { hello.end() }
        let greeting = [KeepAliveConnection.get("/", host: "127.0.0.1")]
        _ = try Load.rate(greeting, host: "127.0.0.1", port: hello.port, connections: 1, seconds: 0.5)
        let helloBefore = hello.usage.processorSeconds
        let world = try Load.rate(greeting, host: "127.0.0.1", port: hello.port, seconds: seconds)
        let helloEach = (hello.usage.processorSeconds - helloBefore) / (world * seconds) * 1e6
        figures.rate("hummingbird hello-world", world, nil, "-", note: Self.each(helloEach))
        let questions = try await store.questions(64)
        _ = try Load.rate(
            questions, host: store.status.host, port: store.status.port, connections: 1, seconds: 0.5)
        let before = service.usage.processorSeconds
        let answers = try Load.rate(questions, host: store.status.host, port: store.status.port, seconds: seconds)
        let each = (service.usage.processorSeconds - before) / (answers * seconds) * 1e6
        figures.rate(
            "OCSP over HTTP, stored answers", answers, answers / world, "hello-world", aim: "0.70",
            note: Self.each(each)
                + String(format: " (%.2f); 16 connections from the same machine; POST", helloEach / each))
        try await measureRevocation()
        figures.megabytes(
            "serve: most memory", service.usage.peakMegabytes, note: "resident, after all that was asked of it")
    }

    private static func each(_ microseconds: Double) -> String {
        String(format: "%.0f µs of processor each", microseconds)
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
            "revoke until seen by OCSP", Self.median(times), nil, aim: "50 ms",
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

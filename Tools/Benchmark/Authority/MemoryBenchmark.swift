import Audit
import Cryptography
import Foundation
import Groundwork
import Installation
import Storage

/// The third set: the most memory that each long work of the shipped program takes, at two sizes of the store. Started
/// by `Tools/benchmark memory` once for each size, on an authority that `yzt init` made:
/// memory FOLDER CERTIFICATES SECONDS FIGURES-FOLDER YZT. P-256 alone: no other family changes what is held.
///
/// Every certificate has the signature of one template, and no key has a record of it: `certificate recheck` and
/// `reconcile` find that of each, and like `doctor`, which finds no readers, they end with 1.
///
/// `audit export` and `archive export` are not measured: an officer's key orders them, and here are no readers.
struct MemoryBenchmark {
    private enum Act: String, AuditAct { case filled = "benchmark.filled" }

    private static let works = [
        ["doctor"], ["forecast"], ["certificate", "publish-lists"], ["certificate", "recheck"], ["reconcile"],
        ["audit", "verify", "--store"],
    ]

    let store: FilledStore
    let program: MeasuredProgram
    let figures: Figures

    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 5, let count = Int(arguments[1]), let seconds = Double(arguments[2]) else { exit(64) }
        let (folder, yzt) = (arguments[3], arguments[4])
        let store = try await FilledStore.open(folder: arguments[0], family: .p256)
        let benchmark = MemoryBenchmark(
            store: store, program: MeasuredProgram(path: yzt, result: "\(folder)/took"),
            figures: Figures(family: .p256, count: count, file: "\(folder)/memory"))
        try await benchmark.fill(count)
        try await benchmark.measureService(yzt, of: count, seconds: seconds)
        await store.database.close()
        for work in works { try benchmark.measure(work) }
    }

    /// Certificates with their events and lines in the journal, and a checkpoint for each thousand of them.
    private func fill(_ count: Int) async throws {
        let filling = try await store.fill(count)
        try await store.fillJournal()
        let audit = AuditLog(surroundings: store.surroundings)
        for _ in 0..<max(1, count / 1000) {
            try await store.database.write { transaction in
                try audit.record(AuditEvent(act: Act.filled, actor: .system, subject: "event"), in: transaction)
            }
            _ = try await store.authority.checkpoint()
        }
        figures.note("store filled", "\(Int(filling.seconds)) s for \(count) certificates; signatures of one template")
    }

    /// The service, asked by sixteen clients about certificates all over the store.
    private func measureService(_ yzt: String, of count: Int, seconds: Double) async throws {
        let service = try ServedProcess.serve(yzt, configuration: store.configuration)
        defer { service.end() }
        _ = try service.waitUntilReady(host: store.status.host, port: store.status.port)
        let questions = try await store.questions(min(2000, count / 4))
        let rate = try Load.rate(questions, host: store.status.host, port: store.status.port, seconds: seconds)
        figures.megabytes(
            "serve", service.usage.peakMegabytes, note: String(format: "%.0f OCSP answers", rate * seconds))
    }

    private func measure(_ work: [String]) throws {
        let took = try program.run(work + ["--configuration", store.configuration])
        figures.megabytes(
            work.joined(separator: " "), took.peakMegabytes,
            note: String(format: "%.1f s", took.seconds) + (took.status == 0 ? "" : "; ended with \(took.status)"))
    }
}

/// A program that ends by itself, run under time(1): so what is told is its own, not also what this process had in
/// memory when it started it, as the kernel counts.
struct MeasuredProgram {
    struct Outcome {
        let peakMegabytes: Double
        let seconds: Double
        let status: Int32
    }

    let path: String
    /// A file for what time(1) says.
    let result: String

    func run(_ arguments: [String]) throws -> Outcome {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Each ends when its starter does, which here is a thread that waits until the end.
        let bound = ["setpriv", "--pdeathsig", "KILL"]
        process.arguments = bound + ["time", "--quiet", "-f", "%M %e", "-o", result] + bound + [path] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let words = try String(contentsOfFile: result, encoding: .utf8).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let kilobytes = Double(words[0]), let seconds = Double(words[1]) else {
            throw AuthorityBenchmark.Unexpected(what: "time(1) says \(words)")
        }
        return Outcome(peakMegabytes: kilobytes / 1024, seconds: seconds, status: process.terminationStatus)
    }
}

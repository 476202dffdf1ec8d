internal import Foundation
internal import Groundwork

/// One private reader service (`Tools/private-pcscd`) for a whole process, whose virtual readers are lent out.
///
/// The PC/SC library finds its service by the environment, so one process can use one service: every test of every
/// room that wants real readers borrows from here. The service ends with the process.
package actor PrivateReaders {
    package static let shared = PrivateReaders()

    /// A virtual reader: its PC/SC name, and the port to which a virtual key connects.
    package struct Reader: Hashable, Sendable {
        package let name: String
        package let port: Int
    }

    /// Somebody who waits for readers. Served in the order of asking, so whoever wants all of them gets all in the end.
    private struct Request {
        let count: Int
        let answer: CheckedContinuation<[Reader], Never>
    }

    private var free: [Reader] = []
    private var waiting: [Request] = []
    private var started: Task<[Reader], any Error>?
    private static let pairs = 8

    /// Lends a reader for the time of the closure; waits while all are lent.
    /// - Parameters:
    ///   - alone: whether every other reader stays empty meanwhile. Other people's programs (OpenSC's among them) look
    ///     into each reader of the service, select what they know on each card, and may take the one command before
    ///     which a card was told to vanish.
    ///   - file: a file of the checkout in which `Tools/private-pcscd` lies.
    package func withReader<Value: Sendable>(
        alone: Bool = false, near file: String = #filePath, _ body: @Sendable (Reader) async throws -> Value
    ) async throws -> Value {
        let readers = try await borrow(alone ? 2 * Self.pairs : 1, near: file)
        defer { giveBack(readers) }
        return try await body(readers[0])
    }

    private func borrow(_ count: Int, near file: String) async throws -> [Reader] {
        if started == nil {
            started = Task { try Self.start(near: file) }
            free = try await started?.value ?? []
            lend()
        }
        // Whoever comes while the service starts waits for it, and learns if it does not.
        _ = try await started?.value
        return await withCheckedContinuation { answer in
            waiting.append(Request(count: count, answer: answer))
            lend()
        }
    }

    private func giveBack(_ readers: [Reader]) {
        free += readers
        lend()
    }

    private func lend() {
        while let first = waiting.first, first.count <= free.count {
            waiting.removeFirst().answer.resume(returning: Array(free.prefix(first.count)))
            free.removeFirst(first.count)
        }
    }

    private static func start(near file: String) throws -> [Reader] {
        var root = URL(filePath: file)
        while root.path != "/", access(root.appending(path: "Tools/private-pcscd").path, X_OK) != 0 {
            root.deleteLastPathComponent()
        }
        let folder = URL(filePath: "/tmp/yzt-private-\(getpid())")
        let script = Process()
        script.executableURL = root.appending(path: "Tools/private-pcscd")
        script.arguments = ["start", folder.path, String(pairs)]
        let output = Pipe()
        script.standardOutput = output
        try script.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        script.waitUntilExit()
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = parts[1].trimmingCharacters(in: ["\""]) }
        }
        guard script.terminationStatus == 0, let socket = values["PCSCLITE_CSOCK_NAME"],
            let ports = values["YZT_READER_PORTS"]?.split(separator: " ").compactMap({ Int($0) })
        else { throw Refusal(VirtualKeyRefusal.noReader, detail: text, facts: ["port": "?"]) }
        setenv("PCSCLITE_CSOCK_NAME", socket, 1)
        // The process id is in the folder, whose name is this process's: the handler needs to know nothing else.
        atexit {
            let folder = "/tmp/yzt-private-\(getpid())"
            if let text = try? String(contentsOfFile: folder + "/pid", encoding: .utf8),
                let service = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                kill(service, SIGTERM)
            }
            try? FileManager.default.removeItem(atPath: folder)
        }
        // Entry n of the configuration listens on the ports 2n and 2n + 1 for its slots 0 and 1.
        return ports.enumerated().map { index, port in
            Reader(name: "Virtual Evaluation Reader \(index / 2) 00 0\(index % 2)", port: port)
        }
    }
}

import Foundation
import OtherPrograms
import Testing

/// Programs of others that call the service, in a folder of their own. A missing program fails the test.
///
/// The service under test answers in this very process, so no thread is blocked while a program runs.
final class Caller: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: [String: [String]]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        func header(_ name: String) -> String? { headers[name.lowercased()]?.first }
        func member(_ name: String) -> String? { json?[name] as? String }
        var json: [String: Any]? {
            try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        }
        var isProblem: Bool { header("content-type")?.hasPrefix("application/problem+json") ?? false }
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-web-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: folder.appending(path: name)) }
    func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }
    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

    /// Runs a program in the folder.
    func run(_ words: [String]) async throws -> OtherProgram.Outcome {
        try await OtherProgram.running(words, in: folder.path)
    }

    /// Runs a command line without quoting, which must succeed; gives what it printed on both streams.
    @discardableResult
    func run(_ line: String, expecting status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> String
    {
        let outcome = try await run(line.split(separator: " ").map(String.init))
        #expect(outcome.status == status, "\(line)\n\(outcome.said)", sourceLocation: sourceLocation)
        return outcome.said
    }

    /// One exchange by curl.
    func fetch(_ url: String, _ options: String...) async throws -> Answer {
        let name = UUID().uuidString
        let outcome = try await run(
            [
                "curl", "--silent", "--show-error", "--path-as-is", "--dump-header", name + ".head", "--output",
                name + ".body",
            ] + options + [url])
        try #require(outcome.status == 0, "\(url): \(outcome.complaints)")
        // A "100 Continue" may stand before the answer.
        let heads = String(decoding: try read(name + ".head"), as: UTF8.self)
            .replacing("\r\n", with: "\n").split(separator: "\n\n")
        let lines = try #require(heads.last).split(separator: "\n")
        var headers: [String: [String]] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased(), default: []].append(String(parts[1].trimmingPrefix(" ")))
        }
        return Answer(
            status: try #require(lines.first.flatMap { Int($0.split(separator: " ")[1]) }), headers: headers,
            body: (try? read(name + ".body")) ?? [])
    }

    func post(_ bytes: [UInt8], as type: String, to url: String, _ options: String...) async throws -> Answer {
        let name = UUID().uuidString + ".sent"
        try write(bytes, name)
        var all = ["--data-binary", "@" + name, "--header", "Content-Type: " + type, "--header", "Expect:"]
        all += options
        return try await fetch(url, all)
    }

    private func fetch(_ url: String, _ options: [String]) async throws -> Answer {
        let name = UUID().uuidString + ".config"
        // curl's own configuration file, so that any number of options goes through.
        let text = stride(from: 0, to: options.count, by: 2).map { index in
            let value = options[index + 1].replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\(options[index].dropFirst(2)) = \"\(value)\"\n"
        }.joined()
        try write(text, name)
        return try await fetch(url, "--config", name)
    }
}

import Foundation
import Testing

/// A desk of its own: a private reader service, virtual keys that are inserted and pulled, and `yzt` as a clerk types
/// it.
final class OperatorDesk {
    /// The readers by what is in them.
    enum Slot: Int { case requester, approver, holder, spare }

    let folder: String
    private var environment: [String: String] = [:]
    private var ports: [String] = []
    private var keys: [Int: Foundation.Process] = [:]
    private var held: HeldPorts?

    /// Which of the desk's authorities is spoken of: a folder's name.
    var authority = "state"
    var configuration: String { folder + "/\(authority)/configuration.yaml" }
    var definition: String { folder + "/definition" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-desk-\(UUID().uuidString.prefix(8))").path
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder + "/cards", withIntermediateDirectories: true)
        let readers = try Shell.run(["Tools/private-pcscd", "start", folder + "/readers", "2"])
        try #require(readers.succeeded, "\(readers.output)")
        for line in readers.output.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.replacing("\"", with: "") }
            guard parts.count == 2 else { continue }
            environment[String(parts[0])] = String(parts[1])
        }
        ports = (environment["YZT_READER_PORTS"] ?? "").split(separator: " ").map(String.init)
        try #require(ports.count == 4, "\(readers.output)")

        // CA/ and Policies/, with the maker of the virtual keys among the trusted roots.
        try manager.createDirectory(atPath: definition, withIntermediateDirectories: true)
        for name in ["CA", "Policies"] {
            try manager.copyItem(atPath: Shell.root.path + "/" + name, toPath: definition + "/" + name)
        }
        let maker = folder + "/cards/maker.json"
        try #require(try Shell.run([Shell.programs + "/virtual-key", "--make-attestation", maker]).succeeded)
        let made = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: URL(filePath: maker)))
        let roots = definition + "/Policies/attestation-roots"
        try manager.createDirectory(atPath: roots, withIntermediateDirectories: true)
        let root = try #require(made["root"].flatMap { Data(base64Encoded: $0) })
        try root.write(to: URL(filePath: roots + "/virtual-key.cer"))
    }

    /// Once there is a configuration.
    func holdPorts() throws { held = try HeldPorts(configuration: configuration) }

    /// Pulls every key and stops the reader service.
    func close() throws {
        for slot in keys.keys { pull(slot) }
        _ = try Shell.run(["Tools/private-pcscd", "stop", folder + "/readers"])
        try FileManager.default.removeItem(atPath: folder)
    }

    func reader(_ slot: Slot) -> String { "Virtual Evaluation Reader \(slot.rawValue / 2) 00 0\(slot.rawValue % 2)" }

    func insert(_ card: String, into slot: Slot, _ options: String...) throws {
        pull(slot.rawValue)
        try waits("○ \(reader(slot))")
        let process = Foundation.Process()
        process.executableURL = URL(filePath: Shell.programs + "/virtual-key")
        process.arguments =
            [
                "--state", folder + "/cards/\(card).plist", "--port", ports[slot.rawValue], "--attestation",
                folder + "/cards/maker.json", "--end-with-parent", "--parent", "\(getpid())",
            ] + options
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        keys[slot.rawValue] = process
        try waits("● \(reader(slot))")
    }

    func pull(_ slot: Slot) { pull(slot.rawValue) }

    private func pull(_ slot: Int) {
        guard let process = keys.removeValue(forKey: slot) else { return }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// A bounded wait for a line of `yzt key status`.
    private func waits(_ line: String) throws {
        for _ in 0..<600 {
            if try yzt("key", "status").output.contains(line) { return }
            poll(nil, 0, 50)
        }
        Issue.record("the readers never said: \(line)")
    }

    func yzt(_ arguments: String..., secrets: [String]? = nil) throws -> Shell.Outcome {
        try yzt(arguments, secrets: secrets)
    }

    func yzt(
        _ arguments: [String], secrets: [String]? = nil, from folder: String? = nil
    ) throws -> Shell.Outcome {
        let entry = secrets == nil ? [] : ["--pin-entry", "fd:3"]
        let place = folder.map { ["env", "-C", $0] } ?? []
        return try Shell.run(
            place + [Shell.programs + "/yzt"] + arguments + entry + ["--configuration", configuration],
            environment: environment, secrets: secrets)
    }

    /// The same at a terminal, as the configuration says how PINs are asked for.
    func terminal(_ arguments: [String], _ more: [String: String]) throws -> PersonAtTerminal {
        try PersonAtTerminal(
            [Shell.programs + "/yzt"] + arguments + ["--configuration", configuration],
            environment: environment.merging(more) { $1 })
    }

    /// The same at a terminal, where somebody types.
    func terminal(_ arguments: String...) throws -> PersonAtTerminal {
        try PersonAtTerminal(
            [Shell.programs + "/yzt"] + arguments + ["--pin-entry", "terminal", "--configuration", configuration],
            environment: environment)
    }

    /// The same without a terminal, and with no screen but the one that is named.
    func withoutTerminal(_ arguments: [String], path: String, screen: String) throws -> Shell.Outcome {
        try Shell.run(
            ["setsid", "--wait", "env", "--unset=WAYLAND_DISPLAY", "DISPLAY=" + screen, "PATH=" + path]
                + [Shell.programs + "/yzt"] + arguments + ["--configuration", configuration], environment: environment)
    }

    /// The command is done; its output.
    @discardableResult
    func done(_ arguments: String..., secrets: [String]? = nil, from folder: String? = nil) throws -> String {
        let outcome = try yzt(arguments, secrets: secrets, from: folder)
        try #require(outcome.status == 0, "\(arguments.joined(separator: " "))\n\(outcome.output)")
        return outcome.output
    }

    /// The words that name the readers of both officers, requester first.
    var both: [String] { ["--officer", reader(.requester), "--officer", reader(.approver)] }

    /// The command is done; its output.
    @discardableResult
    func done(_ words: [String], secrets: [String]? = nil) throws -> String {
        let outcome = try yzt(words, secrets: secrets)
        try #require(outcome.status == 0, "\(words.joined(separator: " "))\n\(outcome.output)")
        return outcome.output
    }

    func refused(_ code: String, _ words: [String], secrets: [String]? = nil, status: Int32 = 1) throws {
        let outcome = try yzt(words, secrets: secrets)
        #expect(outcome.status == status, "\(words.joined(separator: " "))\n\(outcome.output)")
        #expect(
            outcome.output.contains("拒绝 · refused [\(code)]"), "\(words.joined(separator: " "))\n\(outcome.output)")
    }

    /// The command is refused with this code, in both languages, and this status.
    func refused(
        _ code: String, _ arguments: String..., secrets: [String]? = nil, status: Int32 = 1
    ) throws {
        let outcome = try yzt(arguments, secrets: secrets)
        #expect(outcome.status == status, "\(arguments.joined(separator: " "))\n\(outcome.output)")
        #expect(
            outcome.output.contains("拒绝 · refused [\(code)]"), "\(arguments.joined(separator: " "))\n\(outcome.output)")
    }
}

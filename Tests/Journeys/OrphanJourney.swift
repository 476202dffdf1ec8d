import Foundation
import Testing

/// A service that was to end with the program that started it does so, whenever that one is killed.
@Suite(.serialized) struct OrphanJourney {
    @Test func aServiceOutlivesNobodyWhoStartedIt() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-orphan-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = folder + "/configuration.yaml"
        let made = try Shell.run([
            Shell.programs + "/yzt", "init", "--evaluation", "--algorithm", "p256", "--configuration", configuration,
        ])
        try #require(made.succeeded, "\(made.output)")
        let held = try HeldPorts(configuration: configuration)
        defer { withExtendedLifetime(held) {} }

        // Killed at once, before the service has asked the kernel for anything.
        for _ in 0..<5 { try ends(folder, after: "") }
        // Killed while it serves.
        try ends(folder, after: "while ! grep -q staff \"$0/said\"; do :; done; ")
    }

    @Test func aServiceOutlivesTheThreadThatStartedIt() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-orphan-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try Shell.run([
            Shell.programs + "/yzt", "init", "--evaluation", "--algorithm", "p256", "--configuration",
            folder + "/configuration.yaml",
        ])
        try #require(made.succeeded, "\(made.output)")
        let service = Foundation.Process()
        service.executableURL = URL(filePath: Shell.programs + "/yzt")
        service.arguments = [
            "serve", "--configuration", folder + "/configuration.yaml", "--end-with-parent", "--parent", "\(getpid())",
        ]
        let said = folder + "/said"
        _ = FileManager.default.createFile(atPath: said, contents: nil)
        service.standardOutput = FileHandle(forWritingAtPath: said)
        service.standardInput = FileHandle.nullDevice
        let starter = Thread {
            do { try service.run() } catch { return }
            for _ in 0..<1200 where !Self.serves(said) { poll(nil, 0, 50) }
        }
        starter.start()
        for _ in 0..<1300 where !starter.isFinished { poll(nil, 0, 50) }
        #expect(starter.isFinished && Self.serves(said))
        // The kernel tells of a thread's end at once; so long a service has to live on.
        for _ in 0..<20 where service.isRunning { poll(nil, 0, 50) }
        #expect(service.isRunning)
        service.terminate()
        service.waitUntilExit()
        #expect(service.terminationStatus == 0)
    }

    private static func serves(_ said: String) -> Bool {
        (try? String(contentsOfFile: said, encoding: .utf8))?.contains("staff ") == true
    }

    /// A shell starts the service and is killed; the service is gone within a bounded wait.
    private func ends(_ folder: String, after wait: String) throws {
        let script =
            "\"$1\" serve --configuration \"$0/configuration.yaml\" --end-with-parent --parent $$ "
            + ">\"$0/said\" 2>&1 & echo $!; \(wait)kill -KILL $$"
        let outcome = try Shell.run(["sh", "-c", script, folder, Shell.programs + "/yzt"])
        let service = try #require(Int32(outcome.output.filter(\.isNumber)), "\(outcome.output)")
        for _ in 0..<1200 where isRunning(service) { poll(nil, 0, 50) }
        #expect(!isRunning(service))
        if isRunning(service) { kill(service, SIGKILL) }
        let said = try String(contentsOfFile: folder + "/said", encoding: .utf8)
        #expect(said.contains("staff ") == !wait.isEmpty, "\(said)")
    }

    /// An orphan that has ended may wait for whoever adopted it.
    private func isRunning(_ process: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? "State:\tZ"
        return !status.contains("State:\tZ")
    }
}

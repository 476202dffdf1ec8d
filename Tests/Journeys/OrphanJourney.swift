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

        // Killed at once, before the service has asked the kernel for anything.
        for _ in 0..<5 { try ends(folder, after: "") }
        // Killed while it serves.
        try ends(folder, after: "while ! grep -q staff \"$0/said\"; do :; done; ")
    }

    /// A shell starts the service and is killed; the service is gone within a bounded wait.
    private func ends(_ folder: String, after wait: String) throws {
        let script =
            "\"$1\" serve --configuration \"$0/configuration.yaml\" --end-with-parent --parent $$ "
            + ">\"$0/said\" 2>&1 & echo $!; \(wait)kill -KILL $$"
        let outcome = try Shell.run(["sh", "-c", script, folder, Shell.programs + "/yzt"])
        let service = try #require(Int32(outcome.output.filter(\.isNumber)), "\(outcome.output)")
        for _ in 0..<200 where isRunning(service) { poll(nil, 0, 50) }
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

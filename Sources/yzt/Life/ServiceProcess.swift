import CommandOptions
import Foundation
import Groundwork

/// The service as a process of its own, as an operator would start it: `yzt serve`.
final class ServiceProcess {
    private let process = Foundation.Process()

    init(configuration: String, log: String) throws {
        _ = FileManager.default.createFile(atPath: log, contents: nil, attributes: [.posixPermissions: 0o600])
        process.executableURL = URL(filePath: LifeOperator.program)
        process.arguments = ["serve", "--configuration", configuration] + ParentOptions.arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    func waitUntilExit() { process.waitUntilExit() }

    /// Asks the service to stop and waits until it has.
    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    deinit { stop() }
}

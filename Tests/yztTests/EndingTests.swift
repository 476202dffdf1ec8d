import Foundation
import Groundwork
import PIV
import Testing

@testable import yzt

/// How a command ends, for a script: 0 done, 1 refused, 2 failed, 64 usage, 75 try again.
@Suite struct EndingTests {
    private struct MachineFailure: Error {}

    @Test func theStatusSaysHowACommandEnded() throws {
        #expect(CommandEnding.status(of: Refusal(CommandRefusal.noAnchor)) == 1)
        #expect(CommandEnding.status(of: Refusal(CardRefusal.serviceUnavailable)) == 75)
        #expect(CommandEnding.status(of: MachineFailure()) == 2)
        #expect(try ShippedProgram.run(["--version"]).status == 0)
        #expect(try ShippedProgram.run([]).status == 0)
        #expect(try ShippedProgram.run(["key", "--help"]).status == 0)
        #expect(try ShippedProgram.run(["nonsense"]).status == 64)
        #expect(try ShippedProgram.run(["key", "nonsense"]).status == 64)
    }

    /// A file that the machine does not let us make or read is refused with its name; nothing failed.
    @Test func aFileThatCannotBeReadIsNamed() throws {
        let path = "/nonexistent/folder/file"
        do {
            _ = try String(contentsOfFile: path, encoding: .utf8)
            Issue.record("it was read")
        } catch { #expect(CommandEnding.status(of: error) == 1, "\(error)") }
    }

    /// No help or version is written to standard error, no refusal to standard output.
    @Test func whatWasAskedForGoesToStandardOutput() throws {
        func split(_ words: [String]) throws -> (out: String, err: String) {
            let process = Foundation.Process()
            process.executableURL = URL(filePath: ShippedProgram.path)
            process.arguments = words
            let (out, err) = (Pipe(), Pipe())
            (process.standardOutput, process.standardError) = (out, err)
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let said = try out.fileHandleForReading.readToEnd() ?? Data()
            let complained = try err.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (String(decoding: said, as: UTF8.self), String(decoding: complained, as: UTF8.self))
        }
        let help = try split(["certificate", "--help"])
        #expect(help.out.contains("USAGE: yzt certificate") && help.err.isEmpty, "\(help)")
        let version = try split(["--version"])
        #expect(version.out.hasPrefix("yzt ") && version.err.isEmpty, "\(version)")
        let usage = try split(["nonsense"])
        #expect(usage.out.isEmpty && usage.err.hasPrefix("用法错误"), "\(usage)")
        let refused = try split(["officer", "list", "--configuration", "/nonexistent/c.yaml"])
        #expect(refused.out.isEmpty && refused.err.hasPrefix("拒绝"), "\(refused)")
    }
}

import Foundation
import Testing

/// A running program, looked at from outside: does it leave its memory behind, and may others read it?
struct Hardening {
    let process: Int32

    /// No core file, however it dies (RLIMIT_CORE 0).
    func leavesNoCore() throws {
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(whereSeparator: \.isWhitespace).dropFirst(4).prefix(2) == ["0", "0"], "\(limits)")
    }

    /// The same user may not look into it (PR_SET_DUMPABLE 0); into another program of theirs they may.
    func keepsItsMemory() throws {
        let other = Foundation.Process()
        other.executableURL = URL(filePath: "/usr/bin/env")
        other.arguments = Self.asOrdinaryUser + ["cat"]
        let (question, answer) = (Pipe(), Pipe())
        other.standardInput = question
        other.standardOutput = answer
        try other.run()
        defer {
            kill(other.processIdentifier, SIGKILL)
            other.waitUntilExit()
        }
        // Its answer shows that it runs, with the rights that were left to it.
        try question.fileHandleForWriting.write(contentsOf: Data("x".utf8))
        try #require(!answer.fileHandleForReading.availableData.isEmpty)
        #expect(try canRead(other.processIdentifier))
        #expect(try !canRead(process))
    }

    /// Whether this user may read the process's environment: the kernel asks the same of one who reads its memory
    /// (ptrace(2), PTRACE_MODE_READ).
    private func canRead(_ process: Int32) throws -> Bool {
        try Shell.run(Self.asOrdinaryUser + ["cat", "/proc/\(process)/environ"]).succeeded
    }

    /// Takes from root the rights that no other user has (capabilities(7)). Who is looked into must be started so too:
    /// nobody may look into one who has more rights.
    static let asOrdinaryUser = geteuid() == 0 ? ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] : []
}

import Foundation
import Testing

/// A program at a real terminal, and a person who reads what it shows and types.
///
/// The program has the terminal for its controlling one (`setsid --ctty`), so that Ctrl-C is a signal from there, and
/// /dev/tty is it.
final class PersonAtTerminal {
    private let process = Foundation.Process()
    private let master: Int32
    /// Kept open: the terminal is still there, and can be looked at, when the program has gone.
    private let line: Int32
    private(set) var screen = ""
    private var bytes: [UInt8] = []
    /// How much was there when something was typed last.
    private var mark = 0
    /// What came since then.
    var fresh: Substring { screen.dropFirst(mark) }

    init(_ command: [String], environment: [String: String] = [:]) throws {
        var ends: (Int32, Int32) = (-1, -1)
        try #require(openpty(&ends.0, &ends.1, nil, nil, nil) == 0)
        (master, line) = ends
        // A program that inherited it would keep it open.
        for end in [master, line] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let terminal = FileHandle(fileDescriptor: line, closeOnDealloc: false)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["setsid", "--wait", "--ctty"] + command
        process.currentDirectoryURL = Shell.root
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
    }

    deinit {
        hangUp()
        close(line)
        close(master)
    }

    /// What is typed is shown.
    var echoes: Bool {
        var settings = termios()
        return tcgetattr(line, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Reads on until what came since the last typing matches, or the program has ended; bounded.
    func wait(for end: some RegexComponent) throws -> Bool {
        for _ in 0..<600 {
            try read(upTo: 100)
            if fresh.firstMatch(of: end) != nil { return true }
            if !process.isRunning {
                try read(upTo: 0)
                return fresh.firstMatch(of: end) != nil
            }
        }
        Issue.record("the terminal never showed what was waited for: \(screen)")
        return false
    }

    /// - Parameter enter: what the key sends. A terminal of lines makes a line feed of a carriage return; a window that
    ///   reads keys gets it as it is.
    func type(_ text: String, enter: String = "\n") {
        mark = screen.count
        let line = Array((text + enter).utf8)
        #expect(write(master, line, line.count) == line.count)
    }

    /// The terminal makes a signal of it.
    func pressControlC() {
        #expect(write(master, [3], 1) == 1)
    }

    /// Reads until the program has ended; its status.
    func ending() throws -> Int32 {
        for _ in 0..<600 where process.isRunning { try read(upTo: 100) }
        #expect(!process.isRunning, "\(screen)")
        hangUp()
        try read(upTo: 0)
        return process.terminationStatus
    }

    private func hangUp() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    private func read(upTo milliseconds: Int32) throws {
        var place = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        var patience = milliseconds
        while poll(&place, 1, patience) > 0, place.revents & Int16(POLLIN) != 0 {
            var some = [UInt8](repeating: 0, count: 4096)
            let count = Foundation.read(master, &some, some.count)
            guard count > 0 else { break }
            bytes += some.prefix(count)
            patience = 0
        }
        screen = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    }
}

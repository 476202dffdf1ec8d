import Foundation
import Testing

/// pinentry's own window on a text terminal.
extension OperatorJourney {
    /// It has the terminal's keys, ends with Ctrl-C and with us, and leaves the terminal as it was.
    func typeIntoPinentry(_ reader: String) throws {
        let window = try PinentryOnTerminal(desk, reader)
        try window.isShown()
        window.person.type(second, enter: "\r")
        #expect(try window.person.ending() == 0, "\(window.person.screen)")
        #expect(window.person.screen.contains("李秀英") && !window.person.screen.contains(second))
        #expect(window.person.echoes && window.hasEnded())

        let interrupted = try PinentryOnTerminal(desk, reader)
        try interrupted.isShown()
        interrupted.person.pressControlC()
        #expect(try interrupted.person.ending() != 0, "\(interrupted.person.screen)")
        #expect(interrupted.person.echoes && interrupted.hasEnded())

        // Nobody asks a program that was killed to clean up.
        let killed = try PinentryOnTerminal(desk, reader)
        try killed.isShown()
        #expect(kill(try killed.parent, SIGKILL) == 0)
        #expect(killed.hasEnded(), "the window outlived the program that asked")
        _ = try killed.person.ending()
        try withoutReaderService(reader)
    }

    /// No reader service: a holder's and an officer's command say the same.
    private func withoutReaderService(_ reader: String) throws {
        for arguments in [["officer", "login", "--officer", reader], ["key", "recover", "--reader", reader]] {
            let outcome = try Shell.run(
                [Shell.programs + "/yzt"] + arguments + ["--configuration", desk.configuration],
                environment: ["PCSCLITE_CSOCK_NAME": desk.folder + "/nobody"])
            #expect(outcome.status == 75 || outcome.status == 1, "\(outcome.output)")
            #expect(outcome.output.contains("[smart-cards.service-unavailable]"), "\(outcome.output)")
        }
    }
}

/// `yzt officer login` at a terminal, with pinentry-curses for its window.
private struct PinentryOnTerminal {
    let person: PersonAtTerminal
    private let note: String

    init(_ desk: OperatorDesk, _ reader: String) throws {
        let folder = desk.folder + "/curses-\(UUID().uuidString.prefix(8))"
        note = folder + "/process"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = "#!/bin/sh\necho $$ >\(note).new && mv \(note).new \(note)\nexec pinentry-curses \"$@\"\n"
        let made = FileManager.default.createFile(
            atPath: folder + "/pinentry", contents: Data(script.utf8), attributes: [.posixPermissions: 0o755])
        try #require(made)
        person = try desk.terminal(
            ["officer", "login", "--officer", reader],
            [
                "PATH": folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/bin:/bin",
                "TERM": "xterm", "LANG": "C.UTF-8", "DISPLAY": "", "WAYLAND_DISPLAY": "",
            ])
    }

    /// The window with its question is on the screen.
    func isShown() throws { #expect(try person.wait(for: /<OK>/), "\(person.screen)") }

    private var process: pid_t {
        get throws {
            let text = try String(contentsOfFile: note, encoding: .utf8)
            return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
    }

    /// The program that asked.
    var parent: pid_t {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("PPid:") })
            return try #require(pid_t(line.dropFirst(5).trimmingCharacters(in: .whitespaces)))
        }
    }

    /// A bounded wait for the window's end.
    func hasEnded() -> Bool {
        guard let process = try? process else { return false }
        for _ in 0..<200 {
            guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
                !status.contains("State:\tZ")
            else { return true }
            poll(nil, 0, 50)
        }
        return false
    }
}

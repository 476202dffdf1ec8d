internal import Foundation
internal import Groundwork
internal import Synchronization

/// A PIN typed at the controlling terminal with echo off; the terminal's settings come back whatever happens, Ctrl-C
/// among it.
enum TerminalPrompt {
    /// One question at a time: there is one terminal.
    private static let asking = Mutex(())

    static func ask(_ prompt: LocalisedText, after mistake: LocalisedText? = nil) throws -> SecretBytes {
        let text = (mistake.map { "\($0.zh)\n\($0.en)\n" } ?? "") + "\(prompt.zh)\n\(prompt.en): "
        return try asking.withLock { _ in
            let held = HeldSignals()
            // After the terminal echoes again, for what comes now may end the program.
            defer { held.release() }
            return try read(Array(text.utf8), held)
        }
    }

    private static func read(_ text: [UInt8], _ held: HeldSignals) throws -> SecretBytes {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { throw Refusal(CardAgentRefusal.noTerminal, detail: "/dev/tty") }
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else {
            throw Refusal(CardAgentRefusal.noPIN, detail: String(cString: strerror(errno)))
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ECHONL)
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
        _ = text.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        return try SecretLine.read(from: terminal) {
            // The signal may have met another thread: so it is looked for, five times a second.
            var slot = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            repeat {
                guard held.number == 0 else { throw Refusal(CardAgentRefusal.noPIN, detail: "interrupted") }
            } while poll(&slot, 1, 200) <= 0
        }
    }
}

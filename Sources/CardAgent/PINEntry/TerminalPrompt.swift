internal import Foundation
internal import Groundwork
internal import Synchronization

/// A PIN typed at the controlling terminal with echo off; the terminal's settings come back whatever happens, Ctrl-C
/// among it.
enum TerminalPrompt {
    /// One question at a time: there is one terminal.
    private static let asking = Mutex(())

    static func ask(_ prompt: LocalisedText) throws -> SecretBytes {
        try asking.withLock { _ in
            let held = HeldSignals()
            // After the terminal echoes again, for what comes now may end the program.
            defer { held.release() }
            return try read(prompt, held)
        }
    }

    private static func read(_ prompt: LocalisedText, _ held: HeldSignals) throws -> SecretBytes {
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
        let text = Array("\(prompt.zh)\n\(prompt.en): ".utf8)
        _ = text.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        return try SecretLine.read(from: terminal) {
            // The signal may have met another thread: so it is looked for, five times a second.
            var place = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            repeat {
                guard held.number == 0 else { throw Refusal(CardAgentRefusal.noPIN, detail: "interrupted") }
            } while poll(&place, 1, 200) <= 0
        }
    }
}

/// The signals by which a person ends a program, kept back until they are released: then they have their effect.
private struct HeldSignals {
    private static let received = Atomic<Int32>(0)
    private let before: [(number: Int32, handler: sighandler_t?)]

    var number: Int32 { Self.received.load(ordering: .relaxed) }

    init() {
        Self.received.store(0, ordering: .relaxed)
        before = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
            (number, signal(number) { HeldSignals.received.store($0, ordering: .relaxed) })
        }
    }

    func release() {
        for (number, handler) in before { signal(number, handler) }
        if number != 0 { kill(getpid(), number) }
    }
}

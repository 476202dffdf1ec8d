internal import Foundation
internal import Groundwork

/// One question to a `pinentry` program over the Assuan protocol: lines of at most 1,000 bytes, `D` carries the answer.
struct PinentryDialogue {
    let program: String
    /// How long a person may take. The program's own bound ends with the first key that is pressed (curses 1.2.1).
    private static let patience: Int32 = 300_000

    /// - Throws: `command.no-pin` if the person cancelled it or let it stand, `command.no-pin-window` if there is no
    ///   such program or nowhere that it could open a window.
    func ask(_ prompt: LocalisedText, after mistake: LocalisedText? = nil) throws -> SecretBytes {
        let held = HeldSignals()
        // After the terminal is what it was, for what comes now may end the program.
        defer { held.release() }
        let terminal = Terminal()
        let child: ForegroundProgram
        do { child = try ForegroundProgram([program]) } catch {
            throw Refusal(CardAgentRefusal.noPINWindow, detail: "\(program): \(error)")
        }
        do {
            let secret = try converse(Channel(child, held, milliseconds: Self.patience), terminal, prompt, mistake)
            if !child.end() { terminal.restore() }
            return secret
        } catch {
            // Killed at once where somebody wants to end us: it may have left the terminal as it used it.
            if !child.end(within: held.number == 0 ? 2_000 : 0) { terminal.restore() }
            throw error
        }
    }

    private func converse(
        _ channel: Channel, _ terminal: Terminal, _ prompt: LocalisedText, _ mistake: LocalisedText?
    ) throws -> SecretBytes {
        do { try channel.expectOK() } catch {
            if channel.held.number != 0 { throw error }
            throw Refusal(CardAgentRefusal.noPINWindow, detail: "the program \(program) does not answer")
        }
        for option in terminal.options { try channel.offer("OPTION \(option)") }
        try channel.order("SETTITLE 一证通")
        // What does not fit into one window is shown in windows before it.
        let pages = Self.pages("\(prompt.zh)\n\(prompt.en)")
        for page in pages.dropLast() {
            try channel.order("SETDESC \(Self.escaped(page))")
            try channel.order("MESSAGE", hadSlot: terminal.isThere || Self.hasScreen)
        }
        try channel.order("SETDESC \(Self.escaped(pages.last ?? ""))")
        if let mistake { try channel.order("SETERROR \(Self.escaped("\(mistake.zh)\n\(mistake.en)"))") }
        try channel.order("SETPROMPT PIN")
        let secret = try channel.answer("GETPIN", hadSlot: terminal.isThere || Self.hasScreen)
        channel.say("BYE")
        return secret
    }

    private static var hasScreen: Bool {
        let environment = ProcessInfo.processInfo.environment
        return ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0].map { !$0.isEmpty } ?? false }
    }

    /// Percent-escapes what would end the line (Assuan manual, "Client requests").
    static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\n", with: "%0A").replacing("\r", with: "%0D")
    }

    /// The text in pieces that fit into a line each when they are escaped, cut between characters.
    static func pages(_ text: String, limit: Int = 900) -> [String] {
        var pages = [""]
        var length = 0
        for character in text {
            let size = escaped(String(character)).utf8.count
            if length + size > limit {
                pages.append("")
                length = 0
            }
            pages[pages.count - 1].append(character)
            length += size
        }
        return pages
    }
}

extension PinentryDialogue {
    /// The terminal of the person, also where standard input is a file or a pipe.
    fileprivate struct Terminal {
        private let name: String?
        private var settings: termios?

        var isThere: Bool { name != nil }

        init() {
            for descriptor in [STDIN_FILENO, STDERR_FILENO] {
                guard let name = ttyname(descriptor) else { continue }
                self.name = String(cString: name)
                settings = Self.settings(of: descriptor)
                return
            }
            let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
            name = descriptor >= 0 ? "/dev/tty" : nil
            guard descriptor >= 0 else { return }
            settings = Self.settings(of: descriptor)
            close(descriptor)
        }

        private static func settings(of descriptor: Int32) -> termios? {
            var settings = termios()
            return tcgetattr(descriptor, &settings) == 0 ? settings : nil
        }

        /// Where to ask, what that terminal can do, and in which characters.
        var options: [String] {
            guard let name else { return [] }
            let environment = ProcessInfo.processInfo.environment
            let characters = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
            return ["ttyname=\(name)"] + (environment["TERM"].map { ["ttytype=\($0)"] } ?? [])
                + (characters.map { ["lc-ctype=\($0)"] } ?? [])
        }

        /// The settings that it had, and the screen that a program which was killed may have left (xterm, "ctlseqs").
        func restore() {
            guard let name, var settings else { return }
            let descriptor = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            tcsetattr(descriptor, TCSANOW, &settings)
            let ordinary = Array("\u{1B}[?1049l\u{1B}[0m\u{1B}[?25h\r\n".utf8)
            _ = write(descriptor, ordinary, ordinary.count)
        }
    }

    /// Lines to and from the program. Reading ends when a person wants to end us, and when the time is over.
    fileprivate struct Channel {
        let held: HeldSignals
        private let child: ForegroundProgram
        private let end: UInt64

        init(_ child: ForegroundProgram, _ held: HeldSignals, milliseconds: Int32) {
            self.child = child
            self.held = held
            end = Surroundings.real.monotonicNanoseconds() + UInt64(milliseconds) * 1_000_000
        }

        func say(_ line: String) { child.say(line) }

        /// What a program may not know.
        func offer(_ line: String) throws {
            say(line)
            _ = try next()
        }

        func order(_ line: String, hadSlot: Bool = true) throws {
            say(line)
            try expectOK(hadSlot: hadSlot)
        }

        func expectOK(hadSlot: Bool = true) throws {
            let line = try next()
            guard line.isOK else { throw line.refusal(hadSlot: hadSlot) }
        }

        func answer(_ line: String, hadSlot: Bool) throws -> SecretBytes {
            say(line)
            let secret = try next().consumeData(hadSlot: hadSlot)
            try expectOK()
            return secret
        }

        private func next() throws -> AssuanLine {
            while true {
                let line = try AssuanLine.read(from: child.stream, waiting: wait)
                if !line.isComment { return line }
            }
        }

        /// Until a byte is there. The signal may have met another thread: so it is looked for, five times a second.
        private func wait() throws {
            var slot = pollfd(fd: child.stream, events: Int16(POLLIN), revents: 0)
            repeat {
                guard held.number == 0 else { throw Refusal(CardAgentRefusal.noPIN, detail: "interrupted") }
                guard Surroundings.real.monotonicNanoseconds() < end else {
                    throw Refusal(CardAgentRefusal.noPIN, detail: "nobody answered the PIN window in time")
                }
            } while poll(&slot, 1, 200) <= 0
        }
    }
}

import Foundation
import Groundwork

/// A PIN typed at the controlling terminal with echo off; the terminal's settings come back whatever happens.
enum TerminalPrompt {
    static func ask(_ prompt: LocalisedText) throws -> SecretBytes {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { throw Refusal(CommandRefusal.noPIN, detail: "there is no terminal") }
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else {
            throw Refusal(CommandRefusal.noPIN, detail: String(cString: strerror(errno)))
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ECHONL)
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
        let text = Array("\(prompt.zh)\n\(prompt.en): ".utf8)
        _ = text.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        return try SecretLine.read(from: terminal)
    }
}

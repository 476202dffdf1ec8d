internal import Foundation
internal import Groundwork

/// Where a PIN comes from: the pinentry program, the terminal without echo, or a file descriptor (``PINLines``).
///
/// Never an argument, never an environment variable: both can be read by others.
package enum PINSource: Sendable, Equatable {
    case pinentry(program: String)
    case terminal
    case fileDescriptor(Int32)

    /// Reads `--pin-entry pinentry|terminal|fd:N`.
    package init?(argument: String) {
        switch argument {
        case "pinentry": self = .pinentry(program: "pinentry")
        case "terminal": self = .terminal
        default:
            guard argument.hasPrefix("fd:"), let number = Int32(argument.dropFirst(3)), number > 2 else { return nil }
            self = .fileDescriptor(number)
        }
    }

    /// Asks for one secret. `prompt` names what it is for, whose key, and the tries left; `mistake` what was wrong with
    /// the entry before.
    func ask(_ prompt: LocalisedText, after mistake: LocalisedText? = nil) throws -> SecretBytes {
        switch self {
        case .pinentry(let program): try PinentryDialogue(program: program).ask(prompt, after: mistake)
        case .terminal: try TerminalPrompt.ask(prompt, after: mistake)
        case .fileDescriptor(let descriptor): try SecretLine.read(from: descriptor)
        }
    }
}

/// One line of at most 64 bytes, read byte by byte so that the next PIN stays in the descriptor.
enum SecretLine {
    /// - Parameter waiting: called before each byte; what it throws ends the reading.
    static func read(from descriptor: Int32, waiting: () throws -> Void = {}) throws -> SecretBytes {
        var line: [UInt8] = []
        line.reserveCapacity(64)
        var byte: UInt8 = 0
        while true {
            try waiting()
            let count = Foundation.read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Refusal(CardAgentRefusal.noPIN, detail: String(cString: strerror(errno)))
            }
            if count == 0 || byte == UInt8(ascii: "\n") { break }
            guard line.count < 64 else {
                throw Refusal(CardAgentRefusal.noPIN, detail: "the line is longer than 64 bytes")
            }
            line.append(byte)
        }
        byte = 0
        guard !line.isEmpty else { throw Refusal(CardAgentRefusal.noPIN, detail: "the line is empty") }
        return SecretBytes(wiping: &line)
    }
}

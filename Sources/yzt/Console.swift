import Foundation
import Groundwork

/// What the command says: results on standard output, everything else on standard error.
enum Console {
    /// At once, also into a file or a pipe: whoever started a service waits for its lines.
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func error(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// A refusal as a person reads it: what happened, what to do, and the code to ask about.
    static func report(_ refusal: Refusal) {
        error("拒绝 · refused [\(refusal.code)]")
        error("  \(refusal.message.zh)\(refusal.nextStep.zh)")
        error("  \(refusal.message.en) \(refusal.nextStep.en)")
        if !refusal.detail.isEmpty { error("  \(refusal.detail)") }
    }

    /// Progress of a long act, one line that is written over on a terminal and not at all elsewhere.
    static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    static func endProgress() {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

import Foundation
import Groundwork
import Synchronization

/// What the command says: results on standard output, everything else on standard error.
enum Console {
    private static let lost = Atomic(false)
    /// Whether standard output took less than was said: the act is done all the same, and its caller learns that by
    /// the exit status.
    static var hasLostOutput: Bool { lost.load(ordering: .relaxed) }

    /// At once, also into a file or a pipe: whoever started a service waits for its lines. A disk that is full or a
    /// descriptor that is closed never ends an act in its middle.
    static func say(_ text: String) {
        guard let failure = write(text + "\n", to: STDOUT_FILENO) else { return }
        guard !lost.exchange(true, ordering: .relaxed) else { return }
        error("结果无法写出 · what was said could not be written: \(String(cString: strerror(failure)))")
    }

    /// What a person answers on the same line.
    static func ask(_ text: String) { _ = write(text + " ", to: STDERR_FILENO) }

    static func error(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

    /// - Returns: why not everything was written.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // Somebody else's end of a terminal or pipe does not wait; we do.
                var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&place, 1, 1000)
            } else if count == 0 || errno != EINTR {
                return errno
            }
        }
        return nil
    }

    /// A refusal as a person reads it: what happened, what to do, and the code to ask about.
    static func report(_ refusal: Refusal) {
        error("拒绝 · refused [\(refusal.code)]")
        for line in lines(of: refusal) { error("  \(line)") }
    }

    /// What happened and what to do, in both languages, and the detail.
    static func lines(of error: any Error) -> [String] {
        guard let refusal = error as? Refusal else { return ["\(error)"] }
        let said = ["\(refusal.message.zh)\(refusal.nextStep.zh)", "\(refusal.message.en) \(refusal.nextStep.en)"]
        // A detail may quote a file's own lines.
        return said + refusal.detail.split(separator: "\n").map(String.init)
    }

    /// Progress of a long act, one line that is written over on a terminal and not at all elsewhere.
    static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        _ = write("\r\u{1B}[K\(text)", to: STDERR_FILENO)
    }

    static func endProgress() {
        guard isatty(STDERR_FILENO) == 1 else { return }
        _ = write("\r\u{1B}[K", to: STDERR_FILENO)
    }
}

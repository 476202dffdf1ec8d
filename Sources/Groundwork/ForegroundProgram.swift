internal import CLinux
internal import Foundation

/// A program that talks to the person at this program's own terminal, and with us by its standard input and output.
///
/// It is started in this process's group: a terminal gives its keys to one group, and a program in another one reads
/// nothing but errors. It never outlives us: the kernel kills it when the thread that started it ends.
package final class ForegroundProgram: @unchecked Sendable {
    // Sendable: `stream` is constant; `process` is used by the one thread that started the program.
    /// The program's standard input and output: a socket, for one whose reader has gone can be written to without a
    /// signal.
    package let stream: Int32
    private var process: pid_t

    /// - Parameter words: the program, as PATH finds it, and its arguments.
    /// - Throws: `POSIXError` if no process could be made. A program that is not there ends at once.
    package init(_ words: [String]) throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Self.failure }
        var arguments = words.map { strdup($0) } + [nil]
        process = CLinux_start_beside(words.first ?? "", &arguments, ends[1], ends[1])
        let failure = Self.failure
        arguments.forEach { free($0) }
        close(ends[1])
        stream = ends[0]
        guard process > 0 else {
            close(stream)
            throw failure
        }
    }

    private static var failure: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EAGAIN) }

    /// Says one line to it. A program that has gone is noticed when it is read from.
    package func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = send(stream, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Ends its input, gives it a moment to end by itself, and kills it otherwise.
    /// - Returns: whether it ended by itself.
    @discardableResult
    package func end(within milliseconds: Int32 = 2_000) -> Bool {
        guard process > 0 else { return true }
        shutdown(stream, Int32(SHUT_WR))
        let watch = CLinux_watch_process(process)
        var place = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
        let hasEnded = watch >= 0 && poll(&place, 1, milliseconds) > 0
        if watch >= 0 { close(watch) }
        if !hasEnded { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        process = 0
        close(stream)
        return hasEnded
    }

    deinit { end(within: 0) }
}

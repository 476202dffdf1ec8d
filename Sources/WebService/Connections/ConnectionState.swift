/// What one HTTP/1 connection is about, as a value without a clock or a network: what came, what went, until when the
/// other side has time. Moments are nanoseconds of a monotonic clock.
///
/// RFC 9112, 9.3 and 9.6: a connection ends after a request that asks for it, after one whose body was not read to
/// its end, and after HTTP/1.0; the last answer is followed by a bounded drain, so that no reset overtakes it.
struct ConnectionState {
    struct Limits: Hashable, Sendable {
        /// From the connection to the end of the first header section.
        var head: UInt64
        /// From the end of a header section to the end of its request.
        var body: UInt64
        /// Between two requests.
        var idle: UInt64
        /// For a response, and beyond it as long as ``leastBytesPerSecond`` takes.
        var response: UInt64 = 30_000_000_000
        /// After the last response: for the client to read it and close.
        var drain: UInt64 = 3_000_000_000

        /// A client that reads a response more slowly than this holds a connection for nothing.
        static let leastBytesPerSecond: UInt64 = 4096
        /// What is still read of a body that nobody wants, before the connection is closed.
        static let drainBytes = 1 << 20
    }

    enum Phase: Equatable {
        /// Nothing is asked: the first request, or another, may come.
        case waiting
        /// A header section was read, its body not yet.
        case receiving
        /// Everything that was asked was read; an answer is being made or written.
        case responding
        /// The last response went out; what still comes is thrown away.
        case draining
    }

    /// What is to be done after an event.
    enum Timeout: Equatable {
        /// Not yet: look again then.
        case later(UInt64)
        /// Nothing of a request was there, or nothing helps: close.
        case close
        /// The body did not come in time: whoever reads it is told so.
        case cutOff
    }

    private let limits: Limits
    private(set) var phase = Phase.waiting
    /// Requests whose response has not ended.
    private var requests = 0
    /// The request that is read or was read last is followed by no other.
    private var endsAfterLast = false
    /// A response whose first line went out has not ended.
    private var isWriting = false
    private var readDeadline: UInt64?
    private var writeDeadline: UInt64?
    private var unflushed = 0
    private var drained = 0
    private var wasCutOff = false

    init(limits: Limits, at now: UInt64) {
        self.limits = limits
        readDeadline = now + limits.head
    }

    /// Until when something must have happened; `nil`: it is our turn.
    var deadline: UInt64? {
        guard let readDeadline else { return writeDeadline }
        return writeDeadline.map { min($0, readDeadline) } ?? readDeadline
    }

    /// Whether a response may still be written that answers what was read last.
    var mayRespond: Bool { !isWriting && phase != .draining }

    /// Whether what comes from the client is still wanted.
    var reads: Bool { phase != .draining && !(endsAfterLast && phase == .responding) }

    /// - Parameter isLast: no other request may follow this one on the connection.
    mutating func head(isLast: Bool, at now: UInt64) {
        requests += 1
        endsAfterLast = endsAfterLast || isLast
        phase = .receiving
        readDeadline = now + limits.body
    }

    mutating func end() {
        guard phase == .receiving else { return }
        phase = .responding
        readDeadline = nil
    }

    /// The body will not be read to its end: the response to it, if there is one, is the last.
    mutating func cutOff(at now: UInt64) {
        endsAfterLast = true
        wasCutOff = true
        readDeadline = now + limits.drain
    }

    /// No other request is wanted on this connection.
    /// - Returns: whether nothing is on its way, so that it can be closed at once.
    mutating func endsSoon() -> Bool {
        endsAfterLast = true
        return phase == .waiting && unflushed == 0
    }

    /// A response begins.
    /// - Returns: whether it is the last, and must say so (`Connection: close`).
    mutating func responseBegins() -> Bool {
        isWriting = true
        if phase == .receiving && requests <= 1 { endsAfterLast = true }
        return endsAfterLast && requests <= 1
    }

    /// A response's last part is written.
    /// - Parameter bytes: of the whole response.
    /// - Returns: whether the connection ends with it.
    mutating func responseEnds(bytes: Int, at now: UInt64) -> Bool {
        isWriting = false
        requests = max(0, requests - 1)
        unflushed += 1
        writeDeadline = now + limits.response + UInt64(bytes) / Limits.leastBytesPerSecond * 1_000_000_000
        if requests == 0 && phase == .responding && !endsAfterLast {
            phase = .waiting
            readDeadline = now + limits.idle
        }
        return endsAfterLast && requests == 0
    }

    /// A response has left this process.
    mutating func flushed() {
        unflushed -= 1
        if unflushed == 0 { writeDeadline = nil }
    }

    mutating func drain(at now: UInt64) {
        phase = .draining
        readDeadline = now + limits.drain
    }

    /// - Returns: whether enough was thrown away.
    mutating func threwAway(_ bytes: Int) -> Bool {
        drained += bytes
        return drained > Limits.drainBytes
    }

    /// What the deadline asks for now; `nil`: there is none.
    mutating func timedOut(at now: UInt64) -> Timeout? {
        guard let deadline else { return nil }
        guard now >= deadline else { return .later(deadline) }
        guard phase == .receiving, mayRespond, !wasCutOff, let readDeadline, now >= readDeadline else { return .close }
        cutOff(at: now)
        return .cutOff
    }
}

internal import CPCSC
internal import Dispatch
package import Groundwork
package import PIV
internal import Synchronization

/// One card in a reader, held exclusively, on a thread and a context of its own.
///
/// No PC/SC transaction is used: exclusive sharing keeps others out, and the session is short. A command that does not
/// come back in time is given up, and with it the session: its thread ends when the driver lets go.
package final class PCSCTransport: CardTransport {
    private let thread: BlockingPool
    private let connection: CardConnection
    private let state = Mutex(State.open)

    private enum State { case open, lost, closed }

    private init(thread: BlockingPool, connection: CardConnection) {
        self.thread = thread
        self.connection = connection
    }

    static func open(
        _ reader: String, within limit: Duration, monotonic: @escaping @Sendable () -> UInt64
    ) async throws(CardError) -> PCSCTransport {
        let thread = BlockingPool(threads: 1, name: "pcsc-card")
        let opened = await Deadline.race(limit + .seconds(10), on: thread) { () throws(CardError) in
            let context = try PCSCContext()
            let end = monotonic() + UInt64(max(0, limit.milliseconds)) * 1_000_000
            while true {
                do throws(CardError) {
                    // Where another program holds a transaction, connecting would wait for its end.
                    let seen = try context.state(of: reader, differingFrom: 0, milliseconds: 0)
                    if seen.isInUse { throw .cardInUse }
                    return try CardConnection(reader: reader, context: context, monotonic: monotonic)
                } catch {
                    let now = monotonic()
                    guard error == .cardInUse, now < end else { throw error }
                    // Until the reader's state changes, and not longer than a tenth of a second.
                    let state = try context.state(of: reader, differingFrom: 0, milliseconds: 0)
                    _ = try context.state(of: reader, differingFrom: state.raw, milliseconds: 100)
                }
            }
        }
        return PCSCTransport(thread: thread, connection: try opened.get())
    }

    /// One exchange (SCardTransmit).
    /// - Throws: `sessionEnded` after the session's end; `timedOut` after the limit, by which the session is lost.
    package func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
        guard state.withLock({ $0 == .open }) else { throw .sessionEnded }
        let connection = connection
        let answer = await Deadline.race(limit, on: thread) { () throws(CardError) in
            try connection.transmit(command)
        }
        if case .failure(.timedOut) = answer { state.withLock { $0 = .lost } }
        return try answer.get()
    }

    /// The same for a command with a secret, whose frame is wiped once it was sent.
    /// - Throws: as ``transmit(_:within:)``.
    package func transmit(
        secret frame: consuming SecretBytes, within limit: Duration
    ) async throws(CardError) -> [UInt8] {
        guard state.withLock({ $0 == .open }) else { throw .sessionEnded }
        let connection = connection
        let owned = SecretFrame(frame)
        let answer = await Deadline.race(limit, on: thread) { () throws(CardError) in
            try owned.sent { (bytes) throws(CardError) in try connection.transmit(bytes) }
        }
        if case .failure(.timedOut) = answer { state.withLock { $0 = .lost } }
        return try answer.get()
    }

    /// Resets the card in its session, within ten seconds.
    /// - Throws: as ``transmit(_:within:)``.
    package func reset() async throws(CardError) {
        guard state.withLock({ $0 == .open }) else { throw .sessionEnded }
        let connection = connection
        let answer = await Deadline.race(.seconds(10), on: thread) { () throws(CardError) in try connection.reset() }
        if case .failure(.timedOut) = answer { state.withLock { $0 = .lost } }
        try answer.get()
    }

    /// Resets the card and lets it go; what is closed or lost already stays so.
    package func close() async {
        let was = state.withLock { state in
            defer { state = .closed }
            return state
        }
        guard was == .open else { return }
        let connection = connection
        _ = await Deadline.race(.seconds(10), on: thread) { () throws(CardError) in connection.close() }
    }
}

/// The handle of one connected card; disconnects with a reset when it ends.
private final class CardConnection: @unchecked Sendable {
    // Sendable: every call comes from the one thread of the transport's pool; `deinit` runs when nobody is left.
    private let context: PCSCContext
    private let reader: String
    private let card: CPCSC_card
    private let monotonic: @Sendable () -> UInt64
    private var activeProtocol: CPCSC_number
    private var isOpen = true

    init(
        reader: String, context: PCSCContext, monotonic: @escaping @Sendable () -> UInt64
    ) throws(CardError) {
        self.reader = reader
        self.context = context
        self.monotonic = monotonic
        (card, activeProtocol) = try context.connect(reader)
    }

    func transmit(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        do { return try command.withUnsafeBytes { try transmit($0) } } catch let error as CardError {
            throw error
        } catch {
            throw .malformedAnswer("\(error)")
        }
    }

    /// The library hands the bytes to the service's socket and keeps none.
    func transmit(_ command: UnsafeRawBufferPointer) throws(CardError) -> [UInt8] {
        var answer = [UInt8](repeating: 0, count: ResponseAPDU.longest)
        var length = CPCSC_number(answer.count)
        var header = CPCSC_protocol_header(
            protocol: activeProtocol, length: UInt(MemoryLayout<CPCSC_protocol_header>.size))
        let result = context.library.transmit(
            card, &header, command.assumingMemoryBound(to: UInt8.self).baseAddress, CPCSC_number(command.count), nil,
            &answer, &length)
        switch ServiceCode(result) {
        case .notTransacted, .communicationError: throw whyNothingCame()
        case .insufficientBuffer: throw .malformedAnswer("more than \(answer.count) bytes")
        default: try ServiceCode.check(result, reader: reader)
        }
        // For a card that is gone some drivers report success and nothing.
        guard length >= 2 else { throw whyNothingCame() }
        guard Int(length) <= answer.count else { throw .malformedAnswer("\(length) bytes from the reader") }
        return Array(answer[..<Int(length)])
    }

    /// The reader says that no answer came. It notices a card's absence within half a second, and later on a machine
    /// that is busy with other things; so a card that is there after four seconds was there all along and said
    /// something that is no answer.
    private func whyNothingCame() -> CardError {
        var seen: ReaderState
        do throws(CardError) { seen = try context.state(of: reader, differingFrom: 0, milliseconds: 0) } catch {
            // The service or the reader itself went away.
            return error
        }
        let end = monotonic() + 4_000_000_000
        // The state also changes when somebody begins or ends to use the reader, so one change is no answer.
        while seen.hasCard {
            let now = monotonic()
            guard now < end else { return .malformedAnswer("nothing that the reader takes for an answer") }
            do throws(CardError) {
                seen = try context.state(
                    of: reader, differingFrom: seen.raw, milliseconds: Int((end - now) / 1_000_000) + 1)
            } catch { return error }
        }
        return .cardRemoved
    }

    func reset() throws(CardError) {
        try ServiceCode.check(
            context.library.reconnect(
                card, CPCSC_number(CPCSC_share_exclusive), PCSCContext.protocols,
                CPCSC_number(CPCSC_reset_card), &activeProtocol), reader: reader)
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        _ = context.library.disconnect(card, CPCSC_number(CPCSC_reset_card))
    }

    deinit { close() }
}

/// A bound for calls into C that cannot be cancelled: the first of answer and clock wins, the loser is ignored.
enum Deadline {
    static func race<Value: Sendable>(
        _ limit: Duration, on thread: BlockingPool, _ body: @escaping @Sendable () throws(CardError) -> Value
    ) async -> Result<Value, CardError> {
        await withCheckedContinuation { continuation in
            let finish = Once(continuation)
            let clock = DispatchWorkItem { finish(.failure(.timedOut)) }
            DispatchQueue.global().asyncAfter(
                deadline: .now() + .milliseconds(Int(limit.milliseconds)), execute: clock)
            Task {
                let outcome: Result<Value, CardError>
                do {
                    outcome = try await thread.run { () throws -> Result<Value, CardError> in
                        // Given up before the thread came to it: nobody waits for it, so it is not begun.
                        if finish.isAnswered { return .failure(.sessionEnded) }
                        do throws(CardError) { return .success(try body()) } catch { return .failure(error) }
                    }
                } catch { outcome = .failure(.sessionEnded) }
                clock.cancel()
                finish(outcome)
            }
        }
    }

    /// Answers a continuation once, whoever comes first.
    private final class Once<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Result<Value, CardError>, Never>?>

        init(_ continuation: CheckedContinuation<Result<Value, CardError>, Never>) {
            self.continuation = Mutex(continuation)
        }

        var isAnswered: Bool { continuation.withLock { $0 == nil } }

        func callAsFunction(_ result: Result<Value, CardError>) {
            let waiting = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            waiting?.resume(returning: result)
        }
    }
}

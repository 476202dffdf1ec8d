package import Groundwork
package import PIV

/// The readers of this machine, through the PC/SC service (`PCSCLITE_CSOCK_NAME` names another one's socket).
package struct PCSCReaders: Sendable {
    private let threads: BlockingPool
    private let surroundings: Surroundings

    /// Contacts the service at the first call alone.
    package init(surroundings: Surroundings) {
        threads = BlockingPool(threads: 4, name: "pcsc-watch")
        self.surroundings = surroundings
    }

    /// Every reader with what is in it now.
    package func list() async throws(CardError) -> [ReaderState] {
        try await watch { (context) throws(CardError) in
            var states: [ReaderState] = []
            for name in try context.readerNames() {
                states.append(try context.state(of: name, differingFrom: 0, milliseconds: 0))
            }
            return states
        }
    }

    /// Waits until a card that answers is in the reader.
    /// - Throws: `CardError.noCard` if none came in time, `mute` if one came that does not answer; `readerUnavailable`
    ///   if there is no such reader; `serviceUnavailable`, `libraryMissing` if there is no service.
    package func waitForCard(in reader: String, within limit: Duration) async throws(CardError) -> ReaderState {
        try await wait(for: reader, within: limit) { $0.hasCard }
    }

    /// Waits until the reader is empty.
    /// - Throws: `CardError.timedOut` if the card stayed.
    package func waitForRemoval(from reader: String, within limit: Duration) async throws(CardError) {
        do {
            _ = try await wait(for: reader, within: limit) { !$0.hasCard && !$0.hasMuteCard }
        } catch CardError.noCard, CardError.mute {
            throw CardError.timedOut
        } catch { throw error }
    }

    /// Opens the card for this program alone. The session ends in a reset.
    ///
    /// Other programs look at every card that is inserted, briefly: while one does, this waits for it.
    /// - Throws: `CardError.cardInUse` if it still holds the card after `limit`.
    package func connect(
        to reader: String, within limit: Duration = .seconds(5)
    ) async throws(CardError) -> PCSCTransport {
        try await PCSCTransport.open(reader, within: limit, monotonic: surroundings.monotonicNanoseconds)
    }

    /// Asks in slices, so that a task that is cancelled stops waiting and a few threads serve many readers.
    private func wait(
        for reader: String, within limit: Duration, until holds: @escaping @Sendable (ReaderState) -> Bool
    ) async throws(CardError) -> ReaderState {
        let monotonic = surroundings.monotonicNanoseconds
        let end = monotonic() + UInt64(max(0, limit.milliseconds)) * 1_000_000
        var known: UInt = 0
        while true {
            let slice = Int64(end &- min(end, monotonic())) / 1_000_000
            let before = known
            let state = try await watch { (context) throws(CardError) in
                try context.state(
                    of: reader, differingFrom: before, milliseconds: before == 0 ? 0 : Int(min(slice + 1, 300)))
            }
            if holds(state) { return state }
            guard slice > 0, !Task.isCancelled else { throw state.hasMuteCard ? .mute : .noCard }
            known = state.raw
        }
    }

    /// Runs with a context of its own on a thread of its own.
    private func watch<Value: Sendable>(
        _ body: @escaping @Sendable (PCSCContext) throws(CardError) -> Value
    ) async throws(CardError) -> Value {
        do {
            return try await threads.run { () throws -> Result<Value, CardError> in
                do throws(CardError) { return .success(try body(try PCSCContext())) } catch { return .failure(error) }
            }.get()
        } catch let error as CardError { throw error } catch { throw CardError.serviceUnavailable(code: 0) }
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}

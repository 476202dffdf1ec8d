package import Groundwork

/// The readers of this machine, through the PC/SC service (`PCSCLITE_CSOCK_NAME` names another one's socket).
package struct PCSCReaders: Sendable {
    private let threads: BlockingPool
    private let surroundings: Surroundings

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
    /// - Throws: `CardError.noCard` if none came in time; `readerUnavailable` if the reader went.
    package func waitForCard(in reader: String, within limit: Duration) async throws(CardError) -> ReaderState {
        try await wait(for: reader, within: limit) { $0.hasCard }
    }

    /// Waits until the reader is empty.
    /// - Throws: `CardError.timedOut` if the card stayed.
    package func waitForRemoval(from reader: String, within limit: Duration) async throws(CardError) {
        do { _ = try await wait(for: reader, within: limit) { !$0.hasCard } } catch CardError.noCard {
            throw CardError.timedOut
        } catch { throw error }
    }

    /// Opens the card for this program alone. The session ends in a reset.
    package func connect(to reader: String) async throws(CardError) -> PCSCTransport {
        try await PCSCTransport.open(reader)
    }

    private func wait(
        for reader: String, within limit: Duration, until holds: @escaping @Sendable (ReaderState) -> Bool
    ) async throws(CardError) -> ReaderState {
        let end = surroundings.monotonicNanoseconds() + UInt64(max(0, limit.milliseconds)) * 1_000_000
        let monotonic = surroundings.monotonicNanoseconds
        return try await watch { (context) throws(CardError) in
            var state = try context.state(of: reader, differingFrom: 0, milliseconds: 0)
            while !holds(state) {
                let now = monotonic()
                guard now < end else { throw .noCard }
                state = try context.state(
                    of: reader, differingFrom: state.raw, milliseconds: Int((end - now) / 1_000_000) + 1)
            }
            return state
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

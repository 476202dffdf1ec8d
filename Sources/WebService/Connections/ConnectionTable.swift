internal import Installation
internal import Synchronization

/// The connections of one address: how many, whose, and which of them only wait.
///
/// One client has so many and no more. When the address is full, a newcomer takes the place of those that have waited
/// longest for their client: whoever only holds connections loses them to whoever asks.
final class ConnectionTable: Sendable {
    /// A connection's number in this table.
    typealias Number = UInt64

    enum Verdict {
        case admitted(Number)
        case refused(Reason)
    }

    enum Reason: String, CaseIterable {
        /// One client has as many as one may have.
        case client
        /// The address has as many as it can have, all of them busy.
        case full
    }

    private struct Entry {
        var client: ClientAddress?
        /// Counts up with each change between waiting and busy.
        var since: UInt64
        var isWaiting: Bool
        var close: @Sendable () -> Void
    }

    private struct State {
        var entries: [Number: Entry] = [:]
        var clients: [ClientAddress: Int] = [:]
        var last: UInt64 = 0
    }

    private let most: Int
    private let mostPerClient: Int
    private let state = Mutex(State())

    init(most: Int, perClient: Int) {
        self.most = most
        mostPerClient = perClient
    }

    var count: Int { state.withLock { $0.entries.count } }

    /// - Parameters:
    ///   - client: whose limit counts; `nil`: that of nobody (a trusted proxy).
    ///   - close: ends the connection, at any time, from any thread.
    func admit(_ client: ClientAddress?, close: @escaping @Sendable () -> Void) -> Verdict {
        let (verdict, left) = state.withLock { state -> (Verdict, [Entry]) in
            if let client, state.clients[client, default: 0] >= mostPerClient { return (.refused(.client), []) }
            var left: [Entry] = []
            if state.entries.count >= most {
                left = Self.longestWaiting(&state, most: max(1, most / 32))
                guard !left.isEmpty else { return (.refused(.full), []) }
            }
            state.last += 1
            state.entries[state.last] = Entry(client: client, since: state.last, isWaiting: true, close: close)
            if let client { state.clients[client, default: 0] += 1 }
            return (.admitted(state.last), left)
        }
        for entry in left { entry.close() }
        return verdict
    }

    /// The connection waits for its client, or its client waits for us.
    func note(_ number: Number, isWaiting: Bool) {
        state.withLock { state in
            guard state.entries[number] != nil else { return }
            state.last += 1
            state.entries[number]?.isWaiting = isWaiting
            state.entries[number]?.since = state.last
        }
    }

    /// The connection is closed.
    func remove(_ number: Number) { state.withLock { Self.remove(number, &$0) } }

    private static func remove(_ number: Number, _ state: inout State) {
        guard let entry = state.entries.removeValue(forKey: number), let client = entry.client else { return }
        let count = state.clients[client, default: 0] - 1
        state.clients[client] = count > 0 ? count : nil
    }

    /// Takes some out at once, so that a flood of newcomers does not look for one each.
    private static func longestWaiting(_ state: inout State, most: Int) -> [Entry] {
        let waiting = state.entries.filter(\.value.isWaiting).sorted { $0.value.since < $1.value.since }.prefix(most)
        for (number, _) in waiting { remove(number, &state) }
        return waiting.map(\.value)
    }
}

internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage
internal import Synchronization

/// Answers of this process, found by the very bytes of their question.
///
/// Before each use the store's change counter is read (``WatchedInteger``): so an answer from memory is never older
/// than the last revocation by any process. Where the counter moved on, what changed since is read first.
final class ResponseCache: Sendable {
    struct Key: Hashable, Sendable {
        let issuer: String
        let request: [UInt8]

        func hash(into hasher: inout Hasher) { request.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    struct Entry: Sendable {
        let answer: OCSPAnswer
        let serial: [UInt8]
        /// Which row of the store it stands in.
        let row: StoredResponse.Name
        /// The change counter when its status was read.
        let change: Int64
        /// From then on a new one is made.
        let freshUntil: Instant
        var hits = 0

        func isGood(_ responder: [UInt8], at now: Instant) -> Bool {
            row.responder == responder && answer.thisUpdate.map { $0 <= now } ?? false && now < freshUntil
        }
    }

    private struct State {
        /// Two generations: what was not asked for during a whole one is forgotten with it.
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
        /// Up to here `changed` is complete.
        var known: Int64 = 0
        /// From here on it is; an entry older than this cannot be judged.
        var floor: Int64 = 0
        var changed: [[UInt8]: Int64] = [:]
        var harvest: [StoredResponse.Name: Int] = [:]
    }

    private static let generation = 8192
    private static let changeLimit = 16_384

    private let state = Mutex(State())
    private let watch: any WatchedInteger

    /// Whether the answer is to be found by these bytes: only a question that is one CertID and nothing else. Of longer
    /// ones, with extensions that say nothing to us, there are as many about one certificate as somebody likes, and
    /// they would push out what is asked for often.
    static func remembers(_ request: OCSPRequest) -> Bool {
        request.certificates.count == 1 && request.nonce == nil
            && request.der.count <= OCSPRequest(certificates: request.certificates, nonce: nil).der.count
    }

    init(_ database: Database) throws(Refusal) { watch = try database.watch(StatusChange.watched) }

    enum Found: Sendable {
        case answer(OCSPAnswer)
        case nothing
        /// The store changed since: ``catchUp(in:)`` first.
        case behind
    }

    func find(_ key: Key, responder: [UInt8], at now: Instant) -> Found {
        let counter: Int64
        do throws(Refusal) { counter = try watch.value() } catch { return .nothing }
        return state.withLock { state in
            guard counter <= state.known else { return .behind }
            if let place = state.young.index(forKey: key) {
                let entry = state.young.values[place]
                guard entry.isGood(responder, at: now), ResponseCache.isCurrent(entry, state) else { return .nothing }
                state.young.values[place].hits += 1
                return .answer(entry.answer)
            }
            guard var entry = state.old[key], entry.isGood(responder, at: now), ResponseCache.isCurrent(entry, state)
            else { return .nothing }
            entry.hits += 1
            ResponseCache.insert(entry, key, &state)
            return .answer(entry.answer)
        }
    }

    /// Reads what changed since the counter that this process knows.
    func catchUp(_ database: Database) async throws {
        let known = state.withLock { $0.known }
        let (number, changes) = try await database.read { transaction in
            (
                try StatusChange.number(in: transaction),
                try StatusChange.since(known, limit: ResponseCache.changeLimit, in: transaction)
            )
        }
        state.withLock { state in
            // Another caller may have come further meanwhile.
            guard state.known >= known, number > state.known else { return }
            if changes.count + state.changed.count >= ResponseCache.changeLimit {
                ResponseCache.forget(&state)
                state.floor = number
            } else {
                for change in changes {
                    state.changed[change.serial] = max(change.number, state.changed[change.serial] ?? 0)
                }
            }
            state.known = number
        }
    }

    /// Keeps an answer whose status was read at `entry.change`, unless it may have changed since.
    func keep(_ entry: Entry, _ key: Key) {
        state.withLock { state in
            guard ResponseCache.isCurrent(entry, state) else { return }
            ResponseCache.insert(entry, key, &state)
        }
    }

    var count: Int { state.withLock { Set($0.young.keys).union($0.old.keys).count } }

    /// How often each stored answer was given from memory since the last time.
    func harvest() -> [StoredResponse.Name: Int] {
        state.withLock { state in
            for key in state.young.keys { ResponseCache.count(&state.young[key], into: &state.harvest) }
            for key in state.old.keys { ResponseCache.count(&state.old[key], into: &state.harvest) }
            defer { state.harvest = [:] }
            return state.harvest
        }
    }

    private static func isCurrent(_ entry: Entry, _ state: State) -> Bool {
        entry.change >= state.floor && (state.changed.isEmpty || (state.changed[entry.serial] ?? 0) <= entry.change)
    }

    private static func insert(_ entry: Entry, _ key: Key, _ state: inout State) {
        if state.young[key] == nil, state.young.count >= generation {
            for key in state.old.keys { count(&state.old[key], into: &state.harvest) }
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = entry
        if !state.old.isEmpty { state.old[key] = nil }
    }

    private static func count(_ entry: inout Entry?, into harvest: inout [StoredResponse.Name: Int]) {
        guard let hits = entry?.hits, hits > 0, let row = entry?.row else { return }
        harvest[row, default: 0] += hits
        entry?.hits = 0
    }

    private static func forget(_ state: inout State) {
        for entry in [state.young, state.old].flatMap(\.values) where entry.hits > 0 {
            state.harvest[entry.row, default: 0] += entry.hits
        }
        state.young = [:]
        state.old = [:]
        state.changed = [:]
    }
}

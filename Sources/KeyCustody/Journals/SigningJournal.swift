package import Cryptography
internal import Foundation
package import Groundwork
internal import Synchronization

/// What one key has signed, in a file beside the keys that only grows: `keys/<name>.signed`.
///
/// A line is on the disk before the key is used for what it names. So every signature that exists anywhere has its
/// line, whatever happened to the process, the machine or the database since; a line may name a signature that was
/// never made. Callers that wait together share one write and one `fdatasync`. Several processes may write to one
/// journal: they take turns under a file lock. The journal of a key in a token stays on this machine.
package final class SigningJournal: Sendable {
    package let path: String
    package let key: PublicKey
    private let surroundings: Surroundings
    private let writer: SigningJournalWriter
    private let queue = Mutex(Queue())

    private struct Queue {
        var waiting: [SigningJournalWriter.Waiting] = []
        var isDraining = false
    }

    package convenience init(path: String, key: PublicKey, surroundings: Surroundings) {
        self.init(path: path, key: key, surroundings: surroundings, write: SigningJournalWriter.write)
    }

    /// - Parameter write: what writes to the descriptor; tests let it fail.
    init(
        path: String, key: PublicKey, surroundings: Surroundings, write: @escaping SigningJournalWriter.Write
    ) {
        self.path = path
        self.key = key
        self.surroundings = surroundings
        writer = SigningJournalWriter(path: path, key: key, surroundings: surroundings, write: write)
    }

    /// Comes back when the message's line is durable.
    func record(_ message: [UInt8]) async throws { try await record([message]) }

    /// The same for many at once; where it throws, no line of them is there.
    package func record(_ messages: [[UInt8]]) async throws {
        let now = surroundings.now()
        try await append(
            messages.map { SigningRecord(of: $0, digest: DigestAlgorithm.sha256.hash($0), at: now) })
    }

    private func append(_ records: [SigningRecord]) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let begins = queue.withLock { queue in
                queue.waiting.append(.init(records: records, continuation: continuation))
                if queue.isDraining { return false }
                queue.isDraining = true
                return true
            }
            if begins { Task { await writer.drain { self.takeGroup() } } }
        }
    }

    /// Those who wait now, as many as one write may carry; none ends the draining.
    private func takeGroup() -> [SigningJournalWriter.Waiting] {
        queue.withLock { queue in
            var lines = 0
            let count = queue.waiting.prefix { waiting in
                defer { lines += waiting.records.count }
                return lines == 0 || lines + waiting.records.count <= SigningJournalWriter.linesAtOnce
            }.count
            let group = Array(queue.waiting.prefix(count))
            queue.waiting.removeFirst(count)
            if group.isEmpty { queue.isDraining = false }
            return group
        }
    }
}

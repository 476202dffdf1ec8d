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
    /// Digests of messages whose lines are written, and which are yet to be signed.
    private let announced = Mutex<Set<[UInt8]>>([])

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
    func record(_ message: [UInt8]) async throws {
        let digest = DigestAlgorithm.sha256.hash(message)
        guard announced.withLock({ $0.remove(digest) }) == nil else { return }
        try await append([SigningRecord(of: message, digest: digest, at: surroundings.now())])
    }

    /// Writes the lines of many messages at once; signing them one by one later then waits for nothing.
    func announce(_ messages: [[UInt8]]) async throws {
        let now = surroundings.now()
        let records = messages.map { SigningRecord(of: $0, digest: DigestAlgorithm.sha256.hash($0), at: now) }
        try await append(records)
        announced.withLock { $0.formUnion(records.map(\.digest)) }
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

/// A signer that keeps a journal: nothing is signed that is not on the disk before.
package struct JournalledSigner: Signer {
    private let signer: any Signer
    private let journal: SigningJournal

    package init(_ signer: any Signer, journal: SigningJournal) {
        self.signer = signer
        self.journal = journal
    }

    package var algorithm: SignatureAlgorithm { signer.algorithm }
    package var publicKey: PublicKey { signer.publicKey }

    package func sign(_ message: [UInt8]) async throws -> [UInt8] {
        try await journal.record(message)
        return try await signer.sign(message)
    }

    /// Says beforehand what is to be signed, so that a bulk shares one write to the disk.
    package func announce(_ messages: [[UInt8]]) async throws { try await journal.announce(messages) }
}

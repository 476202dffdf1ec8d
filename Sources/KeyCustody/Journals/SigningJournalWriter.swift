internal import Cryptography
internal import Foundation
internal import Groundwork

/// Appends to a journal's file, on a thread of its own.
actor SigningJournalWriter {
    struct Waiting: Sendable {
        let records: [SigningRecord]
        let continuation: CheckedContinuation<Void, any Error>
    }

    typealias Write = @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    static let write: Write = { Foundation.write($0, $1.baseAddress, $1.count) }

    /// So many lines are far less than the longest interruption that a reader forgives.
    static let linesAtOnce = 2000

    private let path: String
    private let key: PublicKey
    private let surroundings: Surroundings
    private let write: Write
    private nonisolated let thread: BlockingThread
    private var open: Open?

    /// The file, and what stood at its end when this process last looked.
    private struct Open {
        let file: JournalDescriptor
        var length: Int
        var head: [UInt8]
    }

    init(path: String, key: PublicKey, surroundings: Surroundings, write: @escaping Write) {
        self.path = path
        self.key = key
        self.surroundings = surroundings
        self.write = write
        thread = BlockingThread(name: "signing-journal")
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Writes group after group until nobody waits.
    func drain(_ next: @Sendable () -> [Waiting]) {
        while true {
            let group = next()
            if group.isEmpty { return }
            do {
                try append(group.flatMap(\.records))
                for waiting in group { waiting.continuation.resume() }
            } catch {
                // What is at the end now is found out anew before anything else is written.
                open = nil
                for waiting in group { waiting.continuation.resume(throwing: error) }
            }
        }
    }

    private func append(_ records: [SigningRecord]) throws(Refusal) {
        var file: JournalDescriptor
        if let open { file = open.file } else { file = try JournalDescriptor(appending: path) }
        while true {
            guard flock(file.number, LOCK_EX) == 0 else { throw JournalDescriptor.unusable(path) }
            if try file.state().isNamed { break }
            // Somebody took the file away: what it held is missing from now on, and reconciliation says so.
            open = nil
            file = try JournalDescriptor(appending: path)
        }
        defer { flock(file.number, LOCK_UN) }
        var end = try end(of: file)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * SigningLine.longest)
        for record in records {
            let (line, chain) = SigningLine.write(.record(record), at: record.at, after: end.head)
            bytes.append(contentsOf: line)
            end.head = chain
        }
        try append(bytes, to: &end)
        open = end
    }

    /// What stands at the end: as this process left it, or read again where another wrote meanwhile. What a power cut
    /// left unfinished is closed by a line that says so.
    private func end(of file: JournalDescriptor) throws(Refusal) -> Open {
        let length = try file.state().length
        if let open, open.file === file, open.length == length { return open }
        let header = SigningLine.header(of: key)
        // A header that a power cut left unfinished was never followed by anything.
        if length < header.count, try file.read(at: 0, count: length) == Array(header.prefix(length)) {
            guard ftruncate(file.number, 0) == 0 else { throw JournalDescriptor.unusable(path) }
            var end = Open(file: file, length: 0, head: SigningLine.start(header))
            try append(header, to: &end)
            try makeNameDurable()
            return end
        }
        var reader = try SigningJournalReader(file: file, key: key)
        if length > header.count + SigningJournalReader.longestInterruption {
            reader = try SigningJournalReader(file: file, from: length - SigningJournalReader.longestInterruption)
        }
        while let item = try reader.next() {
            guard case .broken = item, let (offset, head) = reader.lastBreak, let head else { continue }
            return try resume(file, length: length, from: offset, head: head)
        }
        guard let head = reader.head else {
            throw Refusal(KeyCustodyRefusal.foreignJournal, detail: "\(path): no whole line at its end")
        }
        return Open(file: file, length: length, head: head)
    }

    private func resume(
        _ file: JournalDescriptor, length: Int, from offset: Int, head: [UInt8]
    ) throws(Refusal) -> Open {
        var void = try file.read(at: offset, count: length - offset)
        var bytes: [UInt8] = []
        if void.last != SigningLine.newline {
            bytes.append(SigningLine.newline)
            if let whole = SigningLine.Parsed(void[...]), whole.follows(head) {
                // Its newline alone was lost.
                var end = Open(file: file, length: length, head: whole.chain)
                try append(bytes, to: &end)
                return end
            }
            void.append(SigningLine.newline)
        }
        let content = SigningLine.Content.resumed(bytes: void.count, digest: DigestAlgorithm.sha256.hash(void))
        let (line, chain) = SigningLine.write(content, at: surroundings.now(), after: head)
        var end = Open(file: file, length: length, head: chain)
        try append(bytes + line, to: &end)
        return end
    }

    /// All of it durable, or none of it there.
    private func append(_ bytes: [UInt8], to end: inout Open) throws(Refusal) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(end.file.number, UnsafeRawBufferPointer(rebasing: $0[written...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw takeBack(end) }
            written += count
        }
        guard fdatasync(end.file.number) == 0 else { throw takeBack(end) }
        end.length += bytes.count
    }

    /// Under the lock, so what was written after the end is ours; where even this fails, the next writer resumes after
    /// it.
    private func takeBack(_ end: Open) -> Refusal {
        let refusal = JournalDescriptor.unusable(path)
        ftruncate(end.file.number, off_t(end.length))
        return refusal
    }

    private func makeNameDurable() throws(Refusal) {
        let folder = Foundation.open(
            (path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw JournalDescriptor.unusable(path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw JournalDescriptor.unusable(path) }
    }
}

import Cryptography
import Foundation
import Groundwork
import Synchronization
import Testing

@testable import AuthorityFixtures
@testable import KeyCustody

/// The journal that a signer keeps: its lines come before its signatures, and what happens to the file shows.
@Suite struct SigningJournalTests {
    /// A key, a journal in a folder of its own, and what the reader finds in it.
    final class Desk: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        let key: PrivateKey
        var path: String { folder.path + "/issuing.signed" }

        init() throws {
            key = try PrivateKey.generate(.p256)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        /// As another process would open it.
        func journal(write: @escaping SigningJournalWriter.Write = SigningJournalWriter.write) -> SigningJournal {
            SigningJournal(path: path, key: key.publicKey, surroundings: .real, write: write)
        }

        func message() throws -> (SerialNumber, [UInt8]) {
            let serial = SerialNumber.random(in: .real)
            let name = DistinguishedName([.init(.commonName, "x")])
            let now = Surroundings.real.now().truncatedToSecond
            let body = CertificateBody(
                serialNumber: serial, signatureAlgorithm: key.family.signatureAlgorithm, issuer: name, notBefore: now,
                notAfter: now.adding(days: 1), subject: name, publicKey: key.publicKey, extensions: [])
            return (serial, body.der)
        }

        var bytes: [UInt8] {
            get throws { Array(try Data(contentsOf: URL(filePath: path))) }
        }
        func put(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }

        struct Found: Equatable {
            var serials: [SerialNumber] = []
            var interruptions = 0
            var broken: [Int] = []
        }

        func read() throws -> Found {
            var reader = try SigningJournalReader(path: path, key: key.publicKey)
            var found = Found()
            while let item = try reader.next() {
                switch item {
                case .record(let record): if let serial = record.serial { found.serials.append(serial) }
                case .interrupted: found.interruptions += 1
                case .broken(let line): found.broken.append(line)
                }
            }
            return found
        }

        /// So many lines, one after another.
        func filled(_ count: Int) async throws -> [SerialNumber] {
            let journal = journal()
            var serials: [SerialNumber] = []
            for _ in 0..<count {
                let (serial, message) = try message()
                try await journal.record(message)
                serials.append(serial)
            }
            return serials
        }
    }

    /// Signs, and looks first whether the line is there.
    private struct LookingSigner: Signer {
        let desk: Desk
        let signer: SoftwareSigner
        let signed = Counter()
        var algorithm: SignatureAlgorithm { signer.algorithm }
        var publicKey: PublicKey { signer.publicKey }
        func sign(_ message: [UInt8]) async throws -> [UInt8] {
            let digest = Hex.encode(DigestAlgorithm.sha256.hash(message))
            #expect(String(decoding: try desk.bytes, as: UTF8.self).contains(digest))
            signed.add()
            return try await signer.sign(message)
        }
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        func add() { value.withLock { $0 += 1 } }
        var count: Int { value.withLock { $0 } }
    }

    @Test func `A line is there before the key is used, whoever else signs at the time`() async throws {
        let desk = try Desk()
        let looking = LookingSigner(desk: desk, signer: SoftwareSigner(desk.key))
        let signers = [
            JournalledSigner(looking, journal: desk.journal()), JournalledSigner(looking, journal: desk.journal()),
        ]
        var messages: [(SerialNumber, [UInt8])] = []
        for _ in 0..<60 { messages.append(try desk.message()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (_, message)) in messages.enumerated() {
                group.addTask { _ = try await signers[index % 2].sign(message) }
            }
            try await group.waitForAll()
        }
        let found = try desk.read()
        #expect(found.broken.isEmpty && found.interruptions == 0)
        #expect(Set(found.serials) == Set(messages.map(\.0)) && found.serials.count == 60)
        #expect(looking.signed.count == 60)
    }

    @Test func `Many lines are one write`() async throws {
        let desk = try Desk()
        let writes = Counter()
        let journal = desk.journal {
            writes.add()
            return SigningJournalWriter.write($0, $1)
        }
        var messages: [[UInt8]] = []
        for _ in 0..<100 { messages.append(try desk.message().1) }
        try await journal.record(messages)
        // The line that names the key, and the hundred.
        #expect(writes.count == 2)
        #expect(try desk.read().serials.count == 100)
    }

    @Test func `It says what was signed by the message itself`() async throws {
        let desk = try Desk()
        let journal = desk.journal()
        let request = CertificateRequest.body(
            subject: DistinguishedName([.init(.commonName, "x")]), publicKey: desk.key.publicKey)
        let list = DER.sequence([DER.integer(1), DER.sequence([]), DER.sequence([]), DER.time(Bench.start)])
        for message in [request, list, [1, 2, 3], Array(repeating: 0x30, count: 9)] {
            try await journal.record(message)
        }
        var reader = try SigningJournalReader(path: desk.path, key: desk.key.publicKey)
        var kinds: [SigningRecord.Kind] = []
        while case .record(let record) = try reader.next() { kinds.append(record.kind) }
        #expect(kinds == [.request, .list, .other, .other])
    }

    @Test func `Cut off at any byte, it goes on and says where it was cut`() async throws {
        let desk = try Desk()
        let serials = try await desk.filled(3)
        let whole = try desk.bytes
        let header = SigningLine.header(of: desk.key.publicKey).count
        let start = try #require(whole.dropLast().lastIndex(of: SigningLine.newline)) + 1
        for end in Array(stride(from: start, to: whole.count, by: 7)) + [whole.count - 1, whole.count] {
            try desk.put(Array(whole.prefix(end)))
            let (serial, message) = try desk.message()
            try await desk.journal().record(message)
            let found = try desk.read()
            let kept = end >= whole.count - 1 ? 3 : 2
            #expect(found.serials == serials.prefix(kept) + [serial], "cut at \(end)")
            #expect(found.broken.isEmpty && found.interruptions == (end == start || kept == 3 ? 0 : 1))
        }
        // Blocks that were allotted and never written are zeros, and whole lines may stand after them.
        for tail in [[UInt8](repeating: 0, count: 5000), [0, 0, 0, 10] + Array(whole[header...])] {
            try desk.put(whole + tail)
            let (serial, message) = try desk.message()
            try await desk.journal().record(message)
            let found = try desk.read()
            #expect(found == .init(serials: serials + [serial], interruptions: 1, broken: []))
        }
        // Not even the first line was whole.
        for end in [0, 1, header - 1] {
            try desk.put(Array(whole.prefix(end)))
            let (serial, message) = try desk.message()
            try await desk.journal().record(message)
            #expect(try desk.read() == .init(serials: [serial]))
        }
    }

    @Test func `An edited, missing or moved line shows, and the others still count`() async throws {
        let desk = try Desk()
        let serials = try await desk.filled(5)
        let lines = try desk.bytes.split(separator: SigningLine.newline).map { Array($0) + [SigningLine.newline] }
        func read(_ lines: [[UInt8]]) throws -> Desk.Found {
            try desk.put(lines.flatMap(\.self))
            return try desk.read()
        }
        var edited = lines
        edited[3][20] = edited[3][20] == 0x61 ? 0x62 : 0x61
        var found = try read(edited)
        #expect(found.broken == [3] && found.serials == serials.prefix(2) + serials.suffix(2))
        var missing = lines
        missing.remove(at: 2)
        found = try read(missing)
        #expect(found.broken == [2])
        var moved = lines
        moved.swapAt(2, 3)
        found = try read(moved)
        #expect(!found.broken.isEmpty)
        var chainless = lines
        chainless[1] = Array("what is this\n".utf8)
        found = try read(chainless)
        #expect(found.broken == [1] && found.serials == Array(serials.dropFirst()))
        #expect(try read(lines) == .init(serials: serials))
    }

    @Test func `A full disk refuses the signature, and the journal stays whole`() async throws {
        let desk = try Desk()
        let isFull = Mutex(false)
        let looking = LookingSigner(desk: desk, signer: SoftwareSigner(desk.key))
        let signer = JournalledSigner(
            looking,
            journal: desk.journal { descriptor, bytes in
                guard isFull.withLock({ $0 }) else { return SigningJournalWriter.write(descriptor, bytes) }
                // Half of it goes through, then nothing.
                guard bytes.count > 100 else {
                    errno = ENOSPC
                    return -1
                }
                return SigningJournalWriter.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<100]))
            })
        let (first, one) = try desk.message()
        _ = try await signer.sign(one)
        let before = try desk.bytes
        isFull.withLock { $0 = true }
        let (_, two) = try desk.message()
        await #expect(throws: Refusal(KeyCustodyRefusal.journalUnwritable)) { try await signer.sign(two) }
        #expect(looking.signed.count == 1)
        #expect(try desk.bytes == before)
        isFull.withLock { $0 = false }
        let (third, three) = try desk.message()
        _ = try await signer.sign(three)
        #expect(try desk.read() == .init(serials: [first, third]))
    }

    @Test func `Another key's journal is not written to, and one that was taken away begins anew`() async throws {
        let desk = try Desk()
        let other = try Desk()
        _ = try await other.filled(1)
        try FileManager.default.copyItem(atPath: other.path, toPath: desk.path)
        let before = try desk.bytes
        let (_, message) = try desk.message()
        await #expect(throws: Refusal(KeyCustodyRefusal.foreignJournal)) {
            try await desk.journal().record(message)
        }
        #expect(try desk.bytes == before)
        try FileManager.default.removeItem(atPath: desk.path)
        let journal = desk.journal()
        try await journal.record(message)
        try FileManager.default.removeItem(atPath: desk.path)
        let (serial, next) = try desk.message()
        try await journal.record(next)
        #expect(try desk.read() == .init(serials: [serial]))
        try FileManager.default.removeItem(atPath: desk.path)
        try FileManager.default.createDirectory(atPath: desk.path, withIntermediateDirectories: true)
        await #expect(throws: Refusal(KeyCustodyRefusal.journalUnwritable)) {
            try await desk.journal().record(message)
        }
    }
}

/// Lines of lists: with their number, and as they were written before.
@Suite struct SignedListNameTests {
    @Test func `A line of the older form is read as before, and one with a number says it`() throws {
        let desk = try SigningJournalTests.Desk()
        let header = SigningLine.header(of: desk.key.publicKey)
        let now = Instant(milliseconds: 1_800_000_000_000)
        let digest = [UInt8](repeating: 7, count: 32)
        let old = SigningRecord(kind: .list, serial: nil, digest: digest, at: now)
        let name = try #require(SignedListName(text: "41.d.0a1b2c3d4e5f6071"))
        let new = SigningRecord(kind: .list, serial: nil, list: name, digest: digest, at: now)
        let (first, chain) = SigningLine.write(.record(old), at: now, after: SigningLine.start(header))
        let (second, _) = SigningLine.write(.record(new), at: now, after: chain)
        #expect(String(decoding: first, as: UTF8.self).hasPrefix("L 1800000000000 - 0707"))
        #expect(String(decoding: second, as: UTF8.self).hasPrefix("L 1800000000000 41.d.0a1b2c3d4e5f6071 0707"))
        try desk.put(header + first + second)
        var reader = try SigningJournalReader(path: desk.path, key: desk.key.publicKey)
        var read: [SigningRecord] = []
        while let item = try reader.next() {
            guard case .record(let record) = item else { continue }
            read.append(record)
        }
        #expect(read == [old, new])
        for text in ["", "-", "1.c", "01.c.-", "1.x.-", "1.c.0A1b2c3d4e5f6071", "-1.c.-", "1.c.-.", "1.c.00"] {
            #expect(SignedListName(text: text) == nil, "\(text)")
        }
    }
}

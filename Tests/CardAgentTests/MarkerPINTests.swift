import AgentProtocol
import CardAgent
import Cryptography
import Foundation
import Groundwork
import PCSC
import PIV
import Testing
import VirtualKey

/// A PIN that this process never knew but by its digest is used through the whole way to a card in another process;
/// afterwards no copy of it is left in this one.
@Suite(.serialized) struct MarkerPINTests {
    private struct Factory: SecretLender {
        func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
            reference.kind == .management
                ? SecretBytes(copying: VirtualCardState.factoryManagementKey(.tripleDES))
                : SecretBytes(copying: Array("12345678".utf8))
        }
    }

    /// The person at the keyboard: types the marker whenever asked.
    private final class Person: PINProvider {
        private let marker: SecretBytes
        init(_ marker: consuming SecretBytes) { self.marker = marker }
        func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes { marker.duplicate() }
    }

    @Test func noCopyOfThePINStaysInMemory() async throws {
        let digest = try await PrivateReaders.shared.withReader { reader in
            try await Self.useAKey(in: reader)
        }
        #expect(try MemorySearch(digest: digest, length: Marker.length).slots() == [])
    }

    /// The search itself finds what is there: else the test above would say nothing.
    @Test func theSearchFindsAPINThatIsThere() throws {
        let marker = try Marker.absent()
        let digest = marker.digest
        #expect(try MemorySearch(digest: digest, length: Marker.length).slots() == [])
        let secret = try marker.read()
        #expect(try !MemorySearch(digest: digest, length: Marker.length).slots().isEmpty)
        #expect(secret.count == Marker.length)
    }

    /// The card takes the PIN and never answers. Whoever waited goes on; the thread that sends it still holds the
    /// frame, whole, and wipes it when the driver lets go.
    @Test func noCopyStaysOfAPINWhoseCommandTimedOut() async throws {
        try await PrivateReaders.shared.withReader { reader in
            let key = try VirtualKeyProgram(reader, ["--misbehaving", "silent"])
            let readers = PCSCReaders(surroundings: .real)
            _ = try await readers.waitForCard(in: reader.name, within: .seconds(60))
            let digest = try await Self.verifyInVain(readers, reader.name)
            let search = MemorySearch(digest: digest, length: Marker.length)
            #expect(try search.slots().count == 1, "the driver reads what it was given")
            key.pull()
            // A bounded wait for the driver to notice.
            var left = try search.slots()
            for _ in 0..<100 where !left.isEmpty {
                try await Task.sleep(for: .milliseconds(100))  // bounded wait
                left = try search.slots()
            }
            #expect(left == [])
        }
    }

    private static func verifyInVain(_ readers: PCSCReaders, _ reader: String) async throws -> [UInt8] {
        let transport = try await readers.connect(to: reader)
        try await PIVCard(transport).select()
        let card = PIVCard(transport, limits: CardLimits(answer: .seconds(1), keyGeneration: .seconds(1)))
        let marker = try Marker.absent()
        let pin = try marker.read()
        await #expect(throws: CardError.timedOut) { try await card.verifyPIN(pin) }
        return marker.digest
    }

    /// A PIN set, a key made, a request signed, twice in sessions of their own, and a change of the PIN.
    private static func useAKey(in reader: PrivateReaders.Reader) async throws -> [UInt8] {
        let key = try VirtualKeyProgram(reader)
        defer { key.pull() }
        let readers = PCSCReaders(surroundings: .real)
        _ = try await readers.waitForCard(in: reader.name, within: .seconds(20))
        let marker = try Marker.absent()
        let person = Person(try marker.read())
        let rules = PINRules(
            minimumLength: 6, maximumLength: 8, longestRepetition: 8, longestSequence: 8, forbidden: ["123456"])
        let medium = PIVKeyMedium(pins: person, rules: rules, surroundings: .real) { () async throws(CardError) in
            .init(try await readers.connect(to: reader.name))
        }
        let lender = Factory()
        _ = try await medium.perform(.authenticate(.init(.management, generation: 0), .tripleDES), lender: lender)
        #expect(try await medium.perform(.setPIN(unlock: .init(.unlock, generation: 0)), lender: lender) == .pinSet)
        let slot = KeySlot("9a")
        let made = try await medium.perform(
            .generate(purpose: .authentication, family: .p256, slot: slot, attest: false), lender: lender)
        guard case .generated(let spki, _) = made else { throw Refusal(AgentProtocolRefusal.mediumMalformed) }
        let name = DistinguishedName([.init(type: .commonName, value: "Test", kind: .utf8)]).der
        let request = MediumAction.request(purpose: .authentication, slot: slot, publicKey: spki, subject: name)
        for _ in 0..<2 {
            guard case .requested = try await medium.perform(request, lender: lender) else {
                throw Refusal(AgentProtocolRefusal.mediumMalformed)
            }
            await medium.finish()
        }
        try await medium.changePIN()
        await medium.finish()
        return marker.digest
    }
}

/// Eight random digits made by another process, which says their SHA-256 on one pipe and the digits on another.
private final class Marker {
    static let length = 8
    let digest: [UInt8]
    private let digits = Pipe()

    /// One whose digits stand nowhere in this process by chance: times and hexadecimal numbers are digits too.
    static func absent() throws -> Marker {
        while true {
            let marker = try Marker()
            if try MemorySearch(digest: marker.digest, length: length).slots().isEmpty { return marker }
        }
    }

    private init() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import hashlib, secrets, sys
            pin = ''.join(secrets.choice('0123456789') for _ in range(8)).encode()
            sys.stdout.buffer.write(pin)
            sys.stderr.write(hashlib.sha256(pin).hexdigest())
            """,
        ]
        let said = Pipe()
        process.standardOutput = digits
        process.standardError = said
        try process.run()
        let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        digest = Hex.decode(text) ?? []
        try #require(digest.count == 32, "\(text)")
    }

    /// As the terminal's and the file descriptor's PIN is read: byte by byte into an array that is wiped.
    func read() throws -> SecretBytes {
        var line: [UInt8] = []
        line.reserveCapacity(64)
        var byte: UInt8 = 0
        while line.count < Self.length, Foundation.read(digits.fileHandleForReading.fileDescriptor, &byte, 1) == 1 {
            line.append(byte)
        }
        byte = 0
        try #require(line.count == Self.length)
        return SecretBytes(wiping: &line)
    }
}

/// Searches what this process can write for digits of which it knows the SHA-256 alone.
private struct MemorySearch {
    let digest: [UInt8]
    let length: Int

    /// Where the digits stand. A PIN that is padded with FF for a card is found too: its digits are the same.
    func slots() throws -> [String] {
        let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        try #require(memory >= 0)
        defer { close(memory) }
        var found: [String] = []
        var searched = 0
        let mappings = try mappings()
        try #require(mappings.contains("[stack]"), "the whole list")
        for line in mappings.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count >= 2, fields[1].hasPrefix("rw") else { continue }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2 else { continue }
            searched += Int(ends[1] - ends[0])
            for slot in search(memory, ends[0], ends[1]) { found.append("\(String(slot, radix: 16)) in \(line)") }
        }
        #expect(searched > 1 << 20)
        return found
    }

    /// Read to its end: the kernel gives a page at a time.
    private func mappings() throws -> String {
        let list = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
        try #require(list >= 0)
        defer { close(list) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(list, &block, block.count)
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func search(_ memory: Int32, _ start: UInt, _ end: UInt) -> [UInt] {
        let size = 1 << 20
        let zeros = [UInt8](repeating: 0, count: 4096)
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        // What was read is wiped: a later search must find the secret where it stands, not here.
        defer {
            explicit_bzero(buffer, size)
            buffer.deallocate()
        }
        var found: [UInt] = []
        var offset = start
        while offset < end {
            let count = pread(memory, buffer, min(size, Int(end - offset)), off_t(offset))
            guard count >= length else { break }
            var index = length - 1
            while index < count {
                // Of any `length` bytes in a row one lies at such an index, so the others need no look.
                if index & 4095 == length - 1, index + 4096 <= count, memcmp(buffer + index, zeros, 4096) == 0 {
                    index += 4096
                    continue
                }
                if isDigit(buffer[index]) {
                    for first in max(0, index - length + 1)...min(index, count - length)
                    where (first..<first + length).allSatisfy({ isDigit(buffer[$0]) }) {
                        var window = Array(UnsafeBufferPointer(start: buffer + first, count: length))
                        if DigestAlgorithm.sha256.hash(window) == digest { found.append(offset + UInt(first)) }
                        window.withUnsafeMutableBytes { explicit_bzero($0.baseAddress!, $0.count) }
                    }
                }
                index += length
            }
            if offset + UInt(count) >= end { break }
            offset += UInt(count - length + 1)
        }
        return found
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

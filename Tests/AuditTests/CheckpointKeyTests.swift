import Cryptography
import Foundation
import Groundwork
import Testing

@testable import Audit

/// The end of a key's time: as it is written, and what it does to a chain of checkpoints.
@Suite struct CheckpointKeyTests {
    private let end = Instant(seconds: 1_790_000_000)

    @Test(arguments: AlgorithmFamily.allCases) func keysAreReadAsTheyAreWritten(family: AlgorithmFamily) throws {
        let keys = try [end, nil, end.adding(milliseconds: 999)].map { end in
            CheckpointKey(try PrivateKey.generate(family).publicKey, endsAt: end)
        }
        let text = keys.map(\.text).joined()
        #expect(text.hasPrefix("Ended: 2026-09-21T14:13:20Z\n-----BEGIN PUBLIC KEY-----\n"))
        let read = try CheckpointKey.keys(in: Array(text.utf8))
        #expect(read.map(\.key) == keys.map(\.key) && read.map(\.endsAt) == [end, nil, end])
        // Other programs pass over the line.
        #expect(try PEM.decode(text).map(\.der) == keys.map(\.key.spki))
        // As exports had it before keys had ends.
        let plain = keys.map(\.key.pem).joined()
        #expect(try CheckpointKey.keys(in: Array(plain.utf8)) == keys.map { CheckpointKey($0.key) })
    }

    /// The stand-alone verifier refuses such too; see `ExchangedCheckpointKeyTests`.
    static func malformed(_ pem: String) -> [String] {
        let ended = "Ended: 2026-09-21T14:13:20Z\n"
        return [
            "", "\n", String(pem.dropLast()), pem + "\n", "\n" + pem, pem + pem, ended + pem + pem, pem + ended,
            "# a key\n" + pem, "ended: 2026-09-21T14:13:20Z\n" + pem, " " + ended + pem, ended + ended + pem,
            ended + "\n" + pem, "Ended: 2026-09-21T14:13:20+00:00\n" + pem, "Ended: 2026-09-21T14:13:20.000Z\n" + pem,
            "Ended: 2026-09-21 14:13:20Z\n" + pem, "Ended: 2026-02-30T14:13:20Z\n" + pem,
            "Ended: 2026-09-21T14:13:60Z\n" + pem, "Ended: \n" + pem, "Ended:2026-09-21T14:13:20Z\n" + pem,
            ended.replacing("\n", with: "\r\n") + pem, pem.replacing("PUBLIC", with: "PRIVATE"),
            pem.replacing("PUBLIC KEY", with: "PUBLIC \u{212A}EY"), pem.replacing("-----END", with: "----END"),
            pem.replacing("MF", with: "M*"), pem.replacing("-----\nM", with: "-----\nEnded: x\nM"),
        ]
    }

    @Test func whateverElseStandsThereIsRefused() throws {
        let pem = try PrivateKey.generate(.p256).publicKey.pem
        for text in Self.malformed(pem) where text != pem {
            #expect(throws: Refusal(AuditRefusal.malformedKeys), "\(text)") {
                try CheckpointKey.keys(in: Array(text.utf8))
            }
        }
        #expect(throws: Refusal(AuditRefusal.malformedKeys)) { try CheckpointKey.keys(in: [0xFF, 0x0A]) }
        #expect(throws: Refusal(AuditRefusal.malformedKeys)) {
            try CheckpointKey.keys(in: Array((pem + String(repeating: "x\n", count: 1 << 19)).utf8))
        }
    }

    /// A chain of checkpoints: by which key each is signed, and how many seconds after the end it was stamped.
    private func faults(_ chain: [(key: Int, stamp: Int64?)], ends: [Instant?]) throws -> [AuditFault] {
        let keys = try ends.map { _ in try PrivateKey.generate(.p256) }
        var lines: [SignedCheckpoint] = []
        var stamps: [[UInt8]: Instant] = [:]
        for (number, link) in chain.enumerated() {
            let time = end.adding(seconds: link.stamp ?? 0)
            let checkpoint = Checkpoint(
                origin: "log", number: number, size: number + 1, root: Array(repeating: 0, count: 32), time: time,
                previous: lines.last?.checkpoint.hash)
            let token = link.stamp.map { _ in [UInt8(number)] }
            stamps[[UInt8(number)]] = time
            lines.append(
                SignedCheckpoint(
                    checkpoint: checkpoint, signature: try keys[link.key].sign(checkpoint.body), token: token))
        }
        let known = stamps
        let trusted = zip(keys, ends).map { CheckpointKey($0.publicKey, endsAt: $1) }
        return CheckpointChain.faults(lines, trust: AuditTrust(checkpointKeys: trusted) { _, token in known[token] })
    }

    @Test func anEndedKeySignsForItsTimeAlone() throws {
        func ended(_ number: Int) -> [AuditFault] { [.checkpointKeyEnded(number: number)] }
        // Before the end, in its very second, and after it.
        #expect(try faults([(0, -60), (0, 0)], ends: [end]) == [])
        #expect(try faults([(0, -60), (0, 1)], ends: [end]) == ended(1))
        #expect(try faults([(0, 1), (0, 2)], ends: [end]) == ended(0))
        // Without a stamp nothing says when.
        #expect(try faults([(0, nil)], ends: [end]) == [.checkpointToken(number: 0)] + ended(0))
        // A later one that counts vouches for all before it; an earlier one for nothing after it.
        #expect(try faults([(0, -60), (0, 5), (1, 60)], ends: [end, nil]) == [])
        #expect(try faults([(0, -60), (1, 60), (0, 65)], ends: [end, nil]) == ended(2))
        // Several exchanges.
        let second = end.adding(seconds: 100)
        #expect(try faults([(0, 0), (1, 50), (1, 100), (2, 150)], ends: [end, second, nil]) == [])
        #expect(try faults([(0, 0), (1, 50), (0, 60)], ends: [end, second, nil]) == ended(2))
        #expect(try faults([(0, 0), (1, 50), (1, 101)], ends: [end, second, nil]) == ended(2))
        // No end, as before keys had any.
        #expect(try faults([(0, -60), (0, 5000)], ends: [nil]) == [])
    }
}

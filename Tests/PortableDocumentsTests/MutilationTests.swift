import Groundwork
import Testing

@testable import PortableDocuments

/// Documents that were cut or bent at random: refused or read, never a crash, and never a stamp that loses bytes.
@Suite struct MutilationTests {
    @Test(arguments: [1, 2, 3, 4]) func nothingCrashes(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let originals = [
            PDFSample(pageCount: 2).bytes, PDFSample(crossReference: .stream, page: "/Rotate 90").bytes,
            try Strangers.qpdf(PDFSample(pageCount: 3).bytes, "--object-streams=generate"),
            try StampDraftTests.draft(PDFSample().bytes).bytes,
        ]
        for round in 0..<150 {
            var bytes = originals[round % originals.count]
            switch random.next() % 4 {
            case 0: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            case 1:
                let start = Int(random.next() % UInt64(bytes.count))
                bytes.removeSubrange(start..<min(bytes.count, start + 1 + Int(random.next() % 40)))
            default:
                for _ in 0...random.next() % 8 {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
            }
            do {
                let draft = try StampDraft.prepare(
                    PDFDocument(bytes),
                    placement: StampPlacement(
                        page: 1, leftMillimetres: 20, topMillimetres: 20, widthMillimetres: 42, heightMillimetres: 42),
                    appearance: StampDraftTests.appearance, claimedAt: StampDraftTests.moment,
                    identifier: [UInt8](repeating: 7, count: 16), reservedBytes: 64)
                #expect(draft.bytes.starts(with: bytes), "seed \(seed), round \(round)")
            } catch {}
            do { _ = try EmbeddedSignature.all(in: bytes) } catch {}
        }
    }

    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}

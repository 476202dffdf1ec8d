import Groundwork
import Testing

@testable import PIV

@Suite struct TLVTests {
    @Test(
        arguments: [
            ("5300", 0), ("530142", 1), ("7f49028600", 2), ("5fc1050101", 1), ("53810142", 1), ("5382000142", 1),
            ("538400000000", 0),
        ])
    func definiteLengthsOfAnyFormAreRead(hex: String, length: Int) throws {
        let bytes = try #require(Hex.decode(hex))
        #expect(TLV(parsing: bytes)?.value.count == length)
    }

    @Test(
        arguments: [
            "", "53", "5301", "53020", "5380", "5385000000000", "5f", "5fc1", "5fc1c105", "00", "0000", "ff00",
            "530142ff",
            "5384ffffffff00", "7f49",
        ])
    func whatDoesNotAddUpIsRefused(hex: String) {
        #expect(TLV(parsing: Hex.decode(hex) ?? [0x53]) == nil)
    }

    @Test func lengthsAreWrittenInTheShortestForm() {
        for (count, header) in [
            (0, "5300"), (127, "537f"), (128, "538180"), (255, "5381ff"), (256, "53820100"), (65_536, "5383010000"),
        ] {
            let bytes = TLV(0x53, [UInt8](repeating: 0, count: count)).bytes
            #expect(Hex.encode(bytes.prefix(bytes.count - count)) == header)
        }
    }

    @Test func everyTreeComesBack() throws {
        for seed in UInt64(1)...500 {
            var generator = Seeded(state: seed)
            let objects = Self.objects(depth: 3, using: &generator)
            #expect(TLV.parse(TLV.encode(objects)) == objects, "seed \(seed)")
        }
    }

    @Test func anyBytesAreReadOrRefusedWithoutHarm() {
        for seed in UInt64(1)...20_000 {
            var generator = Seeded(state: seed)
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            if let objects = TLV.parse(bytes) {
                #expect(TLV.parse(TLV.encode(objects)) == objects, "seed \(seed)")
            }
            _ = CardHolderIdentifier(parsing: bytes)
            _ = KeyMetadata(parsing: bytes)
            _ = AlgorithmExtensions(parsing: bytes)
            _ = ResponseAPDU(parsing: bytes)
        }
    }

    private static func objects(depth: Int, using generator: inout Seeded) -> [TLV] {
        let tags: [TLV.Tag] = [0x53, 0x80, 0x81, 0x7C, 0x5C, 0x7F49, 0x5F2F, 0x5FC105]
        return (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            let tag = tags.randomElement(using: &generator) ?? 0x53
            if depth > 0, Bool.random(using: &generator) {
                return TLV(tag, containing: objects(depth: depth - 1, using: &generator))
            }
            let count = Int.random(in: 0...300, using: &generator)
            return TLV(tag, (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        }
    }
}

/// SplitMix64: the same numbers for the same seed, so that a failure can be repeated.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

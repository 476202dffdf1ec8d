import Cryptography
import Groundwork
import Testing

@testable import PIV

@Suite struct APDUTests {
    @Test func everyCommandComesBackFromItsFrames() throws {
        for seed in UInt64(1)...2_000 {
            var generator = Seeded(state: seed)
            let count = [0, 1, 8, 254, 255, 256, 257, 510, 511, 3_000].randomElement(using: &generator) ?? 0
            let data = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let wanted = [nil, 1, 255, 256].randomElement(using: &generator) ?? nil
            let command = CommandAPDU(
                UInt8.random(in: .min ... .max, using: &generator), 1, 2, data: data, expecting: wanted)
            for coding in CommandAPDU.LengthCoding.allCases {
                let frames = try #require(command.frames(coding))
                let parsed = frames.compactMap { CommandAPDU(parsing: $0) }
                #expect(parsed.count == frames.count, "seed \(seed)")
                #expect(parsed.dropLast().allSatisfy { $0.isChained && $0.expected == nil && $0.data.count == 255 })
                var joined = try #require(parsed.last)
                #expect(!joined.isChained)
                joined.data = parsed.flatMap(\.data)
                #expect(joined == command, "seed \(seed)")
                if coding == .extended { #expect(frames.count == 1) }
                if coding == .chained { #expect(frames.allSatisfy { $0.count <= 261 }) }
            }
        }
    }

    @Test(
        arguments: [
            "", "00", "00a404", "00a404000200", "00a4040002000000aa", "00a404000000", "00a40400000002aa",
            "00a40400000001aabb", "00a404000000000102",
        ])
    func framesWhoseLengthsDoNotAddUpAreRefused(hex: String) throws {
        let frame = try #require(Hex.decode(hex))
        #expect(CommandAPDU(parsing: frame) == nil)
    }

    @Test func anyFrameIsReadOrRefusedWithoutHarm() {
        for seed in UInt64(1)...20_000 {
            var generator = Seeded(state: seed)
            let frame = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                UInt8.random(in: 0...8, using: &generator)
            }
            _ = CommandAPDU(parsing: frame)
        }
    }

    @Test(arguments: ["", "90", "0000", "6000", "ffff"]) func anAnswerNeedsAStatusWord(hex: String) throws {
        let bytes = try #require(Hex.decode(hex))
        #expect(ResponseAPDU(parsing: bytes) == nil)
    }

    @Test func anAnswerHasABound() {
        #expect(ResponseAPDU(parsing: [UInt8](repeating: 0, count: 65_536) + [0x90, 0x00]) != nil)
        #expect(ResponseAPDU(parsing: [UInt8](repeating: 0, count: 65_537) + [0x90, 0x00]) == nil)
    }

    @Test func theExtensionLayoutsDifferInLength() {
        #expect(AlgorithmExtensions(parsing: [1, 0x22, 5, 0x51, 0x52, 0x53, 0x54])?.sm2 == 0x54)
        #expect(AlgorithmExtensions(parsing: [1, 0x22, 5, 0x51, 0x52, 0x53, 0x15, 0x5A])?.sm2 == 0x5A)
        #expect(AlgorithmExtensions(parsing: [0x22, 5, 0x51, 0x52, 0x53, 0x54])?.sm2 == 0x54)
        #expect(AlgorithmExtensions(parsing: [0, 0x22, 5, 0x51, 0x52, 0x53, 0x54])?.enabled == false)
        #expect(AlgorithmExtensions(parsing: [9, 9, 9]) == nil)
        let off = AlgorithmExtensions(parsing: [0, 0x22, 5, 0x51, 0x52, 0x53, 0x54])
        #expect(PIVAlgorithm(.sm2, extensions: off) == nil)
        #expect(PIVAlgorithm(.p256, extensions: nil) == .p256)
    }

    @Test func placesKnowTheirCertificates() {
        #expect(Place.authentication.certificateObject == 0x5FC105)
        #expect(Place(rawValue: 0x82).certificateObject == 0x5FC10D)
        #expect(Place(rawValue: 0x95).certificateObject == 0x5FC120)
        #expect(Place(rawValue: 0x96).certificateObject == nil)
        #expect(Place(shown: "9A") == .authentication && Place(shown: "zz") == nil && Place(shown: "+9") == nil)
        #expect(Place.retired.count == 20)
    }
}

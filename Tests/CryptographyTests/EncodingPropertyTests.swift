import Cryptography
import Groundwork
import Testing

/// Random values there and back, the same in each run; the seed is in every message.
@Suite struct EncodingPropertyTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        /// SplitMix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
    private let seed: UInt64 = 20_261_121

    @Test func timesSurvive() throws {
        var generator = Generator(state: seed)
        for _ in 0..<2_000 {
            let instant = Instant(seconds: .random(in: -2_208_988_800...253_402_300_799, using: &generator))
            let der = DER.time(instant)
            #expect(try DERElement(parsing: der, limit: 64).time() == instant, "seed \(seed)")
            #expect((der[0] == 0x17) == (1950...2049).contains(instant.utc.year), "seed \(seed)")
            let general = try DERElement(parsing: DER.generalizedTime(instant), limit: 64)
            #expect(try general.generalizedTime() == instant, "seed \(seed)")
            #expect(Array(general.content) == Array((instant.utc.digits + "Z").utf8), "seed \(seed)")
        }
    }

    @Test(arguments: [
        "20260230120000Z", "2026010112000Z", "20260101120000", "20260101120000+0800", "20260101126000Z",
        "20260101240000Z", "2026O101120000Z", "20260101120000.1Z", "",
    ])
    func badTimesAreRefused(text: String) throws {
        let element = try DERElement(parsing: DER.element(0x18, Array(text.utf8)), limit: 64)
        #expect(throws: DERFault.self) { try element.generalizedTime() }
        #expect(throws: DERFault.self) { try element.time() }
    }

    @Test func objectIdentifiersSurvive() throws {
        var generator = Generator(state: seed)
        for _ in 0..<2_000 {
            let first = Int.random(in: 0...2, using: &generator)
            var arcs = [UInt64(first), .random(in: 0...(first == 2 ? 1 << 40 : 39), using: &generator)]
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                arcs.append(generator.next() >> UInt64.random(in: 4...63, using: &generator))
            }
            let text = arcs.map(String.init).joined(separator: ".")
            let oid = try OID(validating: text)
            #expect(oid.description == text, "seed \(seed)")
            #expect(try DERElement(parsing: oid.der, limit: 256).oid() == oid, "seed \(seed)")
        }
        for bad in ["", "1", "1.", "3.1", "1.40", "1.2.x", "1.2.03", "1..2", "-1.2", "1.2.99999999999999999999"] {
            #expect(throws: Refusal.self, "\(bad)") { _ = try OID(validating: bad) }
        }
        #expect(OID.sm2WithSM3.der == Hex.decode("06082a811ccf55018375"))
    }

    @Test func numbersSurvive() throws {
        var generator = Generator(state: seed)
        for _ in 0..<2_000 {
            let value = Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0...63, using: &generator)
            #expect(try DERElement(parsing: DER.integer(value), limit: 64).integer() == value, "seed \(seed)")
            let bytes = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            let read = try DERElement(parsing: DER.integer(bytes), limit: 64).unsignedInteger(limit: 20)
            let digits = Array(bytes.drop { $0 == 0 })
            #expect(read == (digits.isEmpty ? [0] : digits), "seed \(seed)")
        }
    }

    @Test func bitsAndLengthsSurvive() throws {
        var generator = Generator(state: seed)
        for _ in 0..<500 {
            let bits = Set(
                (0..<Int.random(in: 0...9, using: &generator)).map { _ in Int.random(in: 0...40, using: &generator) })
            #expect(try DERElement(parsing: DER.namedBits(bits), limit: 64).namedBits() == bits, "seed \(seed)")
            let length = Int.random(in: 0...70_000, using: &generator)
            let bytes = DER.octetString([UInt8](repeating: 5, count: length))
            #expect(DER.lengthOfFirstElement(bytes + [1]) == bytes.count, "seed \(seed)")
            #expect(try DERElement(parsing: bytes, limit: 80_000).octetString().count == length, "seed \(seed)")
        }
    }

    @Test func setsAreSorted() {
        #expect(DER.set([DER.integer(3), DER.integer(1), DER.integer(2)]) == [0x31, 9, 2, 1, 1, 2, 1, 2, 2, 1, 3])
        #expect(DER.set([[0x04, 0x02, 1, 1], [0x04, 0x01, 9]]) == [0x31, 7, 0x04, 0x01, 9, 0x04, 0x02, 1, 1])
    }

    /// BER that is no DER, and what is neither.
    @Test(arguments: [
        "3080 0000", "30 81 03 020101", "30 82 0003 020101", "30 04 020101", "30 02 020101", "30 03 0201", "0000",
        "2000",
        "30 02 0000", "1f 1e 00", "1f 80 1f 00", "bf ff ff ff ff 7f 00", "bf", "30 85 0000000001 00", "30 80", "30 ff",
        "",
        "02 01 01 02 01 01", "a0 80 020101 0000", "30 03 30 02 05",
    ])
    func otherEncodingsAreRefused(hex: String) throws {
        let bytes = try #require(Hex.decode(hex.filter { $0 != " " }))
        #expect(throws: DERFault.self) { try DERElement(parsing: bytes, limit: 64) }
    }

    @Test(arguments: ["30 00", "30 03 020101", "bf 1f 02 0500", "a0 02 3000", "04 00", "5f 81 00 01 09"])
    func soundElementsAreRead(hex: String) throws {
        let bytes = try #require(Hex.decode(hex.filter { $0 != " " }))
        #expect(try DERElement(parsing: bytes, limit: 64).encoded == bytes)
    }

    @Test func nestingHasALimit() {
        func nested(_ depth: Int) -> [UInt8] { (1..<depth).reduce([0x30, 0]) { bytes, _ in DER.sequence([bytes]) } }
        #expect(throws: Never.self) { try DERElement(parsing: nested(49), limit: 1 << 16) }
        #expect(throws: DERFault.self) { try DERElement(parsing: nested(51), limit: 1 << 16) }
    }
}

import CreditCodes
import Testing

@Suite struct CheckDigitsTests {
    /// GB 32100's published worked example: sum 1640, 1640 mod 31 = 28, 31 − 28 = 3.
    @Test func theStandardsWorkedExample() {
        #expect(CheckDigits.creditCode(Array("91350100M000100Y4".utf8)) == UInt8(ascii: "3"))
    }

    /// Where the remainder is 0, the character is 0 and not past the table; where it is 1, it is Y.
    @Test func theEdgesOfMod31() {
        #expect(CheckDigits.creditCode(Array("00000000000000000".utf8)) == UInt8(ascii: "0"))
        #expect(CheckDigits.creditCode(Array("10000000000000000".utf8)) == UInt8(ascii: "Y"))
        #expect(CheckDigits.creditCode(Array("Y0000000000000000".utf8)) == UInt8(ascii: "1"))
    }

    /// 11 − (sum mod 11): 10 is written X, 11 is written 0.
    @Test func theEdgesOfMod11() {
        #expect(CheckDigits.organizationCode(Array("00000000".utf8)) == UInt8(ascii: "0"))
        #expect(CheckDigits.organizationCode(Array("40000000".utf8)) == UInt8(ascii: "X"))
        #expect(CheckDigits.organizationCode(Array("63129128".utf8)) == UInt8(ascii: "9"))
    }

    @Test func anythingElseHasNoCheckCharacter() {
        #expect(CheckDigits.creditCode(Array("9135010OM000100Y4".utf8)) == nil)
        #expect(CheckDigits.creditCode([]) == nil)
        #expect(CheckDigits.creditCode([UInt8](repeating: 0x30, count: 18)) == nil)
        #expect(CheckDigits.organizationCode([UInt8](repeating: 0xFF, count: 8)) == nil)
        #expect(CheckDigits.organizationCode([]) == nil)
    }
}

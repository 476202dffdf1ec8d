import Groundwork
import Testing

@Suite struct EncodingTests {
    @Test(arguments: [[], [0], [0xFF, 0x00, 0x7F], Array(0...255)] as [[UInt8]])
    func hexAndBase64GiveBackWhatTheyTook(bytes: [UInt8]) {
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }

    @Test(arguments: ["0", "0g", "zz", "0x12", "١٢"])
    func hexRefusesOtherDigits(text: String) { #expect(Hex.decode(text) == nil) }

    // RFC 4648, 3.5: stray bits in the last character would give two texts for the same bytes.
    @Test(arguments: ["QQ", "QR==", "Q Q=", "QQ=\n", "Q-8=", "===="])
    func base64RefusesWhatEncodingWouldNotGive(text: String) { #expect(Base64.decode(text) == nil) }

    @Test(arguments: ["QQ==", "QR", "+8", "a"])
    func base64URLRefusesPaddingAndTheOtherAlphabet(text: String) { #expect(Base64URL.decode(text) == nil) }

    @Test func anIdentifierIsAUUIDOfVersionSevenAndShowsItsKind() throws {
        enum CaseKind: IdentifierKind { static let prefix = "case" }
        enum OtherKind: IdentifierKind { static let prefix = "other" }
        var surroundings = Surroundings.real
        surroundings.now = { Instant(milliseconds: 0x0192_3456_789A) }
        surroundings.randomBytes = { Array(repeating: 0xFF, count: $0) }
        let identifier = Identifier<CaseKind>(in: surroundings)
        #expect(identifier.shown == "case_01923456789a7fffbfffffffffffffff")
        #expect(Identifier<CaseKind>(shown: identifier.shown) == identifier)
        #expect(Identifier<OtherKind>(shown: identifier.shown) == nil)
        #expect(Identifier<CaseKind>(shown: "case_0192") == nil)
    }
}

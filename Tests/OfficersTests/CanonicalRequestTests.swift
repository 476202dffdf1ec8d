import Cryptography
import Groundwork
import Officers
import OtherPrograms
import Testing

@Suite struct CanonicalRequestTests {
    static let request = CanonicalRequest(
        .revokeCertificate, subject: "0a0b", parameters: ["reason": "keyCompromise", "at": 5], reason: "遗失",
        in: Surroundings(
            now: { Instant(seconds: 1_790_000_000) }, monotonicNanoseconds: { 0 },
            randomBytes: { [UInt8](repeating: 0xAB, count: $0) }))

    @Test func isOneLineOfCanonicalJSON() {
        let nonce = String(repeating: "ab", count: 32)
        let expected =
            #"{"act":"revokeCertificate","expiresAt":1790000600000,"issuedAt":1790000000000,"nonce":"\#(nonce)","#
            + #""parameters":{"at":5,"reason":"keyCompromise"},"reason":"遗失","subject":"0a0b","version":1}"#
        #expect(String(decoding: Self.request.bytes, as: UTF8.self) == expected)
    }

    @Test func comesBackFromItsBytes() throws {
        #expect(try CanonicalRequest(bytes: Self.request.bytes) == Self.request)
    }

    static let text = String(decoding: request.bytes, as: UTF8.self)

    @Test(arguments: [
        "", "{}", "null", text + " ", " " + text, text.replacing("\"version\":1", with: "\"version\":2"),
        text.replacing("revokeCertificate", with: "revokeEverything"), text.replacing("abab", with: "ABAB"),
        text.replacing("\"nonce\":\"ab", with: "\"nonce\":\""), text.replacing("1790000000000", with: "\"soon\""),
        text.replacing("{\"at\":5,\"reason\":\"keyCompromise\"}", with: "[]"),
        text.replacing("\"version\":1", with: "\"version\":1,\"zz\":1"),
        text.replacing("\"subject\":\"0a0b\",", with: ""), String(text.dropLast()),
    ])
    func refusesEveryOtherForm(text: String) {
        #expect(throws: Refusal(OfficersRefusal.malformedRequest)) { try CanonicalRequest(bytes: Array(text.utf8)) }
    }

    /// And what is read still has one form: nothing else can stand behind a signature over it.
    @Test func alteredBytesAreRefusedOrReadAsTheyAre() {
        var generator = Seeded(3)
        for _ in 0..<2000 {
            var bytes = Self.request.bytes
            bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            if let read = try? CanonicalRequest(bytes: bytes) { #expect(read.bytes == bytes) }
        }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func signedBytesBeginWithTheDomainTag(family: AlgorithmFamily) {
        let hash = family == .sm2 ? DigestAlgorithm.sm3 : .sha256
        let signed = OfficerSignature.signedBytes(request: [1, 2], certificate: [3], family: family)
        #expect(signed == Array("YZT-AUTHORISATION-1".utf8) + [0] + hash.hash([1, 2]) + hash.hash([3]))
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A nonce has 1 to 128 bytes in an OCTET STRING, and is not critical.
    static let answerNonceLength = LintRule.ofAnswer(
        id: "answer-nonce-length", citation: "RFC 9654, 2.1", since: "2024-08-01"
    ) { target in
        guard let nonce = target.nonce else { return [] }
        guard !nonce.critical else { return ["critical"] }
        let length = (try? DERElement(parsing: nonce.value, limit: 4096).octetString())?.count
        return length.map { (1...128).contains($0) } ?? false ? [] : ["not 1 to 128 bytes"]
    }
}

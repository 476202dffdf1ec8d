internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What is revoked was revoked before the answer, and invalid not after that.
    static let answerRevocationTime = LintRule.ofAnswer(
        id: "answer-revocation-time", citation: "RFC 6960, 4.2.1 and 4.4.5; RFC 5280, 5.3.2", since: "2013-06-01"
    ) { target in
        for single in target.singles {
            guard case .revoked(let time, _) = single.status else { continue }
            guard time <= target.producedAt else { return ["revoked after producedAt"] }
            guard let since = single.extensions.first(where: { $0.oid == .invalidityDate }) else { continue }
            guard let date = try? DERElement(parsing: since.value, limit: 32).generalizedTime(), date <= time else {
                return ["an invalidity date that is no time, or after the revocation"]
            }
        }
        return []
    }
}

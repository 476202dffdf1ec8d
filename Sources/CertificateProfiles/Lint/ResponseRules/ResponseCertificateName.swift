internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What is answered about is named by SHA-1, SHA-256 or SM3 of its issuer's name and key; of others nothing is
    /// known.
    static let answerCertificateName = LintRule.ofAnswer(
        id: "answer-certificate-name", citation: "RFC 6960, 4.1.1; RFC 5019, 2.1.1", since: "2026-11-21"
    ) { target in
        for single in target.singles where target.context.issuer != nil {
            switch target.context.names(single.name) {
            case true?: continue
            case false?, nil:
                guard single.status == .unknown else { return ["a status of another issuer's certificate"] }
            }
        }
        return []
    }
}

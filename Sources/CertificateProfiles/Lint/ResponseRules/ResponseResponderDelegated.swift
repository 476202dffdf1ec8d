internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The issuer itself, or one whom it certified for OCSPSigning and, with ocsp-nocheck, without a status of its own.
    static let answerResponderDelegated = LintRule.ofAnswer(
        id: "answer-responder-delegated", citation: "RFC 6960, 4.2.2.2 and 4.2.2.2.1", since: "2013-06-01"
    ) { target in
        target.context.responderDefects
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A delegated responder's certificate comes with its answer, and nothing else does.
    static let answerCarriesResponder = LintRule.ofAnswer(
        id: "answer-carries-responder", citation: "RFC 6960, 4.2.1; CP/CPS 7.3", since: "2026-11-21"
    ) { target in
        guard target.isSigned, let responder = target.context.responder,
            responder.publicKey != target.context.issuer?.publicKey
        else { return [] }
        return target.certificates == [responder.der] ? [] : ["not the responder's certificate alone"]
    }
}

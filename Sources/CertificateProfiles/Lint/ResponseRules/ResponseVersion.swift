internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Version 1 is the default, and a default is not written.
    static let answerVersion = LintRule.ofAnswer(
        id: "answer-version", citation: "RFC 6960, 4.2.1; X.690, 11.5", since: "2013-06-01"
    ) { target in
        target.hasVersion ? ["the version is written"] : []
    }
}

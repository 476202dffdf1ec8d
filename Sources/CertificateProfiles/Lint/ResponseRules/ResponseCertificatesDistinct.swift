internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Something is answered, and nothing twice in two ways.
    static let answerCertificatesDistinct = LintRule.ofAnswer(
        id: "answer-certificates-distinct", citation: "RFC 6960, 4.2.1; CP/CPS 7.3", since: "2026-11-21"
    ) { target in
        guard target.singles.count != 1 else { return [] }
        guard !target.singles.isEmpty else { return ["nothing is answered"] }
        let statuses = Dictionary(grouping: target.singles, by: \.name).values
        return statuses.allSatisfy { same in Set(same.map(\.status)).count == 1 }
            ? [] : ["two statuses of one certificate"]
    }
}

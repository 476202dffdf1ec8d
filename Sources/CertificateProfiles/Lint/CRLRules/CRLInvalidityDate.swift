internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A GeneralizedTime, never after the revocation.
    static let listInvalidityDate = LintRule.ofList(
        id: "list-invalidity-date", citation: "RFC 5280, 5.3.2", since: "2008-05-01"
    ) { target in
        (target.entries.contains(where: \.hasWrongDateType) ? ["not a GeneralizedTime"] : [])
            + (target.entries.contains { entry in entry.invalidityDate.map { $0 > entry.revokedAt } ?? false }
                ? ["after the revocation"] : [])
    }
}

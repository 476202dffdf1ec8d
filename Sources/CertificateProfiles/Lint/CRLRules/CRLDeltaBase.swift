internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A delta says in a critical extension which list it builds on: one with a lower number.
    static let listDeltaBase = LintRule.ofList(
        id: "list-delta-base", citation: "RFC 5280, 5.2.4", since: "2008-05-01"
    ) { target in
        guard let found = target.value(of: .deltaCRLIndicator) else { return [] }
        guard found.critical else { return ["not critical"] }
        guard let base = target.integer(.deltaCRLIndicator), let number = target.integer(.crlNumber) else {
            return ["no INTEGER"]
        }
        let isLower = base.count < number.count || base.count == number.count && base.lexicographicallyPrecedes(number)
        return isLower ? [] : ["the base is not below the list's number"]
    }
}

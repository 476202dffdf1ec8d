internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Present, not critical, not negative, at most 20 bytes.
    static let listNumber = LintRule.ofList(
        id: "list-number", citation: "RFC 5280, 5.2.3", since: "2008-05-01"
    ) { target in
        guard let found = target.value(of: .crlNumber) else { return ["missing"] }
        guard !found.critical else { return ["critical"] }
        guard let number = target.integer(.crlNumber), let first = number.first else { return ["no INTEGER"] }
        return first < 0x80 && number.count <= 20 ? [] : ["negative, or longer than 20 bytes"]
    }
}

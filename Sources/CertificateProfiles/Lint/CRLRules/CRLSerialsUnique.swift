internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No serial number stands twice.
    static let listSerialsUnique = LintRule.ofList(
        id: "list-serials-unique", citation: "RFC 5280, 5.1.2.6; X.509, 7.10", since: "2008-05-01"
    ) { target in
        // Sorted lists, which ours are, need no set.
        if target.isSorted { return [] }
        var seen = Set<ArraySlice<UInt8>>()
        return target.entries.allSatisfy { seen.insert($0.serial).inserted } ? [] : ["a serial number twice"]
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Entries name serial numbers that a certificate can have.
    static let listSerialPositive = LintRule.ofList(
        id: "list-serial-positive", citation: "RFC 5280, 4.1.2.2", since: "2008-05-01"
    ) { target in
        target.entries.allSatisfy { entry in
            entry.serial.count <= 20 && entry.serial.first.map { $0 < 0x80 } ?? false
        } ? [] : ["negative, or longer than 20 bytes"]
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Serial numbers are positive and have at most 20 bytes.
    static let serialPositive = LintRule(
        id: "serial-positive", citation: "RFC 5280, 4.1.2.2", severity: .error, since: "2008-05-01"
    ) { target in
        let bytes = target.certificate.serialNumber.bytes
        guard let first = bytes.first, first < 0x80, bytes.contains(where: { $0 != 0 }) else { return ["not positive"] }
        return bytes.count <= 20 ? [] : ["\(bytes.count) bytes, expected at most 20"]
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Ours have 16 bytes of which the first is 1 to 127: 126 random bits or more.
    static let serialEntropy = LintRule(
        id: "serial-entropy", citation: "CP/CPS 7.1.2; CA/Browser Forum BR 7.1 (at least 64 random bits)",
        severity: .error, since: "2026-01-01"
    ) { target in
        guard target.isOurs else { return [] }
        let bytes = target.certificate.serialNumber.bytes
        guard bytes.count == 16, let first = bytes.first, (1...0x7F).contains(first) else {
            return ["not 16 random bytes"]
        }
        return Set(bytes).count > 4 ? [] : ["bytes repeat too often to be random"]
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// 18 digits and capital letters without I, O, S, V and Z; the check digit is the registry's matter.
    static let creditCodeAlphabet = LintRule(
        id: "credit-code-alphabet", citation: "GB 32100-2015, 4", severity: .error, since: "2026-11-21"
    ) { target in
        guard let found = target.certificate.value(of: .organizationCode),
            let element = try? DERElement(parsing: found.value, limit: 256)
        else { return [] }
        let isOne =
            element.content.count == 18
            && element.content.allSatisfy { byte in
                (0x30...0x39).contains(byte)
                    || (0x41...0x59).contains(byte) && ![0x49, 0x4F, 0x53, 0x56].contains(byte)
            }
        // Before 2015 organisations had another code, of nine characters.
        return isOne || !target.isOurs ? [] : ["not a code of GB 32100"]
    }
}

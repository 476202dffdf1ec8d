internal import Cryptography
internal import Groundwork

extension LintRule {
    /// OrganizationCode and organizationIdentifier name the same entity.
    static let creditCodeEqualsIdentifier = LintRule(
        id: "credit-code-equals-identifier", citation: "ETSI EN 319 412-1, 5.1.4; CP/CPS 3.1", severity: .error,
        since: "2026-01-01"
    ) { target in
        guard let found = target.certificate.value(of: .organizationCode),
            let element = try? DERElement(parsing: found.value, limit: 256)
        else { return [] }
        let code = String(decoding: element.content, as: UTF8.self)
        guard let identifier = target.certificate.subject.value(of: .organizationIdentifier) else {
            return !target.isOurs ? [] : ["no organizationIdentifier beside the code"]
        }
        if let policy = target.context.policy {
            return policy.organizationIdentifier.value(for: code) == identifier
                ? [] : ["\(identifier) is not \(code)'s"]
        }
        return identifier.hasSuffix("-" + code) ? [] : ["\(identifier) and \(code) differ"]
    }
}

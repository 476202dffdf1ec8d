internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Present, not critical, and the SHA-1 of the key.
    static let subjectKeyIdentifierPresent = LintRule(
        id: "subject-key-identifier", citation: "RFC 5280, 4.2.1.2", severity: .error, since: "2008-05-01"
    ) { target in
        guard let found = target.certificate.value(of: .subjectKeyIdentifier) else { return ["missing"] }
        return (found.critical ? ["critical"] : [])
            + (!target.isOurs
                || target.certificate.facts.subjectKeyIdentifier == target.certificate.publicKey.keyIdentifier
                ? [] : ["not the key's"])
    }
}

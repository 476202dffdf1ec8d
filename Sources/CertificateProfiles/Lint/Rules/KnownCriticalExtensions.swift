internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What is critical is what every program knows.
    static let knownCriticalExtensions = LintRule(
        id: "known-critical-extensions", citation: "RFC 5280, 4.2", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.extensions.filter { $0.critical && !knownToAll.contains($0.oid) }.map {
            "\($0.oid) is critical"
        }
    }

    private static let knownToAll: Set<OID> = [
        .keyUsage, .basicConstraints, .extendedKeyUsage, .certificatePolicies, .subjectAlternativeName,
        .nameConstraints, .policyConstraints, .inhibitAnyPolicy,
    ]
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What is critical is what every program knows.
    static let knownCriticalExtensions = LintRule(
        id: "known-critical-extensions", citation: "RFC 5280, 4.2", severity: .error, since: "2008-05-01"
    ) { target in
        let known: Set<OID> = [
            .keyUsage, .basicConstraints, .extendedKeyUsage, .certificatePolicies, .subjectAlternativeName, "2.5.29.30",
            "2.5.29.36", "2.5.29.54",
        ]
        return target.certificate.extensions.filter { $0.critical && !known.contains($0.oid) }.map {
            "\($0.oid) is critical"
        }
    }
}

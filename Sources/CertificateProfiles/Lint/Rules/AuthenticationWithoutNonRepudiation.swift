internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Who logs in never signs contracts by it: clientAuth and nonRepudiation exclude each other.
    static let authenticationWithoutNonRepudiation = LintRule(
        id: "authentication-without-non-repudiation", citation: "CP/CPS 6.1.7; GB/T 25056 (one key, one purpose)",
        severity: .error, since: "2026-01-01"
    ) { target in
        let usage = target.usage
        let isAuthentication = target.context.profile?.purpose == .authentication
        guard isAuthentication || target.certificate.extendedKeyUsage.contains(.clientAuth) else { return [] }
        guard target.isOurs else { return [] }
        return (usage.contains(.nonRepudiation) ? ["nonRepudiation in an authentication certificate"] : [])
            + (usage.contains(.digitalSignature) ? [] : ["no digitalSignature"])
    }
}

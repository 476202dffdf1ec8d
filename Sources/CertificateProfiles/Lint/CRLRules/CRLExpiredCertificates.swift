internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Since when expired certificates stay is a GeneralizedTime in the past, not critical.
    static let listExpiredCertificates = LintRule.ofList(
        id: "list-expired-certificates", citation: "X.509 (2019), 9.5.2.8; ETSI EN 319 411-2, 6.3.10",
        since: "2016-10-01"
    ) { target in
        guard let found = target.value(of: .expiredCertsOnCRL) else { return [] }
        guard !found.critical else { return ["critical"] }
        guard let since = try? DERElement(parsing: found.value, limit: 32).generalizedTime() else {
            return ["no GeneralizedTime"]
        }
        return since <= target.thisUpdate ? [] : ["later than the list"]
    }
}

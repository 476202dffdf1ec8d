package import Groundwork

/// How long what is kept: `Policies/retention.yaml`.
package struct RetentionPolicy: Codable, Sendable, Hashable {
    package static let file = "Policies/retention.yaml"
    /// 电子签名法 art. 24.
    package static let leastYears = 5

    package var version: Int
    package var certificates: Certificates
    package var statusAnswers: StatusAnswers
    package var archive: Archive

    package struct Certificates: Codable, Sendable, Hashable { package var yearsAfterEnd: Int }
    package struct StatusAnswers: Codable, Sendable, Hashable { package var daysAfterEnd: Int }
    package struct Archive: Codable, Sendable, Hashable { package var certificates: Int }

    package static func decode(_ text: String) throws(Refusal) -> RetentionPolicy {
        let policy = try StrictYAML.decode(RetentionPolicy.self, from: text, file: file)
        func refused(_ detail: String) -> Refusal {
            Refusal(CertificateAuthorityRefusal.malformedPolicy, detail: detail, facts: ["file": file])
        }
        guard policy.version == 1 else { throw refused("version \(policy.version) is not 1") }
        guard (leastYears...1000).contains(policy.certificates.yearsAfterEnd) else {
            throw refused("certificates.yearsAfterEnd is at least \(leastYears) (电子签名法 art. 24)")
        }
        guard (1...36_500).contains(policy.statusAnswers.daysAfterEnd),
            (1...100_000).contains(policy.archive.certificates)
        else { throw refused("a number is out of its range") }
        return policy
    }

    /// What ended before this moment need not be kept any longer. A year has 366 days, so that none is too short.
    package func horizon(at now: Instant) -> Instant {
        now.adding(days: -366 * Int64(certificates.yearsAfterEnd))
    }
}

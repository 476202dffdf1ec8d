internal import CertificateProfiles
package import Groundwork

/// How long what is kept: `Policies/retention.yaml`.
package struct RetentionPolicy: Codable, Sendable, Hashable {
    package static let file = "Policies/retention.yaml"
    /// 电子签名法 art. 24.
    package static let leastYears = 5

    package var version: Int
    package var certificates: Certificates
    package var statusAnswers: StatusResponses
    package var archive: Archive
    /// Every table of the store, each in one line.
    package var records: [Kept]

    package struct Certificates: Codable, Sendable, Hashable { package var yearsAfterEnd: Int }
    package struct StatusResponses: Codable, Sendable, Hashable { package var daysAfterEnd: Int }
    package struct Archive: Codable, Sendable, Hashable { package var certificates: Int }

    /// One kind of records.
    package struct Kept: Codable, Sendable, Hashable {
        package enum Rule: String, Codable, Sendable, Hashable {
            /// So many days after its end, on two officers' order.
            case days
            /// As long as the certificate that it is about, and gone in the same step.
            case certificate
            /// The service lets it go by itself.
            case automatic
            /// What is so now: a row is replaced or goes when it is no longer so.
            case present
            case forever
        }

        package var kind: String
        package var rule: Rule
        package var days: Int?
        package var tables: [String]
        /// The law, or why no law asks for it.
        package var ground: String
    }

    package static func decode(_ text: String) throws(Refusal) -> RetentionPolicy {
        let policy = try StrictYAML.decode(RetentionPolicy.self, from: text, file: file)
        guard policy.version == 1 else { throw refused("version \(policy.version) is not 1") }
        guard (leastYears...1000).contains(policy.certificates.yearsAfterEnd) else {
            throw refused("certificates.yearsAfterEnd is at least \(leastYears) (电子签名法 art. 24)")
        }
        guard (1...36_500).contains(policy.statusAnswers.daysAfterEnd),
            (1...100_000).contains(policy.archive.certificates)
        else { throw refused("a number is out of its range") }
        for kept in policy.records {
            guard (kept.rule == .days) == (kept.days != nil), (1...36_500).contains(kept.days ?? 1) else {
                throw refused("\(kept.kind): rule days has a number of days, up to 36500, and no other rule has")
            }
            guard !kept.ground.isEmpty, !kept.tables.isEmpty else { throw refused("\(kept.kind): no ground or table") }
        }
        let names = policy.records.map(\.kind)
        let tables = policy.records.flatMap(\.tables)
        guard Set(names).count == names.count, Set(tables).count == tables.count else {
            throw refused("a kind or a table stands in two lines")
        }
        return policy
    }

    /// `malformed-policy`, with what is wrong in this file.
    package static func refused(_ detail: String) -> Refusal {
        Refusal(CertificateProfilesRefusal.malformedPolicy, detail: detail, facts: ["file": file])
    }

    /// What ended before this moment need not be kept any longer. A year has 366 days, so that none is too short.
    package func horizon(at now: Instant) -> Instant {
        now.adding(days: -366 * Int64(certificates.yearsAfterEnd))
    }
}

extension PolicyBook {
    /// The longest life of a holder's certificate in days.
    package var longestLife: Int {
        profiles.values.filter { !$0.purpose.isAuthoritysOwn }.map(\.validityDays).max() ?? 0
    }
}

internal import Cryptography
package import Groundwork

/// What holds for every certificate: `Policies/certificates.yaml`.
package struct CertificatePolicy: Codable, Sendable, Hashable {
    package var organizationIdentifier: OrganizationIdentifierRule
    package var unifiedSocialCreditCode: [CodeExtension]
    package var keys: Keys
    package var issuance: Issuance
    package var revocation: Revocation
    package var status: Status
    package var timeStamps: TimeStamps
    package var validity: Validity

    package struct OrganizationIdentifierRule: Codable, Sendable, Hashable {
        package var country: String
        package var schemes: [Scheme]
        package struct Scheme: Codable, Sendable, Hashable {
            package var prefix: String
            package var scheme: String
        }

        /// The value for a code, such as `NTRCN-91310000631291289X` (ETSI EN 319 412-1, 5.1.4).
        package func value(for code: String) -> String? {
            schemes.first { code.hasPrefix($0.prefix) }.map { "\($0.scheme)\(country)-\(code)" }
        }
    }

    /// An extension that carries the code in clear.
    package struct CodeExtension: Codable, Sendable, Hashable {
        package var oid: String
        package var string: StringForm
        package enum StringForm: String, Codable, Sendable, Hashable { case printable, utf8 }
    }

    package struct Keys: Codable, Sendable, Hashable {
        package var rsaModulusBits: Int
        package var rsaExponents: [Int]
    }

    package struct Issuance: Codable, Sendable, Hashable {
        package var intentLeaseSeconds: Int
        package var activateWithinHours: Int
        package var renewalOpensDaysBeforeEnd: Int
    }

    package struct Revocation: Codable, Sendable, Hashable {
        package var processWithinHours: Int
        package var longestSuspensionDays: Int
    }

    package struct Status: Codable, Sendable, Hashable {
        package var ocspLifeSeconds: Int
        package var listLifeHours: Int
        package var listRenewedAfterHours: Int
        package var rootListLifeDays: Int
        package var requestsInOneQuestion: Int
        /// How long anybody may repeat an answer: what replicas and caches promise.
        package var answersRepeatedForSeconds: Int
        package var freshAnswersPerSecond: Int
        package var answersAheadFromAsks: Int
        package var publicSignatures: PublicSignatures
        package var deltaLifeMinutes: Int
        package var fullListEveryMinutes: Int
        package var listsOnDemand: CRLsOnDemand
        package var expiredStayDays: Int
        package var responderRenewedDaysBeforeEnd: Int

        package struct PublicSignatures: Codable, Sendable, Hashable {
            package var atOnce: Int
            package var waiting: Int
        }

        package struct CRLsOnDemand: Codable, Sendable, Hashable {
            package var lists: Int
            package var withinSeconds: Int
        }
    }

    package static func decode(_ text: String, file: String) throws(Refusal) -> CertificatePolicy {
        let policy = try StrictYAML.decode(CertificatePolicy.self, from: text, file: file)
        if let defect = policy.defect {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: defect, facts: ["file": file])
        }
        return policy
    }

    private var defect: String? {
        let positive = [
            issuance.intentLeaseSeconds, issuance.activateWithinHours, revocation.processWithinHours,
            revocation.longestSuspensionDays, status.ocspLifeSeconds, status.listLifeHours,
            status.listRenewedAfterHours, status.rootListLifeDays, status.requestsInOneQuestion,
            status.answersRepeatedForSeconds, status.freshAnswersPerSecond, status.answersAheadFromAsks,
            status.publicSignatures.atOnce, status.publicSignatures.waiting, status.deltaLifeMinutes,
            status.fullListEveryMinutes, status.listsOnDemand.lists, status.listsOnDemand.withinSeconds,
            status.expiredStayDays, status.responderRenewedDaysBeforeEnd,
        ]
        guard positive.allSatisfy({ (1...1_000_000).contains($0) }), issuance.renewalOpensDaysBeforeEnd >= 0 else {
            return "a duration or number is not positive"
        }
        guard status.listRenewedAfterHours < status.listLifeHours else {
            return "status: a list must be renewed before it ends"
        }
        guard status.answersRepeatedForSeconds <= status.ocspLifeSeconds / 2 else {
            return "status: an answer would be repeated beyond its renewal"
        }
        guard status.fullListEveryMinutes <= status.deltaLifeMinutes else {
            return "status: a delta ends before the next full list"
        }
        let oids = unifiedSocialCreditCode.map(\.oid) + [timeStamps.policy]
        guard oids.allSatisfy({ (try? OID(validating: $0)) != nil }) else { return "an object identifier is malformed" }
        guard !timeStamps.digests.isEmpty else { return "timeStamps: no digest is allowed" }
        guard organizationIdentifier.country.utf8.count == 2 else { return "organizationIdentifier: country" }
        return defectInTime
    }
}

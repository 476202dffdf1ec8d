package import CertificateProfiles
package import Cryptography
package import Groundwork
package import Officers

/// The script of a ceremony: who is there and in what part, what is made. Written and signed off before the day; a key
/// that nothing reads is refused.
package struct CeremonyScript: Codable, Sendable, Hashable {
    package var version: Int
    /// What the ceremony is called in its transcript.
    package var title: String
    package var family: AlgorithmFamily
    /// The only address that certificates name; see ``StatusAddresses``.
    package var statusAddress: String
    /// Where people meet.
    package var place: String
    /// Who leads and answers the questions.
    package var leader: String
    /// At least two, none of whom holds a share.
    package var witnesses: [String]
    package var custodians: Custodians
    /// The first two officers of the authority.
    package var officers: [FirstOfficer]
    /// Says that the keys have no legal effect; only then may the machine be on a network.
    package var evaluation: Bool

    package struct Custodians: Codable, Sendable, Hashable {
        /// How many are needed to join the root key.
        package var threshold: Int
        package var people: [Custodian]
    }

    package struct Custodian: Codable, Sendable, Hashable {
        package var name: String
        /// Where this custodian's share is written, such as a stick of their own. Relative paths begin at the
        /// ceremony's folder.
        package var share: String
    }

    /// Who is enrolled under the bootstrap that this ceremony opens.
    package struct FirstOfficer: Codable, Sendable, Hashable {
        package var name: String
        package var roles: [OfficerRole]
    }

    /// - Throws: `certificate-authority.ceremony-script`, and `StrictYAML`'s refusals.
    package static func decode(_ text: String, file: String) throws(Refusal) -> CeremonyScript {
        let script = try StrictYAML.decode(CeremonyScript.self, from: text, file: file, limit: 65_536)
        if let defect = script.defect {
            throw Refusal(CeremonyRefusal.ceremonyScript, detail: defect, facts: ["file": file])
        }
        return script
    }

    package var addresses: StatusAddresses? { StatusAddresses(base: statusAddress) }

    private var defect: String? {
        guard version == 1 else { return "version \(version) is not 1" }
        guard addresses != nil else { return "statusAddress is not plain http with a host alone" }
        let people = custodians.people
        guard (3...9).contains(custodians.threshold), custodians.threshold < people.count, people.count <= 9 else {
            return "custodians: a threshold of at least 3, more people than that, at most 9"
        }
        guard witnesses.count >= 2 else { return "at least two witnesses" }
        let names = [leader] + witnesses + people.map(\.name)
        guard Set(names).count == names.count else { return "one person stands in two parts" }
        for text in names + officers.map(\.name) + [title, place] {
            guard (1...64).contains(text.unicodeScalars.count), TranscriptText.isOneLine(text) else {
                return "a name, title or place is empty, longer than 64 characters or not one line"
            }
        }
        guard Set(people.map(\.share)).count == people.count, !people.contains(where: { $0.share.isEmpty }) else {
            return "each custodian has a share file of their own"
        }
        guard officers.count == 2, officers[0].name != officers[1].name,
            officers.contains(where: { $0.roles.contains(.superAdministrator) }),
            officers.contains(where: { $0.roles.contains(.auditAdministrator) }),
            !officers.contains(where: { $0.roles.isEmpty || Set($0.roles).count != $0.roles.count })
        else { return "the first two officers: a super administrator and an audit administrator" }
        return nil
    }
}

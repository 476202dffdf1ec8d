internal import CertificateRecords
package import Groundwork
package import Officers
package import Storage

/// Who may be enrolled under the bootstrap, where a ceremony named them: its script, under the root's signature.
package enum FirstOfficers {
    private static let setting = "first-officers"

    static func store(_ officers: [CeremonyScript.FirstOfficer], in transaction: any Transaction) throws(Refusal) {
        try AuthoritySetting.set(setting, text(officers), in: transaction)
    }

    /// `nil` where no ceremony named them: an evaluation.
    package static func named(in transaction: any ReadTransaction) throws(Refusal) -> [CeremonyScript.FirstOfficer]? {
        guard let text = try AuthoritySetting.value(setting, in: transaction) else { return nil }
        func damaged() -> Refusal { Refusal(StorageRefusal.unexpectedValue, detail: setting) }
        let read: CanonicalJSON
        do { read = try CanonicalJSON(parsingCanonical: Array(text.utf8), limit: 4096) } catch { throw damaged() }
        var officers: [CeremonyScript.FirstOfficer] = []
        for member in read.array ?? [] {
            guard let name = member["name"]?.string, let roles = member["roles"]?.array?.map(\.string) else {
                throw damaged()
            }
            let known = roles.compactMap { $0.flatMap(OfficerRole.init(rawValue:)) }
            guard known.count == roles.count else { throw damaged() }
            officers.append(CeremonyScript.FirstOfficer(name: name, roles: known))
        }
        return officers
    }

    /// Refuses others than those that the ceremony named.
    package static func check(
        _ officers: [(name: String, roles: Set<OfficerRole>)], in transaction: any ReadTransaction
    ) throws(Refusal) {
        guard let named = try named(in: transaction) else { return }
        let expected = Dictionary(named.map { ($0.name, Set($0.roles)) }, uniquingKeysWith: { $1 })
        guard officers.count == expected.count, officers.allSatisfy({ expected[$0.name] == $0.roles }) else {
            throw Refusal(
                CeremonyRefusal.otherFirstOfficers,
                facts: ["names": named.map(\.name).joined(separator: ", ")])
        }
    }

    private static func text(_ officers: [CeremonyScript.FirstOfficer]) -> String {
        CanonicalJSON.array(
            officers.map { officer in
                .object([
                    "name": .string(officer.name),
                    "roles": .array(officer.roles.sorted().map { .string($0.rawValue) }),
                ])
            }
        ).text
    }
}

internal import AgentProtocol
internal import CreditCodes
internal import Cryptography
package import Groundwork
package import Officers
internal import SecurityKeys

/// What officers sign for an act on a security key: the act, the key, and everything that the act will do.
package struct KeyOrder: Hashable, Sendable {
    /// The act that is asked for; any of ``acts`` will do.
    package let act: OfficerAct
    let acts: [OfficerAct]
    /// The medium number in hexadecimal digits.
    package let subject: String
    package let parameters: [String: CanonicalJSON]

    init(_ acts: [OfficerAct], on medium: MediumNumber, _ parameters: [String: CanonicalJSON]) {
        act = acts.first ?? .recoverKey
        self.acts = acts
        subject = medium.hex
        self.parameters = parameters
    }

    /// The canonical request, good from now.
    package func request(reason: String, in surroundings: Surroundings) -> CanonicalRequest {
        CanonicalRequest(act, subject: subject, parameters: parameters, reason: reason, in: surroundings)
    }

    /// Acts on officers' keys are ordered as acts on officers.
    var isAboutOfficer: Bool {
        acts.contains { [.issueOfficerCertificate, .enrolOfficer, .changeOfficer].contains($0) }
    }
}

/// The parameters of each act on a key, spelled in one place.
extension KeyOrder {
    static func making(
        _ holder: KeyHolder, _ family: AlgorithmFamily, _ profiles: [KeyPurpose: String],
        _ more: [String: CanonicalJSON] = [:]
    ) -> [String: CanonicalJSON] {
        var parameters = more
        if case .entity(let entity) = holder {
            parameters["entity"] = .string(entity.entity.text)
            parameters["name"] = .string(entity.name)
        }
        parameters["family"] = .string(family.rawValue)
        parameters["profiles"] = .object(
            Dictionary(uniqueKeysWithValues: profiles.map { ($0.key.storedName, .string($0.value)) }))
        return parameters
    }

    static func serials(_ serials: [SerialNumber]) -> CanonicalJSON {
        .array(serials.map(\.hex).sorted().map { .string($0) })
    }

    static func about(
        _ holder: SecurityKey.Holder?, _ more: [String: CanonicalJSON] = [:]
    ) -> [String: CanonicalJSON] {
        var parameters = more
        parameters["entity"] = holder?.entity.map { .string($0.text) }
        return parameters
    }

    static func of(_ plan: KeyPlan) -> [String: CanonicalJSON] {
        ["plan": .string(plan.id.shown), "kind": .string(plan.kind.rawValue)]
    }
}

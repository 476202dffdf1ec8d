package import Groundwork

extension SpentOrder {
    /// The acts by whose orders a plan makes an entity's certificates.
    static let certifying: [OfficerAct] = [.enrolKey, .renewKey, .changeKey, .reissueKey]

    /// Refuses unless this orders a certificate for that entity, on that medium, in that family and under that profile.
    ///
    /// - Parameters:
    ///   - medium: the medium number in hexadecimal digits, the order's subject.
    ///   - entity: the unified social credit code.
    ///   - family: as the order names it.
    ///   - purpose: under which the order names the profile, such as `signature`.
    /// - Throws: `officers.wrong-act`, `officers.wrong-subject`, `officers.wrong-parameters`.
    package func requireCertificate(
        on medium: String, entity: String, family: String, purpose: String, profile: String
    ) throws(Refusal) {
        guard Self.certifying.contains(request.act) else { throw request.wrongAct(.enrolKey) }
        guard request.subject == medium else {
            throw Refusal(OfficersRefusal.wrongSubject, detail: "ordered for the key \(request.subject)")
        }
        guard request.parameters["entity"] == .string(entity), request.parameters["family"] == .string(family),
            request.parameters["profiles"]?[purpose] == .string(profile)
        else { throw Refusal(OfficersRefusal.wrongParameters, detail: "ordered with other parameters") }
    }
}

internal import CreditCodes
internal import Cryptography
package import Groundwork
package import Issuance

@testable package import Officers

extension IssuanceRequest {
    /// The same with the order of a plan that was begun for exactly this: what tests of issuing need, and officers sign
    /// in the tests that are about them.
    package func planned(in surroundings: Surroundings = .real) throws -> IssuanceRequest {
        guard let medium = location.medium, let entity = subject.entity else { return self }
        let key =
            switch proof {
            case .ownKey(let key): key
            case .request(let der): try CertificateRequest(der: der).publicKey
            }
        let request = CanonicalRequest(
            .enrolKey, subject: Hex.encode(medium),
            parameters: [
                "entity": .string(entity.text), "name": .string(subject.commonName),
                "family": .string(key.family?.rawValue ?? ""),
                "profiles": [
                    "authentication": "entity-authentication", "signature": "entity-signature",
                    "encryption": "entity-encryption",
                ],
            ], reason: "测试", in: surroundings)
        var planned = self
        planned.planOrder = SpentOrder(request: request, officers: [], spentAt: surroundings.now())
        return planned
    }

    /// Such an order for another act or with other parameters.
    package func planned(acts act: OfficerAct, parameters: [String: CanonicalJSON]) throws -> SpentOrder {
        SpentOrder(
            request: CanonicalRequest(
                act, subject: Hex.encode(location.medium ?? []), parameters: parameters, reason: "测试", in: .real),
            officers: [], spentAt: Surroundings.real.now())
    }
}

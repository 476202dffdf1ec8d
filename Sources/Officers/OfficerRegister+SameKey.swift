internal import Audit
package import Cryptography
package import Groundwork
package import Storage

/// What is done to an officer's key that stays the officer's: its next certificate, and a new PIN.
extension OfficerRegister {
    /// The parameters of an order for the next key and certificate on the security key that the officer has. They cover
    /// the making, the exchange and the revocation of what is replaced.
    /// - Parameters:
    ///   - medium: the medium number in hexadecimal digits.
    ///   - replaces: serial numbers, in hexadecimal digits.
    package static func renewalParameters(
        of officer: Officer, organization: String?, medium: String, profile: String, family: AlgorithmFamily,
        replaces: [String]
    ) -> [String: CanonicalJSON] {
        [
            "name": .string(officer.name), "organization": organization.map { .string($0) } ?? .null,
            "medium": .string(medium), "profile": .string(profile), "family": .string(family.rawValue),
            "replaces": .array(replaces.map { .string($0) }),
        ]
    }

    /// The parameters of an order for a new PIN on the security key that the officer has.
    package static func unlockParameters(of officer: Officer, medium: String) -> [String: CanonicalJSON] {
        ["name": .string(officer.name), "medium": .string(medium), "unlock": true]
    }

    /// From here on the new certificate alone signs for the officer who had the old one. What is replaced, the caller
    /// revokes in the same transaction. Done already, it changes nothing.
    /// - Throws: `officers.wrong-parameters` where the order, spent when the renewal began, replaces another
    ///   certificate, or the officer has another one by now.
    package func renewCertificate(
        from old: Certificate, to new: Certificate, under order: SpentOrder, in transaction: any Transaction
    ) throws(Refusal) {
        guard order.request.act == .changeOfficer, order.names(old.serialNumber.hex),
            let identifier = OfficerIdentifier(shown: order.request.subject)
        else { throw Refusal(OfficersRefusal.wrongParameters, detail: old.serialNumber.hex) }
        let officer = try existing(identifier, in: transaction)
        if officer.certificate == new { return }
        guard officer.certificate == old else {
            throw Refusal(OfficersRefusal.wrongParameters, detail: "the officer has another certificate by now")
        }
        try checkKey(of: new, in: transaction)
        try OfficerStore.replaceCertificate(of: identifier, by: new, at: surroundings.now(), in: transaction)
        try record(
            .certificateChanged, actor: order.actor, subject: identifier.shown,
            facts: ["certificate": .string(Self.fingerprint(new))], in: transaction)
    }
}

internal import AgentProtocol
internal import CertificateRecords
package import Cryptography
internal import Groundwork
package import Officers
internal import Personalisation
internal import SecurityKeys

/// What is done to the security key that an officer has and keeps.
extension OfficerKeys {
    /// The officer's next key and certificate on the same security key, before the present one ends: from its
    /// activation on it alone counts, and the one of before is revoked as superseded in the same transaction. One order
    /// of two officers, of whom the officer may be one. Interrupted, the same call goes on.
    /// - Returns: the officer's new certificate.
    /// - Throws: `command.officer-not-renewable`, `command.not-officers-key`, `security-keys.no-place` where the model
    ///   has no second place for the key; the order's and the key's refusals.
    package func renew(
        _ identifier: OfficerIdentifier, at terminal: Terminal, reason: String, by officers: OrderingKeys
    ) async throws -> Certificate {
        try ordering.check(.changeOfficer, reason: reason, by: officers)
        let before = try await orders.officer(identifier).officer.certificate
        // What was interrupted on this key goes on under its own order.
        if let recovered = try await keys.recover(at: terminal), recovered.kind == .renewStaged,
            recovered.outcome == .finished
        {
            let now = try await orders.officer(identifier).officer.certificate
            if now != before { return now }
        }
        let (shown, medium, facts) = try await officersOwn(identifier, at: terminal)
        let officer = shown.officer
        guard officer.status == .active, shown.certificate?.state(at: ordering.surroundings.now()) == .active,
            let family = officer.certificate.publicKey.family, let profile = KeyIntent.officerProfiles.values.first
        else { throw Refusal(RegistrationRefusal.officerNotRenewable, facts: ["officer": identifier.shown]) }
        let organization = officer.certificate.subject.attributes.first { $0.type == .organizationName }?.value
        let intent = KeyIntent.renewOfficer(medium, KeyHolder.Officer(name: officer.name, organization: organization))
        // Everything that can be known before the card is touched is known before anybody signs.
        _ = try await keys.personaliser().order(for: intent, facts)
        let parameters = OfficerRegister.renewalParameters(
            of: officer, organization: organization, medium: medium.hex, profile: profile, family: family,
            replaces: [officer.certificate.serialNumber.hex])
        try await run(intent, facts, on: officer, parameters, at: terminal, reason: reason, by: officers)
        return try await orders.officer(identifier).officer.certificate
    }

    /// A new PIN on the officer's own security key, with the secret in the vault, by order of two other officers. An
    /// unfinished renewal that waits for the PIN goes on afterwards.
    /// - Throws: `command.not-officers-key`, `officers.retired`; the order's and the key's refusals.
    package func unlock(
        _ identifier: OfficerIdentifier, at terminal: Terminal, reason: String, by officers: OrderingKeys
    ) async throws {
        try ordering.check(.changeOfficer, reason: reason, by: officers)
        let (shown, medium, facts) = try await officersOwn(identifier, at: terminal)
        guard shown.officer.status != .retired else {
            throw Refusal(OfficersRefusal.retired, facts: ["officer": identifier.shown])
        }
        let intent = KeyIntent.unlockOfficer(medium)
        _ = try await keys.personaliser().order(for: intent, facts)
        try await run(
            intent, facts, on: shown.officer,
            OfficerRegister.unlockParameters(of: shown.officer, medium: medium.hex), at: terminal, reason: reason,
            by: officers)
    }

    private func run(
        _ intent: KeyIntent, _ facts: MediumFacts, on officer: Officer, _ parameters: [String: CanonicalJSON],
        at terminal: Terminal, reason: String, by officers: OrderingKeys
    ) async throws {
        let order = try await ordering.order(
            CanonicalRequest(
                .changeOfficer, subject: officer.identifier.shown, parameters: parameters, reason: reason,
                in: ordering.surroundings), by: officers)
        _ = try await keys.run(
            intent, facts, at: terminal,
            on: .officers(order, subject: officer.identifier.shown, parameters: parameters))
    }

    /// The officer, and the security key in the terminal, which must be the one with the officer's certificate.
    private func officersOwn(
        _ identifier: OfficerIdentifier, at terminal: Terminal
    ) async throws -> (shown: OfficerOrders.Shown, medium: MediumNumber, facts: MediumFacts) {
        let shown = try await orders.officer(identifier)
        let facts = try await keys.identify(at: terminal)
        guard let medium = facts.medium, shown.certificate?.medium == medium.bytes else {
            throw Refusal(
                RegistrationRefusal.notOfficersKey,
                facts: ["reader": terminal.key.name, "officer": identifier.shown, "name": shown.officer.name])
        }
        return (shown, medium, facts)
    }
}

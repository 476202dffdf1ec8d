internal import AgentProtocol
internal import CertificateProfiles
internal import CertificateRecords
package import Cryptography
internal import Groundwork
internal import Issuance
package import KeyCustody
package import Officers
internal import Personalisation
internal import Revocation
internal import SecurityKeys
internal import Storage

/// Keys of officers after the first two: a further officer's, and another one for an officer whose certificate ends or
/// whose key is lost.
///
/// Two orders each: for the certificate on that very key, and for what it is to the officer. Interrupted, the same call
/// goes on: a key that is made is used as it is.
package struct OfficerKeys: Sendable {
    let keys: KeyRegistration
    let orders: OfficerOrders
    let issuers: IssuerDirectory
    var ordering: Ordering { keys.ordering }

    /// Over the keys' life and the officers' own orders.
    package init(keys: KeyRegistration, orders: OfficerOrders, issuers: IssuerDirectory) {
        self.keys = keys
        self.orders = orders
        self.issuers = issuers
    }

    /// A further officer, with a key in a terminal: taken into stock if it is blank, certified, enrolled.
    /// - Throws: `officers.incompatible-roles`, `officers.no-roles`, `officers.name-form` before anybody signs; the
    ///   orders' and the key's refusals.
    package func enrol(
        _ name: String, roles: Set<OfficerRole>, at terminal: Terminal, reason: String, by officers: OrderingKeys
    ) async throws -> Officer {
        let register = ordering.officers
        try register.check(name: name, roles: roles)
        try ordering.check(.enrolOfficer, reason: reason, by: officers)
        let certificate = try await certificate(for: name, at: terminal, reason: reason, by: officers)
        let enrolment = OfficerEnrolment(name: name, roles: roles, certificate: certificate)
        let order = try await ordering.order(
            OfficerRegister.request(toEnrol: enrolment, reason: reason, in: ordering.surroundings), by: officers)
        return try await keys.database.write { try register.enrol(enrolment, authorisedBy: order, in: $0) }
    }

    /// Another key and certificate for an officer: from here on they alone count, and the certificate of before is
    /// revoked as superseded in the same transaction.
    /// - Returns: the officer's new certificate.
    /// - Throws: `officers.unknown-officer`, `officers.retired`; the orders' and the key's refusals.
    package func exchange(
        _ identifier: OfficerIdentifier, at terminal: Terminal, reason: String, by officers: OrderingKeys
    ) async throws -> Certificate {
        let shown = try await orders.officer(identifier)
        guard shown.officer.status != .retired else {
            throw Refusal(OfficersRefusal.retired, facts: ["officer": identifier.shown])
        }
        try ordering.check(.changeOfficer, reason: reason, by: officers)
        let certificate = try await certificate(for: shown.officer.name, at: terminal, reason: reason, by: officers)
        let ended = orders.serials(of: shown, in: [.active, .issued, .suspended])
        let revokes = ended.map(\.hex)
        let order = try await ordering.order(
            OfficerRegister.request(
                toExchange: shown.officer, for: certificate, revokes: revokes, reason: reason,
                in: ordering.surroundings), by: officers)
        let (register, revocation) = (ordering.officers, orders.revocation)
        try await keys.database.write { transaction in
            try register.changeCertificate(
                of: identifier, to: certificate, revokes: revokes, authorisedBy: order, in: transaction)
            let spent = try order.spent(in: transaction)
            for serial in ended {
                try revocation.revoke(serial, reason: .superseded, on: .within(spent), in: transaction)
            }
        }
        return certificate
    }

    /// The officer's certificate on the key in the terminal: the one that is there already for this name and nobody
    /// has, or one that two officers order now.
    private func certificate(
        for name: String, at terminal: Terminal, reason: String, by officers: OrderingKeys
    ) async throws -> Certificate {
        // What was interrupted on this key goes on under its own order.
        _ = try await keys.recover(at: terminal)
        var facts = try await keys.identify(at: terminal)
        if facts.medium == nil {
            let first = OrderingKeys(Array(officers.terminals.prefix(1)), areNamed: true, showWhole: officers.showWhole)
            _ = try await keys.stockIn(at: terminal, by: first)
            facts = try await keys.identify(at: terminal)
        }
        guard let medium = facts.medium, let stored = try await keys.key(medium) else {
            throw Refusal(RegistrationRefusal.notStocked, facts: ["reader": terminal.key.name])
        }
        if stored.key.status == .stocked {
            try await make(name, medium, facts, at: terminal, reason: reason, by: officers)
        }
        let now = ordering.surroundings.now()
        guard
            let record = try await keys.key(medium)?.certificates.first(where: {
                $0.purpose == .officer && $0.isUsable(at: now)
            })
        else { throw Refusal(RegistrationRefusal.officerKeyUnfinished, facts: ["reader": terminal.key.name]) }
        let certificate = try record.certificate()
        guard certificate.subject.attributes.contains(where: { $0.type == .commonName && $0.value == name }) else {
            throw Refusal(RegistrationRefusal.otherOfficersKey, facts: ["reader": terminal.key.name])
        }
        return certificate
    }

    private func make(
        _ name: String, _ medium: MediumNumber, _ facts: MediumFacts, at terminal: Terminal, reason: String,
        by officers: OrderingKeys
    ) async throws {
        guard let issuer = issuers.issuing.last(where: \.isActive), let family = issuer.family,
            let profile = KeyIntent.officerProfiles.values.first
        else { throw Refusal(RegistrationRefusal.officerKeyUnfinished, facts: ["reader": terminal.key.name]) }
        let organization = issuer.certificate.subject.attributes.first { $0.type == .organizationName }?.value
        let parameters = IssuanceService.officerParameters(
            name: name, organization: organization, profile: profile, family: family)
        let order = try await ordering.order(
            CanonicalRequest(
                .issueOfficerCertificate, subject: medium.hex, parameters: parameters, reason: reason,
                in: ordering.surroundings), by: officers)
        _ = try await keys.run(
            .enrolOfficer(medium, KeyHolder.Officer(name: name, organization: organization), family), facts,
            at: terminal, on: .officers(order, subject: medium.hex, parameters: parameters))
    }
}

internal import AgentProtocol
internal import Ceremony
internal import CertificateRecords
package import Cryptography
internal import Groundwork
package import KeyCustody
package import Officers
internal import Personalisation
internal import SecurityKeys
internal import Storage

/// The first two officers, each with a key of their own, under the bootstrap authorisation that ends with them.
package struct FirstOfficerKeys: Sendable {
    let keys: KeyRegistration
    let issuers: IssuerDirectory
    /// Told whose key an interrupted call had made already: no PIN is asked for.
    let isMadeAlready: @Sendable (_ name: String) async -> Void

    /// - Parameter isMadeAlready: told whose key an interrupted call had made already.
    package init(
        keys: KeyRegistration, issuers: IssuerDirectory,
        isMadeAlready: @escaping @Sendable (_ name: String) async -> Void = { _ in }
    ) {
        self.keys = keys
        self.issuers = issuers
        self.isMadeAlready = isMadeAlready
    }

    /// Who is to become one, and where their key is.
    package struct NewOfficer: Sendable {
        /// As the certificate and the register name them.
        package var name: String
        /// The posts to hold.
        package var roles: Set<OfficerRole>
        /// Where the blank key is.
        package var terminal: Terminal

        /// A person with a blank key.
        package init(name: String, roles: Set<OfficerRole>, terminal: Terminal) {
            self.name = name
            self.roles = roles
            self.terminal = terminal
        }
    }

    /// Makes both keys (stock-in, key on the card, certificate of the officers' profile), then enrols both together.
    ///
    /// A key that was made before an interruption is used as it is: this may be called again until it succeeds once.
    package func enrolFirstOfficers(_ newOfficers: [NewOfficer], family: AlgorithmFamily) async throws -> [Officer] {
        let officers = keys.ordering.officers
        // Where a ceremony made the authority, it named them: the bootstrap is opened for nobody else.
        let named = newOfficers.map { (name: $0.name, roles: $0.roles) }
        let bootstrap = try await keys.database.write { transaction in
            try FirstOfficers.check(named, in: transaction)
            return try officers.openBootstrap(in: transaction)
        }
        var enrolments: [OfficerEnrolment] = []
        for new in newOfficers {
            let certificate = try await officerKey(new, family: family, bootstrap: bootstrap)
            enrolments.append(OfficerEnrolment(name: new.name, roles: new.roles, certificate: certificate))
        }
        let both = enrolments
        return try await keys.database.write { transaction in
            try officers.enrolFirstOfficers(both, authorisedBy: bootstrap, in: transaction)
        }
    }

    private func officerKey(
        _ new: NewOfficer, family: AlgorithmFamily, bootstrap: Authorisation
    ) async throws -> Certificate {
        let basis = PlanBasis.authorised(bootstrap)
        let personaliser = keys.personaliser(
            announce: new.terminal.announce, observer: new.terminal.observer, officersOrder: bootstrap)
        let interrupted = new.terminal.key.medium()
        let recovered = try await personaliser.recover(on: interrupted)
        await interrupted.finish()
        if recovered == nil {
            let facts = try await keys.identify(at: new.terminal)
            if facts.medium == nil {
                let surroundings = keys.ordering.surroundings
                _ = try await keys.stockIn(MediumNumber.random(in: surroundings), at: new.terminal, on: basis)
            }
        }
        guard let name = try await keys.identify(at: new.terminal).medium else {
            throw Refusal(RegistrationRefusal.officerKeyUnfinished, facts: ["reader": new.terminal.key.name])
        }
        if try await keys.key(name)?.key.status == .stocked {
            let officer = KeyHolder.Officer(name: new.name, organization: ownOrganization)
            _ = try await keys.run(
                .enrolOfficer(name, officer, family), keys.identify(at: new.terminal), at: new.terminal, on: basis,
                officersOrder: bootstrap)
        } else if recovered == nil {
            // Interrupted before: PINs that are read in a row are the next officer's.
            await isMadeAlready(new.name)
        }
        let now = keys.ordering.surroundings.now()
        guard let record = try await keys.key(name)?.certificates.first(where: { $0.isUsable(at: now) }) else {
            throw Refusal(RegistrationRefusal.officerKeyUnfinished, facts: ["reader": new.terminal.key.name])
        }
        return try record.certificate()
    }
}

extension FirstOfficerKeys {
    /// What the issuing authority calls its own organisation: officers' certificates carry it too.
    private var ownOrganization: String? {
        issuers.issuing.last?.certificate.subject.attributes
            .first { $0.type == .organizationName }?.value
    }
}

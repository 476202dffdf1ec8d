import AgentProtocol
import CertificateAuthority
import Cryptography
import Groundwork
import Officers
import Personalisation
import SecurityKeys
import Storage

/// The first two officers, each with a key of their own, under the bootstrap authorisation that ends with them.
extension OpenAuthority {
    struct NewOfficer: Sendable {
        var name: String
        var roles: Set<OfficerRole>
        var terminal: Terminal
    }

    /// Makes both keys (stock-in, key on the card, certificate of the officers' profile), then enrols both together.
    ///
    /// A key that was made before an interruption is used as it is: this may be called again until it succeeds once.
    func enrolFirstOfficers(_ newOfficers: [NewOfficer], family: AlgorithmFamily) async throws -> [Officer] {
        let officers = officers
        // Where a ceremony made the authority, it named them: the bootstrap is opened for nobody else.
        let named = newOfficers.map { (name: $0.name, roles: $0.roles) }
        let bootstrap = try await database.write { transaction in
            try FirstOfficers.check(named, in: transaction)
            return try officers.openBootstrap(in: transaction)
        }
        var enrolments: [OfficerEnrolment] = []
        for new in newOfficers {
            let certificate = try await officerKey(new, family: family, bootstrap: bootstrap)
            enrolments.append(OfficerEnrolment(name: new.name, roles: new.roles, certificate: certificate))
        }
        let both = enrolments
        return try await database.write { transaction in
            try officers.enrolFirstOfficers(both, authorisedBy: bootstrap, in: transaction)
        }
    }

    private func officerKey(
        _ new: NewOfficer, family: AlgorithmFamily, bootstrap: Authorisation
    ) async throws -> Certificate {
        let basis = PlanBasis.authorised(bootstrap)
        let personaliser = personaliser(
            announce: new.terminal.announce, observer: new.terminal.observer, officersOrder: bootstrap)
        let interrupted = medium(in: new.terminal.reader, pins: new.terminal.pins)
        let recovered = try await personaliser.recover(on: interrupted)
        await interrupted.finish()
        if recovered == nil {
            let facts = try await identify(at: new.terminal)
            if facts.medium == nil {
                _ = try await stockIn(MediumNumber.random(in: surroundings), at: new.terminal, on: basis)
            }
        }
        guard let name = try await identify(at: new.terminal).medium else {
            throw Refusal(CommandRefusal.wrongCard, detail: "no medium number in \(new.terminal.reader)")
        }
        if try await key(name)?.key.status == .stocked {
            let plan = try await personaliser.beginEnrolment(
                of: name, for: KeyHolder(creditCode: nil, organization: ownOrganization, commonName: new.name),
                family: family,
                profiles: [.authentication: "officer"], order: basis)
            try await personaliser.run(plan, on: medium(in: new.terminal.reader, pins: new.terminal.pins))
        } else if recovered == nil {
            // Interrupted before: PINs that are read in a row are the next officer's.
            Console.error("\(new.name)：介质已做好，不再询问 PIN · the key is made already: no PIN is asked for")
        }
        let now = surroundings.now()
        guard let record = try await key(name)?.certificates.first(where: { $0.isUsable(at: now) }) else {
            throw Refusal(CommandRefusal.wrongCard, detail: "no active officer's certificate on \(name.hex)")
        }
        return try record.certificate()
    }
}

extension OpenAuthority {
    /// What the issuing authority calls its own organisation: officers' certificates carry it too.
    private var ownOrganization: String? {
        authority.issuers.issuing.last?.certificate.subject.attributes
            .first { $0.type == .organizationName }?.value
    }
}

internal import Audit
package import Cryptography
package import Groundwork
package import Storage

/// Officers come, change and go. Each act has a request that says everything which is done, and is done from it.
extension OfficerRegister {
    /// The order to enrol: the subject is the certificate's SHA-256, the parameters are name and roles.
    package static func request(
        toEnrol enrolment: OfficerEnrolment, reason: String, in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            .enrolOfficer, subject: fingerprint(enrolment.certificate), parameters: parameters(of: enrolment),
            reason: reason, in: surroundings)
    }

    package func enrol(
        _ enrolment: OfficerEnrolment, authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) -> Officer {
        guard case .officers = authorisation.origin else { throw Refusal(OfficersRefusal.firstOfficers) }
        try authorisation.require(
            .enrolOfficer, subject: Self.fingerprint(enrolment.certificate),
            parameters: Self.parameters(of: enrolment))
        try authorisation.spend(in: transaction)
        return try add(enrolment, actor: authorisation.actor, in: transaction)
    }

    /// The order to give an officer other roles.
    package static func request(
        toChange officer: Officer, roles: Set<OfficerRole>, reason: String, in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            .changeOfficer, subject: officer.identifier.shown, parameters: parameters(of: officer, roles: roles),
            reason: reason, in: surroundings)
    }

    /// - Throws: `officers.last-administrator`, `officers.incompatible-roles`, `officers.no-roles`, the order's.
    package func changeRoles(
        of identifier: OfficerIdentifier, to roles: Set<OfficerRole>, authorisedBy authorisation: Authorisation,
        in transaction: any Transaction
    ) throws(Refusal) {
        let officer = try existing(identifier, in: transaction)
        try authorisation.require(
            .changeOfficer, subject: identifier.shown, parameters: Self.parameters(of: officer, roles: roles))
        try authorisation.spend(in: transaction)
        try checkRoles(roles)
        try OfficerStore.setRoles(roles, of: identifier, in: transaction)
        try checkSomebodyIsLeft(in: transaction)
        try record(
            .rolesChanged, actor: authorisation.actor, subject: identifier.shown,
            facts: ["roles": Self.names(of: roles)], in: transaction)
    }

    /// The order to exchange an officer's certificate.
    /// - Parameter revokes: serial numbers, in hexadecimal digits, of the certificates that the new one ends.
    package static func request(
        toExchange officer: Officer, for certificate: Certificate, revokes: [String] = [], reason: String,
        in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            .changeOfficer, subject: officer.identifier.shown,
            parameters: parameters(of: officer, certificate: certificate, revokes: revokes), reason: reason,
            in: surroundings)
    }

    /// From here on only the new certificate signs for this officer. What the order revokes, the caller revokes in the
    /// same transaction.
    package func changeCertificate(
        of identifier: OfficerIdentifier, to certificate: Certificate, revokes: [String] = [],
        authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) {
        let officer = try existing(identifier, in: transaction)
        try authorisation.require(
            .changeOfficer, subject: identifier.shown,
            parameters: Self.parameters(of: officer, certificate: certificate, revokes: revokes))
        try authorisation.spend(in: transaction)
        try checkKey(of: certificate, in: transaction)
        try OfficerStore.replaceCertificate(of: identifier, by: certificate, at: surroundings.now(), in: transaction)
        try record(
            .certificateChanged, actor: authorisation.actor, subject: identifier.shown,
            facts: ["certificate": .string(Self.fingerprint(certificate))], in: transaction)
    }

    /// The order to suspend or resume an officer, and with the officer these certificates (serial numbers in
    /// hexadecimal digits, none where only the person is meant).
    package static func request(
        _ act: OfficerAct, officer: Officer, certificates: [String] = [], reason: String,
        in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            act, subject: officer.identifier.shown, parameters: parameters(of: officer, certificates: certificates),
            reason: reason, in: surroundings)
    }

    /// Orders that this officer signed and that were not carried out yet are void at once. The certificates that the
    /// order names, the caller suspends in the same transaction.
    /// - Throws: `officers.last-administrator`, the order's.
    package func suspend(
        _ identifier: OfficerIdentifier, certificates: [String] = [], authorisedBy authorisation: Authorisation,
        in transaction: any Transaction
    ) throws(Refusal) {
        try setStatus(.suspended, of: identifier, .suspendOfficer, certificates, authorisation, in: transaction)
        try checkSomebodyIsLeft(in: transaction)
    }

    package func resume(
        _ identifier: OfficerIdentifier, certificates: [String] = [], authorisedBy authorisation: Authorisation,
        in transaction: any Transaction
    ) throws(Refusal) {
        try setStatus(.active, of: identifier, .resumeOfficer, certificates, authorisation, in: transaction)
    }

    private func setStatus(
        _ status: OfficerStatus, of identifier: OfficerIdentifier, _ act: OfficerAct, _ certificates: [String],
        _ authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) {
        let officer = try existing(identifier, in: transaction)
        try authorisation.require(
            act, subject: identifier.shown, parameters: Self.parameters(of: officer, certificates: certificates))
        try authorisation.spend(in: transaction)
        try OfficerStore.setStatus(status, of: identifier, in: transaction)
        try record(
            status == .active ? .resumed : .suspended, actor: authorisation.actor, subject: identifier.shown,
            facts: Self.facts(certificates), in: transaction)
    }

    /// The order by which an officer leaves for good. What is lost stays on record: nobody gets this identifier again,
    /// and no key of theirs becomes another officer's.
    package static func request(
        toRetire officer: Officer, certificates: [String], because crlReason: RevocationReason, reason: String,
        in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            .retireOfficer, subject: officer.identifier.shown,
            parameters: parameters(of: officer, certificates: certificates, because: crlReason), reason: reason,
            in: surroundings)
    }

    /// The certificates that the order names, the caller revokes in the same transaction.
    /// - Throws: `officers.last-administrator`, `officers.retired`, the order's.
    package func retire(
        _ identifier: OfficerIdentifier, certificates: [String], because crlReason: RevocationReason,
        authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) {
        let officer = try existing(identifier, in: transaction)
        try authorisation.require(
            .retireOfficer, subject: identifier.shown,
            parameters: Self.parameters(of: officer, certificates: certificates, because: crlReason))
        try authorisation.spend(in: transaction)
        try OfficerStore.retire(identifier, at: surroundings.now(), in: transaction)
        try checkSomebodyIsLeft(in: transaction)
        try record(
            .retired, actor: authorisation.actor, subject: identifier.shown, facts: Self.facts(certificates),
            in: transaction)
    }

    private static func facts(_ certificates: [String]) -> [String: CanonicalJSON] {
        certificates.isEmpty ? [:] : ["certificates": .array(certificates.map { .string($0) })]
    }

    /// What can be said of a new officer before anybody signs.
    /// - Throws: `officers.name-form`, `officers.no-roles`, `officers.incompatible-roles`.
    package func check(name: String, roles: Set<OfficerRole>) throws(Refusal) {
        guard (1...64).contains(name.unicodeScalars.count),
            name.unicodeScalars.allSatisfy({ $0.properties.generalCategory.isPrintable })
        else { throw Refusal(OfficersRefusal.nameForm) }
        try checkRoles(roles)
    }

    func add(
        _ enrolment: OfficerEnrolment, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) -> Officer {
        try check(name: enrolment.name, roles: enrolment.roles)
        try checkKey(of: enrolment.certificate, in: transaction)
        let officer = Officer(
            identifier: OfficerIdentifier(in: surroundings), name: enrolment.name, roles: enrolment.roles,
            status: .active, certificate: enrolment.certificate, since: surroundings.now())
        try OfficerStore.insert(officer, in: transaction)
        try record(
            .enrolled, actor: actor, subject: officer.identifier.shown,
            facts: [
                "roles": Self.names(of: officer.roles),
                "certificate": .string(Self.fingerprint(officer.certificate)),
            ], personal: ["name": officer.name], in: transaction)
        return officer
    }

    func existing(_ identifier: OfficerIdentifier, in transaction: any Transaction) throws(Refusal) -> Officer {
        guard let officer = try OfficerStore.officer(identifier, in: transaction) else {
            throw Refusal(OfficersRefusal.unknownOfficer)
        }
        guard officer.status != .retired else {
            throw Refusal(OfficersRefusal.retired, facts: ["officer": identifier.shown])
        }
        return officer
    }

    private func checkRoles(_ roles: Set<OfficerRole>) throws(Refusal) {
        guard !roles.isEmpty else { throw Refusal(OfficersRefusal.noRoles) }
        if let conflict = policy.conflict(in: roles) {
            throw Refusal(
                OfficersRefusal.incompatibleRoles,
                facts: [
                    "rolesZh": conflict.map(\.label.zh).joined(separator: "、"),
                    "rolesEn": conflict.map(\.label.en).joined(separator: ", "),
                ])
        }
    }

    func checkKey(of certificate: Certificate, in transaction: any Transaction) throws(Refusal) {
        guard certificate.publicKey.family != nil else { throw Refusal(OfficersRefusal.certificateKey) }
        guard try !OfficerStore.knows(certificate, in: transaction) else {
            throw Refusal(OfficersRefusal.certificateTaken)
        }
    }

    /// After a change somebody must still be able to enrol officers, or the authority could never be administered
    /// again: officers in their posts, whose certificates are good. A key that others may have is stopped by revoking
    /// its certificate for that reason.
    func checkSomebodyIsLeft(in transaction: any ReadTransaction) throws(Refusal) {
        try Self.requireSomebodyIsLeft(under: policy, at: surroundings.now(), isGood: check, in: transaction)
    }

    /// The same for rooms that stop certificates without an order of this room's.
    /// - Throws: `officers.last-administrator`.
    package static func requireSomebodyIsLeft(
        under policy: DualControl, at now: Instant, isGood check: CertificateCheck, in transaction: any ReadTransaction
    ) throws(Refusal) {
        let act = OfficerAct.enrolOfficer
        let rule = policy.rule(for: act)
        let active = try OfficerStore.all(in: transaction).filter { officer in
            officer.status == .active && (try? check(officer.certificate, now, transaction)) == .good
        }
        let possible = active.contains { requester in
            !requester.roles.isDisjoint(with: rule.requesters)
                && active.contains {
                    $0.identifier != requester.identifier && !$0.roles.isDisjoint(with: rule.approvers)
                }
        }
        guard possible else { throw Refusal(OfficersRefusal.lastAdministrator, facts: act.facts) }
    }

    /// Whether the certificate is the present one of an officer who is active.
    package static func isInOffice(certificate: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try OfficerStore.officer(certificate: certificate, in: transaction)?.status == .active
    }

    private static func parameters(of enrolment: OfficerEnrolment) -> [String: CanonicalJSON] {
        ["name": .string(enrolment.name), "roles": names(of: enrolment.roles)]
    }

    private static func parameters(of officer: Officer, roles: Set<OfficerRole>) -> [String: CanonicalJSON] {
        ["name": .string(officer.name), "roles": names(of: roles)]
    }

    private static func parameters(
        of officer: Officer, certificate: Certificate, revokes: [String]
    ) -> [String: CanonicalJSON] {
        [
            "name": .string(officer.name), "certificate": .string(fingerprint(certificate)),
            "revokes": .array(revokes.map { .string($0) }),
        ]
    }

    private static func parameters(
        of officer: Officer, certificates: [String], because reason: RevocationReason? = nil
    ) -> [String: CanonicalJSON] {
        var parameters: [String: CanonicalJSON] = [
            "name": .string(officer.name), "certificates": .array(certificates.map { .string($0) }),
        ]
        if let reason { parameters["reason"] = .integer(Int64(reason.rawValue)) }
        return parameters
    }

    private static func names(of roles: Set<OfficerRole>) -> CanonicalJSON {
        .array(roles.sorted().map { .string($0.rawValue) })
    }

    /// SHA-256 of the certificate, whatever its own algorithms: a name, not a proof.
    package static func fingerprint(_ certificate: Certificate) -> String {
        Hex.encode(DigestAlgorithm.sha256.hash(certificate.der))
    }
}

extension Unicode.GeneralCategory {
    /// Visible in one line of text, or a plain space.
    var isPrintable: Bool {
        switch self {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

internal import Audit
internal import CertificateProfiles
package import CertificateRecords
internal import CreditCodes
package import Cryptography
package import Groundwork
package import KeyCustody
package import Officers
package import Storage

/// Issues certificates to others: the profile, the proof of possession, then the engine.
package struct IssuanceService: Sendable {
    let engine: IssuanceEngine
    let policies: PolicyStore
    package let issuers: IssuerDirectory

    package init(engine: IssuanceEngine, policies: PolicyStore, issuers: IssuerDirectory) {
        self.engine = engine
        self.policies = policies
        self.issuers = issuers
    }

    /// Issues one certificate. Made again under the same reference, it gives the same certificate.
    ///
    /// - Parameters:
    ///   - issuer: the generation; `nil` is the issuing authority of the key's family that is in use.
    ///   - alsoStore: done in the transaction that stores the certificate.
    package func issue(
        _ request: IssuanceRequest, issuer generation: String? = nil,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void = { _, _ in }
    ) async throws -> CertificateRecord {
        guard try await policies.current().profile(request.profile).order != .ceremony else {
            throw Refusal(CertificateRecordsRefusal.authorisationMissing, detail: "only a ceremony issues these")
        }
        return try await issueUnderAnyProfile(request, issuer: generation, alsoStore: alsoStore)
    }

    /// The same for the authority's own keys, under the profiles that a ceremony alone may issue by.
    /// - Throws: `authorisation-missing` for every other profile.
    package func issueInCeremony(
        _ request: IssuanceRequest, issuer generation: String,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void
    ) async throws -> CertificateRecord {
        guard try await policies.current().profile(request.profile).order == .ceremony else {
            throw Refusal(CertificateRecordsRefusal.authorisationMissing, detail: "no ceremony issues these")
        }
        return try await issueUnderAnyProfile(request, issuer: generation, alsoStore: alsoStore)
    }

    private func issueUnderAnyProfile(
        _ request: IssuanceRequest, issuer generation: String?,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void
    ) async throws -> CertificateRecord {
        // The policies may change between reading them and storing the intent: then once more with the new ones.
        do {
            return try await issueOnce(request, generation, alsoStore)
        } catch let refusal as Refusal where refusal.isBecause(CertificateRecordsRefusal.statusBusy) {
            return try await issueOnce(request, generation, alsoStore)
        }
    }

    private func issueOnce(
        _ request: IssuanceRequest, _ generation: String?,
        _ alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void
    ) async throws -> CertificateRecord {
        try await engine.run(
            draft(request, generation, under: try await policies.current(), alsoStore: alsoStore))
    }

    /// What the engine is to do, after everything about the request was checked that needs no store.
    func draft(
        _ request: IssuanceRequest, _ generation: String?, under book: PolicyBook, isRehearsal: Bool = false,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void = { _, _ in }
    ) throws -> IssuanceEngine.Draft {
        let form = try book.form(request.profile)
        let profile = form.profile
        let key = try provedKey(request.proof)
        guard let family = key.family else { throw Refusal(KeyCustodyRefusal.wrongFamily) }
        let issuer = try issuers.issuer(generation: generation, family: family)
        try refuseUnaccepted(key, request.location, profile, book.certificates)
        let order = isRehearsal ? nil : try requireOrder(request, key, profile)

        let now = engine.surroundings.now()
        let notBefore = now.truncatedToSecond
        let full = notBefore.adding(days: Int64(profile.validityDays)).adding(seconds: -1)
        let notAfter = request.notAfterAtMost.map { min($0.truncatedToSecond, full) } ?? full
        guard notAfter <= issuer.certificate.notAfter, notAfter > notBefore else {
            throw Refusal(CertificateRecordsRefusal.outlivesIssuer, detail: issuer.generation)
        }
        let draft = CertificateDraft(
            form: form, policy: book.certificates, issuer: issuer, subject: request.subject, publicKey: key,
            notBefore: notBefore, notAfter: notAfter)
        try draft.check()
        if !isRehearsal, profile.order == .plan { try requirePlanOrder(request, family, profile) }
        return IssuanceEngine.Draft(
            issuer: issuer.generation, shards: issuer.shards, profile: profile.id, purpose: profile.purpose,
            publicKey: key, location: request.location,
            holder: profile.subject.unifiedSocialCreditCode ? request.subject.entity?.text : nil,
            subject: profile.subject.unifiedSocialCreditCode
                ? nil
                : IntentStore.person(
                    organization: request.subject.organization, commonName: request.subject.commonName,
                    purpose: profile.purpose),
            reference: request.reference, actor: request.actor, notAfter: notAfter,
            leaseSeconds: book.certificates.issuance.intentLeaseSeconds,
            activateBy: profile.activation == .required
                ? now.adding(seconds: Int64(book.certificates.issuance.activateWithinHours) * 3600) : nil,
            policyVersion: book.version, context: draft.lintContext, signer: try issuer.certificateSigner(),
            issuerKey: issuer.certificate.publicKey,
            body: { serial throws(Refusal) in try draft.body(serial) },
            alsoIntend: { transaction in
                try request.condition(transaction)
                try order?.spend(in: transaction)
            }, alsoStore: alsoStore)
    }

    /// The order that the profile needs, for exactly this key and these words; `nil` where it needs none.
    private func requireOrder(
        _ request: IssuanceRequest, _ key: PublicKey, _ profile: CertificateProfile
    ) throws(Refusal) -> Authorisation? {
        switch profile.order {
        case .plan, .ceremony: return nil
        case .nobody:
            throw Refusal(IssuanceRefusal.profileNotOpen, facts: ["profile": profile.id])
        case .officerOrder where request.planOrder != nil:
            guard let spent = request.planOrder, let family = key.family, let medium = request.location.medium else {
                throw Refusal(CertificateRecordsRefusal.authorisationMissing)
            }
            var parameters = IssuanceService.officerParameters(
                name: request.subject.commonName, organization: request.subject.organization,
                profile: request.profile, family: family)
            guard spent.request.act == .changeOfficer else {
                try spent.require(.issueOfficerCertificate, subject: Hex.encode(medium), parameters: parameters)
                return nil
            }
            // The renewal on the officer's own key: whose it is, and what is replaced, the register judges.
            parameters["medium"] = .string(Hex.encode(medium))
            parameters["replaces"] = spent.request.parameters["replaces"]
            try spent.require(.changeOfficer, subject: spent.request.subject, parameters: parameters)
            return nil
        case .officerOrder, .serviceOrder:
            guard let order = request.authorisation else {
                throw Refusal(CertificateRecordsRefusal.authorisationMissing)
            }
            if profile.order == .officerOrder {
                try order.require(
                    .issueOfficerCertificate, subject: IssuanceService.orderSubject(key),
                    parameters: IssuanceService.officerParameters(request))
            } else {
                try order.require(
                    .issueServiceCertificate, subject: IssuanceService.orderSubject(key),
                    parameters: IssuanceService.orderParameters(request))
            }
            return order
        }
    }

    /// Nothing is issued to an entity but on an order of officers that was spent for a plan, and names this entity,
    /// this medium, this family and this profile.
    /// - Throws: `authorisation-missing`, and the refusals of an order for something else.
    private func requirePlanOrder(
        _ request: IssuanceRequest, _ family: AlgorithmFamily, _ profile: CertificateProfile
    ) throws(Refusal) {
        guard let order = request.planOrder, let entity = request.subject.entity, let medium = request.location.medium
        else { throw Refusal(CertificateRecordsRefusal.authorisationMissing, detail: profile.id) }
        try order.requireCertificate(
            on: Hex.encode(medium), entity: entity.text, family: family.rawValue, purpose: profile.purpose.rawValue,
            profile: profile.id)
    }

    /// What officers sign for a colleague's certificate: whose it is, under which profile; its subject is the SHA-256
    /// of the key.
    /// - Throws: what is wrong with the request, before anybody is asked to sign.
    package func request(toCertifyOfficer request: IssuanceRequest, justification: String) throws(Refusal)
        -> CanonicalRequest
    {
        CanonicalRequest(
            .issueOfficerCertificate, subject: IssuanceService.orderSubject(try provedKey(request.proof)),
            parameters: IssuanceService.officerParameters(request), reason: justification, in: engine.surroundings)
    }

    private static func officerParameters(_ request: IssuanceRequest) -> [String: CanonicalJSON] {
        officerParameters(
            name: request.subject.commonName, organization: request.subject.organization, profile: request.profile,
            family: nil)
    }

    /// What an order for an officer's certificate binds; for one on a key in a terminal, whose medium number is the
    /// order's subject, the family too.
    package static func officerParameters(
        name: String, organization: String?, profile: String, family: AlgorithmFamily?
    ) -> [String: CanonicalJSON] {
        var parameters: [String: CanonicalJSON] = [
            "name": .string(name), "organization": organization.map { .string($0) } ?? .null,
            "profile": .string(profile),
        ]
        if let family { parameters["family"] = .string(family.rawValue) }
        return parameters
    }

    /// What officers sign for a server's or a department's certificate: the key, and everything that it will say.
    /// - Throws: what is wrong with the request, before anybody is asked to sign.
    package func request(toIssue request: IssuanceRequest, justification: String) throws(Refusal) -> CanonicalRequest {
        CanonicalRequest(
            .issueServiceCertificate, subject: IssuanceService.orderSubject(try provedKey(request.proof)),
            parameters: IssuanceService.orderParameters(request), reason: justification, in: engine.surroundings)
    }

    private static func orderParameters(_ request: IssuanceRequest) -> [String: CanonicalJSON] {
        let subject = request.subject
        func text(_ value: String?) -> CanonicalJSON { value.map { .string($0) } ?? .null }
        return [
            "profile": .string(request.profile), "country": .string(subject.country),
            "stateOrProvince": text(subject.stateOrProvince), "locality": text(subject.locality),
            "organization": text(subject.organization), "organizationalUnit": text(subject.organizationalUnit),
            "commonName": .string(subject.commonName), "creditCode": text(subject.entity?.text),
            "serverNames": .array(subject.serverNames.map { .string($0) }),
            "notAfterAtMost": request.notAfterAtMost.map { .integer($0.milliseconds) } ?? .null,
        ]
    }

    package static func orderSubject(_ key: PublicKey) -> String {
        Hex.encode(DigestAlgorithm.sha256.hash(key.spki))
    }

    /// Proof of possession (RFC 2986; RFC 4211, 4).
    private func provedKey(_ proof: KeyProof) throws(Refusal) -> PublicKey {
        switch proof {
        case .ownKey(let key): return key
        case .request(let der):
            let request = try CertificateRequest(der: der)
            try IssuanceService.requireProof(request)
            return request.publicKey
        }
    }

    /// Refuses a request whose signature is not by the key in it, or is made with an algorithm that is not accepted.
    /// - Throws: `certificate-authority.request-algorithm`, `certificate-authority.unproved-possession`.
    package static func requireProof(_ request: CertificateRequest) throws(Refusal) {
        if case .unsupported(let oid) = request.signedWith {
            throw Refusal(IssuanceRefusal.requestAlgorithm, facts: ["algorithm": oid.description])
        }
        guard request.signatureIsValid() else { throw Refusal(IssuanceRefusal.unprovedPossession) }
    }

    private func refuseUnaccepted(
        _ key: PublicKey, _ location: KeyLocation, _ profile: CertificateProfile, _ policy: CertificatePolicy
    ) throws(Refusal) {
        let defects = WeakKey.defects(of: key, policy: policy.keys)
        guard defects.isEmpty else {
            throw Refusal(
                IssuanceRefusal.weakKey, facts: ["defect": defects.joined(separator: ", ")])
        }
        guard profile.accepts.origins.contains(location.originKind) else {
            throw Refusal(IssuanceRefusal.originNotAccepted, facts: ["origin": location.originKind])
        }
        let models = profile.accepts.models
        guard models.contains("*") || location.model.map(models.contains) ?? false else {
            throw Refusal(IssuanceRefusal.modelNotAccepted, facts: ["model": location.model ?? "?"])
        }
    }

    /// Closes intents whose lease is over: their serial numbers count as revoked from then on. Anybody may call it, as
    /// often as they like.
    /// - Returns: the serial numbers that this call closed.
    package func recoverIntents(limit: Int = 1000) async throws -> [SerialNumber] {
        try await engine.database.write { [engine] transaction in
            let now = engine.surroundings.now()
            return try IntentStore.abandoned(at: now, limit: limit, in: transaction).filter {
                try IntentStore.close(
                    $0, because: "lease over", at: now, audit: engine.audit, actor: .system, in: transaction)
            }
        }
    }

    /// From when on a holder may renew this certificate.
    package func renewalOpens(for record: CertificateRecord) async throws -> Instant {
        let days = try await policies.current().certificates.issuance.renewalOpensDaysBeforeEnd
        return record.notAfter.adding(days: -Int64(days))
    }
}

internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Issuance
internal import KeyCustody
package import Officers
internal import Storage

extension CeremonyInstallation {
    /// Brings a later generation into use where the root's key is on this machine: an evaluation. In earnest the same
    /// is done by request, the root's machine, and install.
    package func rollOver(to generation: String, by order: Authorisation? = nil) async throws {
        let book = try await policies.current()
        let hierarchy = try book.hierarchy(issuing: generation)
        guard let plan = hierarchy.issuing(generation) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        try await refuseComplete(generation)
        let drafts = AuthorityDrafts(
            book: book, addresses: try await statusAddresses(), surroundings: surroundings)
        let root = try await rootOnThisMachine(hierarchy.root, drafts.addresses)
        let setting = "roll-over/\(generation)"
        try await database.write { [self] transaction in
            if try AuthoritySetting.value(setting, in: transaction) != nil { return }
            let actor = try spend(order, for: .rollOver(generation: generation), in: transaction)
            try AuthoritySetting.set(setting, "ordered", in: transaction)
            try audit.record(
                AuditEvent(
                    act: CeremonyAct.ceremonyRequested, actor: actor, subject: generation), in: transaction)
        }
        try await observer(.requestOrdered)
        let key = try await making.key(generation, family: hierarchy.family)
        let issuing = try await issuing(plan, key: key, root: root, drafts)
        try await observer(.authorityStored)
        try await certifyServices(of: issuing, under: root, hierarchy)
        try await complete(generation, transcript: nil)
    }

    /// - Throws: `key-custody.no-signer` where the root's key is elsewhere.
    func rootOnThisMachine(
        _ plan: Hierarchy.Authority, _ addresses: StatusAddresses
    ) async throws -> Issuer {
        let der = try await database.read { transaction in
            try HierarchyStore.certificate(of: plan.generation, in: transaction)
        }
        guard let der else { throw Refusal(CertificateRecordsRefusal.notInitialised) }
        let certificate = try Certificate(der: der)
        let signer = try await keys.signer(plan.generation)
        guard signer.publicKey == certificate.publicKey else {
            throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": plan.generation])
        }
        return Issuer(
            generation: plan.generation, role: .root, certificate: certificate, shards: plan.shards,
            addresses: addresses, signer: signer)
    }

    /// The issuing authority's certificate by a root that signs here; asked again, the same.
    func issuing(
        _ plan: Hierarchy.Authority, key: any Signer, root: Issuer, _ drafts: AuthorityDrafts
    ) async throws -> Issuer {
        let record = try await engine().run(drafts.issuing(plan, key: key.publicKey, root: root))
        return Issuer(
            generation: plan.generation, role: .issuing, certificate: try record.certificate(), shards: plan.shards,
            addresses: drafts.addresses, signer: key)
    }

    func engine() -> IssuanceEngine {
        IssuanceEngine(
            database: database, audit: audit, surroundings: surroundings, observer: issuanceObserver,
            owner: surroundings.randomBytes(16))
    }

    func refuseComplete(_ generation: String) async throws {
        try await database.read { transaction in
            if try AuthoritySetting.value("complete/\(generation)", in: transaction) != nil {
                throw Refusal(CertificateRecordsRefusal.alreadyInitialised, detail: generation)
            }
        }
    }
}

internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
internal import Issuance
internal import KeyCustody
package import Officers
internal import Storage

extension CeremonyInstallation {
    /// Takes over what the root signed: its own certificate, its list, the issuing certificate; then certifies the
    /// generation's service keys. From the last step on it issues, here and in every process.
    package func install(_ bundle: CeremonyBundle, by order: Authorisation? = nil) async throws {
        guard let issued = bundle.issuing else {
            throw Refusal(
                CeremonyRefusal.ceremonyTranscript, detail: "it brings no issuing certificate",
                facts: ["stage": bundle.transcript.stage])
        }
        try refuseEvaluation(bundle)
        let book = try await policies.current()
        let hierarchy = try book.hierarchy(issuing: issued.generation)
        let addresses = try await statusAddresses()
        let check = BundleCheck(bundle: bundle, hierarchy: hierarchy, addresses: addresses, policy: book.certificates)
        try check.run(at: surroundings.now())
        let key = try await keys.signer(issued.generation)
        guard key.publicKey == issued.certificate.publicKey else {
            throw Refusal(
                CeremonyRefusal.ceremonyRequest, detail: "the key on this machine is another one",
                facts: ["generation": issued.generation])
        }
        try await observer(.bundleChecked)
        try await store(bundle, issued, hierarchy, by: order)
        try await observer(.authorityStored)

        let root = Issuer(
            generation: bundle.rootGeneration, role: .root, certificate: bundle.root, shards: hierarchy.root.shards,
            addresses: addresses, signer: nil)
        let issuing = Issuer(
            generation: issued.generation, role: .issuing, certificate: issued.certificate,
            shards: hierarchy.issuing(issued.generation)?.shards ?? 1, addresses: addresses, signer: key)
        try await certifyServices(of: issuing, under: root, hierarchy)
        try await complete(issued.generation, transcript: bundle.transcript.hash)
    }

    /// Each service key of the generation's plan, then the one setting that brings the generation into use.
    func certifyServices(of issuing: Issuer, under root: Issuer, _ hierarchy: Hierarchy) async throws {
        let certification = ServiceCertification(
            making: making,
            issuance: IssuanceService(
                engine: engine(), policies: policies, issuers: IssuerDirectory(issuers: [root, issuing])),
            surroundings: surroundings)
        for service in hierarchy.services(of: issuing.generation) {
            _ = try await certification.certify(
                service, key: ServiceCertification.firstKeyName(service.role, of: issuing.generation),
                family: hierarchy.family, under: issuing.generation)
            try await observer(.serviceCertified)
        }
    }

    func complete(_ generation: String, transcript: [UInt8]?) async throws {
        try await database.write { [audit] transaction in
            guard try AuthoritySetting.value("complete/\(generation)", in: transaction) == nil else { return }
            try AuthoritySetting.set("complete/\(generation)", "yes", in: transaction)
            try StoredAuthority.touch(in: transaction)
            try audit.record(
                AuditEvent(
                    act: CeremonyAct.authorityCreated, actor: .system, subject: generation,
                    facts: transcript.map { ["transcript": .string(Hex.encode($0))] } ?? [:]), in: transaction)
        }
        try await observer(.completed)
    }

    func statusAddresses() async throws -> StatusAddresses {
        let base = try await database.read { try AuthoritySetting.value("status-base", in: $0) }
        guard let addresses = base.flatMap({ StatusAddresses(base: $0) }) else {
            throw Refusal(CertificateRecordsRefusal.notInitialised)
        }
        return addresses
    }

    /// One transaction: both certificates, the list, who the first officers are, the order that is used up.
    private func store(
        _ bundle: CeremonyBundle, _ issued: CeremonyBundle.Issued, _ hierarchy: Hierarchy, by order: Authorisation?
    ) async throws {
        let now = surroundings.now()
        let plan = hierarchy.issuing(issued.generation)
        try await database.write { [self] transaction in
            if try AuthoritySetting.value("complete/\(issued.generation)", in: transaction) != nil {
                throw Refusal(CertificateRecordsRefusal.alreadyInitialised, detail: issued.generation)
            }
            if try ImportedAuthority.isStored(issued.generation, issued.certificate, in: transaction) { return }
            let part = Part.install(generation: issued.generation, certificate: issued.certificate.der)
            let actor = try spend(order, for: part, in: transaction)
            if try !ImportedAuthority.isStored(bundle.rootGeneration, bundle.root, in: transaction) {
                try ImportedAuthority(
                    plan: hierarchy.root, role: .root, parent: hierarchy.root, certificate: bundle.root
                ).store(
                    at: now, owner: surroundings.randomBytes(16), audit: audit, by: actor, in: transaction)
                try StatusService.store(
                    bundle.list, issuer: bundle.rootGeneration, shard: 0, in: transaction)
            }
            if let plan {
                try ImportedAuthority(
                    plan: plan, role: .issuing, parent: hierarchy.root, certificate: issued.certificate
                ).store(
                    at: now, owner: surroundings.randomBytes(16), audit: audit, by: actor, in: transaction)
            }
            if try !OfficerRegister.hasOfficers(in: transaction) {
                try FirstOfficers.store(bundle.script.officers, in: transaction)
            }
            try StoredAuthority.touch(in: transaction)
            try CeremonyHistory(bundle: bundle, audit: audit).record(by: actor, in: transaction)
            try audit.record(
                AuditEvent(
                    act: CeremonyAct.ceremonyInstalled, actor: actor, subject: issued.generation,
                    facts: [
                        "certificate": .string(Hex.encode(issued.certificate.fingerprint)),
                        "root": .string(Hex.encode(bundle.root.fingerprint)),
                        "transcript": .string(Hex.encode(bundle.transcript.hash)),
                    ]), in: transaction)
        }
    }
}

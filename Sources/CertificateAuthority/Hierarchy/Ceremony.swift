package import Audit
package import Cryptography
package import Groundwork
package import Storage

/// Creates an authority from `CA/<family>.yaml`: keys, root, issuing authority, service certificates.
///
/// Interrupted anywhere, it is called again and goes on: a key that was written is used, a certificate that was stored
/// stays. Complete, it refuses. All certificates pass the same lint and the same order as everybody's.
package struct Ceremony: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let observer: IssuanceObserver
    let keys: any KeyCustody
    let addresses: StatusAddresses
    let book: PolicyBook
    let policies: PolicyStore
    let hierarchy: Hierarchy

    /// - Parameters:
    ///   - passphrase: encrypts the key files; it is not kept.
    ///   - keysDirectory: `keys` in the data directory.
    ///   - statusBase: the status address, plain http: the only one that certificates name.
    package static func create(
        _ family: AlgorithmFamily, policies files: PolicyFiles, passphrase: borrowing SecretBytes,
        keysDirectory: String, statusBase: String, database: Database, audit: AuditLog, surroundings: Surroundings,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        try await create(
            family, policies: files, keys: EncryptedKeyFiles(directory: keysDirectory, passphrase: passphrase),
            statusBase: statusBase, database: database, audit: audit, surroundings: surroundings, observer: observer)
    }

    /// The same with keys kept elsewhere.
    package static func create(
        _ family: AlgorithmFamily, policies files: PolicyFiles, keys: any KeyCustody, statusBase: String,
        database: Database, audit: AuditLog, surroundings: Surroundings,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        guard let addresses = StatusAddresses(base: statusBase) else {
            throw Refusal(
                CertificateAuthorityRefusal.malformedPolicy, detail: "the status address is not plain http",
                facts: ["file": statusBase])
        }
        let policies = PolicyStore(database: database, audit: audit, surroundings: surroundings)
        let book = try await policies.storeFirst(files)
        let ceremony = Ceremony(
            database: database, audit: audit, surroundings: surroundings, observer: observer,
            keys: keys, addresses: addresses, book: book, policies: policies,
            hierarchy: try book.hierarchy(family))
        try await ceremony.run()
        return try await Authority.open(
            database: database, audit: audit, keys: keys, surroundings: surroundings, observer: observer)
    }

    private func run() async throws {
        try await begin()
        let owner = surroundings.randomBytes(16)
        let engine = IssuanceEngine(
            database: database, audit: audit, surroundings: surroundings, observer: observer, owner: owner)
        let rootKey = try await key(hierarchy.root.generation)
        let issuingKey = try await key(hierarchy.issuing.generation)

        let rootRecord = try await engine.run(rootDraft(rootKey))
        let root = Issuer(
            generation: hierarchy.root.generation, role: .root, certificate: try rootRecord.certificate(),
            shards: hierarchy.root.shards, addresses: addresses, signer: rootKey)
        let issuingRecord = try await engine.run(issuingDraft(issuingKey, root: root))
        let issuing = Issuer(
            generation: hierarchy.issuing.generation, role: .issuing, certificate: try issuingRecord.certificate(),
            shards: hierarchy.issuing.shards, addresses: addresses, signer: issuingKey)

        let issuance = Issuance(
            engine: engine, policies: policies, issuers: IssuerDirectory(issuers: [root, issuing]))
        for service in hierarchy.services {
            let name = "\(issuing.generation)-\(service.role.rawValue.lowercased())"
            let serviceKey = try await key(name)
            let since = surroundings.now()
            let generation = issuing.generation
            _ = try await issuance.issueAnything(
                IssuanceRequest(
                    profile: service.profile,
                    subject: SubjectDetails(
                        country: service.name.country, organization: service.name.organization,
                        commonName: service.name.commonName),
                    proof: .ownKey(serviceKey.publicKey), actor: .system, reference: "ceremony/\(name)"),
                issuer: generation
            ) { transaction, certificate in
                try transaction.execute(
                    "INSERT INTO service_key (role, issuer, serial, key_name, since) VALUES ($1, $2, $3, $4, $5)",
                    service.role.rawValue, generation, certificate.serialNumber.bytes, name, since)
            }
        }
        try await complete()
    }

    /// Remembers the status address: certificates name it, so a second call must say the same.
    private func begin() async throws {
        let base = addresses.base
        let generation = hierarchy.issuing.generation
        try await database.write { transaction in
            if try AuthoritySetting.value("complete/\(generation)", in: transaction) != nil {
                throw Refusal(CertificateAuthorityRefusal.alreadyInitialised, detail: generation)
            }
            if let before = try AuthoritySetting.value("status-base", in: transaction), before != base {
                throw Refusal(CertificateAuthorityRefusal.alreadyInitialised, detail: "its status address is \(before)")
            }
            try AuthoritySetting.set("status-base", base, in: transaction)
        }
    }

    private func complete() async throws {
        let generation = hierarchy.issuing.generation
        try await database.write { [audit] transaction in
            try AuthoritySetting.set("complete/\(generation)", "yes", in: transaction)
            try audit.record(
                AuditEvent(act: CertificateAuthorityAct.authorityCreated, actor: .system, subject: generation),
                in: transaction)
        }
    }

    /// The key of this name: the one in custody, or a new one.
    private func key(_ name: String) async throws -> any Signer {
        let key: any Signer
        if try await keys.contains(name) {
            key = try await keys.signer(name)
        } else {
            key = try await keys.generate(name, family: hierarchy.family)
        }
        guard key.publicKey.family == hierarchy.family else {
            throw Refusal(CertificateAuthorityRefusal.wrongKeyFile, facts: ["key": name])
        }
        let fingerprint = Hex.encode(DigestAlgorithm.sha256.hash(key.publicKey.spki))
        try await database.write { [audit] transaction in
            guard try AuthoritySetting.value("key/\(name)", in: transaction) != fingerprint else { return }
            try AuthoritySetting.set("key/\(name)", fingerprint, in: transaction)
            try audit.record(
                AuditEvent(
                    act: CertificateAuthorityAct.keyCreated, actor: .system, subject: name,
                    facts: ["key": .string(fingerprint)]), in: transaction)
        }
        return key
    }
}

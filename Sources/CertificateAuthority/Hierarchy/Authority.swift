package import Audit
package import Cryptography
package import Groundwork
package import Officers
package import Storage

/// The authority of one data directory, opened: what the other rooms hold in their hands.
package struct Authority: Sendable {
    package let database: Database
    package let audit: AuditLog
    package let surroundings: Surroundings
    package let addresses: StatusAddresses
    package let policies: PolicyStore
    package let issuers: IssuerDirectory
    package let services: [ServiceKey]
    package let certificates: CertificateStore
    package let issuance: Issuance
    package let revocation: RevocationDesk
    package let status: StatusService
    package let clock: TrustedClock
    package let timeStamps: TimeStampAuthority
    package let validity: ValidityDesk

    /// Opens the key files and certificates of an authority that ``Ceremony`` made.
    ///
    /// A root key that is not on this machine is no defect: the root then signs nothing here.
    package static func open(
        database: Database, audit: AuditLog, keysDirectory: String, passphrase: borrowing SecretBytes,
        surroundings: Surroundings, observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        try await open(
            database: database, audit: audit,
            keys: EncryptedKeyFiles(directory: keysDirectory, passphrase: passphrase), surroundings: surroundings,
            observer: observer)
    }

    /// The same with keys kept elsewhere.
    package static func open(
        database: Database, audit: AuditLog, keys: any KeyCustody, surroundings: Surroundings,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        let stored = try await database.read { try StoredAuthority(in: $0) }
        guard let addresses = StatusAddresses(base: stored.statusBase) else {
            throw Refusal(CertificateAuthorityRefusal.notInitialised)
        }
        var names = stored.services.map(\.keyName)
        for row in stored.issuers {
            if row.role == .root, try await !keys.contains(row.keyName) { continue }
            names.append(row.keyName)
        }
        let signers = try await keys.signers(names)
        func signer(_ name: String, for certificate: Certificate) throws(Refusal) -> any Signer {
            guard let signer = signers[name], signer.publicKey == certificate.publicKey else {
                throw Refusal(CertificateAuthorityRefusal.wrongKeyFile, facts: ["key": name])
            }
            return signer
        }
        let issuers = try stored.issuers.map { row in
            Issuer(
                generation: row.generation, role: row.role, certificate: row.certificate, shards: row.shards,
                addresses: addresses,
                signer: signers[row.keyName] == nil ? nil : try signer(row.keyName, for: row.certificate))
        }
        let services = try stored.services.map { row in
            ServiceKey(
                role: row.role, issuer: row.issuer, certificate: row.certificate,
                signer: try signer(row.keyName, for: row.certificate))
        }
        return Authority(
            database: database, audit: audit, surroundings: surroundings, addresses: addresses,
            issuers: IssuerDirectory(issuers: issuers), services: services, observer: observer)
    }

    private init(
        database: Database, audit: AuditLog, surroundings: Surroundings, addresses: StatusAddresses,
        issuers: IssuerDirectory, services: [ServiceKey], observer: @escaping IssuanceObserver
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.addresses = addresses
        self.issuers = issuers
        self.services = services
        policies = PolicyStore(database: database, audit: audit, surroundings: surroundings)
        certificates = CertificateStore(database: database)
        issuance = Issuance(
            engine: IssuanceEngine(
                database: database, audit: audit, surroundings: surroundings, observer: observer,
                owner: surroundings.randomBytes(16)), policies: policies, issuers: issuers)
        revocation = RevocationDesk(
            database: database, audit: audit, surroundings: surroundings, policies: policies)
        status = StatusService(
            database: database, surroundings: surroundings, policies: policies, issuers: issuers,
            responders: services.filter { $0.role == .ocspResponder })
        clock = TrustedClock(database: database, audit: audit, surroundings: surroundings, policies: policies)
        timeStamps = TimeStampAuthority(
            surroundings: surroundings, policies: policies,
            keys: { services.filter { $0.role == .timeStamping } },
            chain: { key in issuers.chain(of: try issuers.issuer(generation: key.issuer)) }, clock: clock)
        validity = ValidityDesk(
            database: database, audit: audit, surroundings: surroundings, issuers: issuers, policies: policies,
            witness: Witness(
                issuers: issuers, surroundings: surroundings, keys: { services.filter { $0.role == .statements } },
                timeStamps: timeStamps, status: status))
    }

    /// The newest key of a role.
    package func service(_ role: ServiceRole) throws(Refusal) -> ServiceKey {
        guard let key = services.last(where: { $0.role == role }) else {
            throw Refusal(CertificateAuthorityRefusal.noSigner, facts: ["key": role.rawValue])
        }
        return key
    }

    /// Whether the certificate is one of ours that may be relied on at this moment: stored, active, in its time, its
    /// chain whole. Asked of the store each time.
    package func isGoodNow(_ certificate: Certificate) async throws -> Bool {
        let now = surroundings.now()
        guard try await database.read({ try Authority.isUsable(certificate, at: now, in: $0) }) else { return false }
        return ChainValidation.validate(
            certificate, intermediates: issuers.issuing.map(\.certificate), anchors: issuers.anchors, at: now
        ).isValid
    }

    /// "Is this officer's certificate good now?", as ``OfficerRegister`` asks it: an officer's certificate of ours.
    package static let officerStanding: CertificateCheck = { certificate, now, transaction in
        guard let record = try CertificateStore.certificate(certificate.serialNumber, in: transaction),
            record.der == certificate.der
        else { return .notGood("not issued by this authority") }
        guard record.purpose == .officer else { return .notGood("its purpose is \(record.purpose.rawValue)") }
        return record.isUsable(at: now) ? .good : .notGood("it is \(record.state(at: now).label.en)")
    }

    /// The store's word alone, inside a transaction.
    package static func isUsable(
        _ certificate: Certificate, at now: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        guard let record = try CertificateStore.certificate(certificate.serialNumber, in: transaction) else {
            return false
        }
        return record.der == certificate.der && record.isUsable(at: now)
    }
}

/// The rows that an authority is opened from.
private struct StoredAuthority: Sendable {
    struct IssuerRow: Sendable {
        let generation: String
        let role: Issuer.Role
        let shards: Int
        let keyName: String
        let certificate: Certificate
    }
    struct ServiceRow: Sendable {
        let role: ServiceRole
        let issuer: String
        let keyName: String
        let certificate: Certificate
    }

    let statusBase: String
    var issuers: [IssuerRow] = []
    var services: [ServiceRow] = []

    init(in transaction: any ReadTransaction) throws(Refusal) {
        guard let base = try AuthoritySetting.value("status-base", in: transaction) else {
            throw Refusal(CertificateAuthorityRefusal.notInitialised)
        }
        statusBase = base
        for row in try transaction.query(
            "SELECT generation, role, shards, key_name, der FROM authority_issuer ORDER BY created_at, role DESC")
        {
            issuers.append(
                IssuerRow(
                    generation: try row.text("generation"), role: try row.choice("role"),
                    shards: Int(try row.integer("shards")), keyName: try row.text("key_name"),
                    certificate: try Certificate(der: try row.blob("der"))))
        }
        for row in try transaction.query(
            """
            SELECT s.role AS role, s.issuer AS issuer, s.key_name AS key_name, c.der AS der
            FROM service_key s JOIN certificate c ON c.serial = s.serial ORDER BY s.since, s.serial
            """)
        {
            services.append(
                ServiceRow(
                    role: try row.choice("role"), issuer: try row.text("issuer"), keyName: try row.text("key_name"),
                    certificate: try Certificate(der: try row.blob("der"))))
        }
    }
}

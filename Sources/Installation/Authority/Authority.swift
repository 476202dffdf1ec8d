package import Audit
package import CertificateProfiles
package import CertificateRecords
package import CertificateStatus
package import Cryptography
package import Groundwork
package import Issuance
package import KeyCustody
package import LongTermEvidence
package import Officers
package import Revocation
package import Storage
package import TimeStamping

/// The authority of one data directory, opened: what the other rooms hold in their hands.
package struct Authority: Sendable {
    package let database: Database
    package let audit: AuditLog
    package let surroundings: Surroundings
    package let addresses: StatusAddresses
    package let policies: PolicyStore
    package let issuers: IssuerDirectory
    package let certificates: CertificateStore
    package let issuance: IssuanceService
    package let revocation: RevocationService
    package let status: StatusService
    package let clock: TrustedClock
    package let timeStamps: TimeStampAuthority
    package let validity: ValidityService
    package let archives: ArchiveService
    package let retention: RetentionService
    let keys: any SigningKeys
    let directory: AuthorityDirectory
    private let serviceKeys: ServiceKeys
    package let bulkRevocation: BulkRevocation
    /// The line in which signatures for the public wait.
    package let queue: SigningQueue

    /// Opens the key files and certificates of an authority that a ceremony made.
    package static func open(
        database: Database, audit: AuditLog, keysDirectory: String, passphrase: borrowing SecretBytes,
        surroundings: Surroundings, observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        try await open(
            database: database, audit: audit,
            keys: JournalledKeys(files: keysDirectory, passphrase: passphrase, surroundings: surroundings),
            surroundings: surroundings,
            observer: observer)
    }

    /// The same with keys kept elsewhere.
    /// - Parameter kept: other authorities' archives; without them nothing is said of what those brought.
    package static func open(
        database: Database, audit: AuditLog, keys: any SigningKeys, surroundings: Surroundings,
        kept: ImportedArchives? = nil, observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        let directory = try await AuthorityDirectory.open(database, keys: keys, surroundings: surroundings)
        return Authority(
            database: database, audit: audit, surroundings: surroundings, keys: keys, directory: directory,
            kept: kept, observer: observer)
    }

    /// Over a copy of the store that is only read, with whatever keys are here: none are needed.
    package static func open(
        copy database: Database, keys: any SigningKeys, surroundings: Surroundings
    ) async throws -> Authority {
        let directory = try await AuthorityDirectory.open(
            database, keys: keys, surroundings: surroundings, isCopy: true)
        return Authority(
            database: database, audit: AuditLog(surroundings: surroundings), surroundings: surroundings, keys: keys,
            directory: directory, kept: nil, observer: { _, _ in })
    }

    private init(
        database: Database, audit: AuditLog, surroundings: Surroundings, keys: any SigningKeys,
        directory: AuthorityDirectory, kept: ImportedArchives?, observer: @escaping IssuanceObserver
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.keys = keys
        self.directory = directory
        addresses = directory.statusAddresses
        let issuers = IssuerDirectory(directory)
        let serviceKeys = ServiceKeys(directory)
        self.issuers = issuers
        self.serviceKeys = serviceKeys
        let queue = SigningQueue()
        self.queue = queue
        policies = PolicyStore(database: database, audit: audit, surroundings: surroundings)
        certificates = CertificateStore(database: database)
        issuance = IssuanceService(
            engine: IssuanceEngine(
                database: database, audit: audit, surroundings: surroundings, observer: observer,
                owner: surroundings.randomBytes(16), queue: queue), policies: policies, issuers: issuers)
        clock = TrustedClock(database: database, audit: audit, surroundings: surroundings, policies: policies)
        revocation = RevocationService(
            database: database, audit: audit, surroundings: surroundings, policies: policies, queue: queue,
            clock: clock)
        bulkRevocation = BulkRevocation(
            database: database, audit: audit, surroundings: surroundings, revocations: revocation,
            owner: surroundings.randomBytes(16))
        status = StatusService(
            database: database, surroundings: surroundings, policies: policies, issuers: issuers,
            services: serviceKeys, queue: queue)
        timeStamps = TimeStampAuthority(
            surroundings: surroundings, policies: policies,
            keys: { serviceKeys.keys(.timeStamping) },
            chain: { key in issuers.chain(of: try issuers.issuer(generation: key.issuer)) }, clock: clock,
            queue: queue)
        validity = ValidityService(
            database: database, audit: audit, surroundings: surroundings, issuers: issuers, policies: policies,
            kept: ImportedRecords(kept),
            evidenceSigner: EvidenceSigner(
                issuers: issuers, surroundings: surroundings, keys: { serviceKeys.keys(.statements) },
                timeStamps: timeStamps, status: status),
            disputes: DisputedHistories(database: database, audit: audit))
        archives = ArchiveService(
            database: database, audit: audit, surroundings: surroundings, issuers: issuers, addresses: addresses,
            policies: policies, validity: validity, status: status, services: { serviceKeys.all })
        retention = RetentionService(
            database: database, audit: audit, policies: policies, clock: clock, surroundings: surroundings,
            issuers: issuers)
    }

    /// Takes over generations and service keys that another process, or a ceremony, has brought into the store.
    /// Cheap where nothing changed: housekeeping calls it at every tick.
    /// - Returns: whether anything changed.
    @discardableResult
    package func refresh() async throws -> Bool { try await directory.refresh() }

    /// The same at the price of one small read where nothing has changed, whatever is away: for a watch that asks
    /// often.
    package func follow() async throws -> Bool { try await directory.follow() }

    /// Whether there is such a generation, asking the store where this process has not heard of it.
    package func knows(generation: String) async -> Bool { await directory.knows(generation) }

    /// Every service key, the newest last, those too that sign no more: what they signed is judged by them.
    package var services: [ServiceKey] { serviceKeys.all }

    /// The newest key of a role that may sign.
    package func service(_ role: ServiceRole) throws(Refusal) -> ServiceKey {
        guard let key = serviceKeys.newest(role) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": role.rawValue])
        }
        return key
    }

    /// The keys of a role that may sign and that one generation certified, the newest last; of any generation where
    /// none is named.
    package func serviceKeys(_ role: ServiceRole, issuer: String? = nil) -> [ServiceKey] {
        serviceKeys.keys(role, issuer: issuer)
    }

    /// "Is this officer's certificate good now?", as ``OfficerRegister`` asks it: an officer's certificate of ours.
    package static var officerCertificateStatus: CertificateCheck { CertificateStore.officerCertificateStatus }

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

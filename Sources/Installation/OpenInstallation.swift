package import AgentProtocol
package import Audit
package import Authentication
internal import CertificateRecords
package import Cryptography
package import ElectronicSeals
internal import Foundation
package import Groundwork
package import KeyCustody
package import LegalEntities
package import LongTermEvidence
package import Officers
package import Personalisation
internal import Registration
package import SecurityKeys
package import Storage

/// The rooms wired together over one data directory: what every command and the service hold in their hands.
package struct OpenInstallation: Sendable {
    /// The configuration file.
    package let configuration: ServiceConfiguration
    /// Time and random bytes of every room.
    package let surroundings: Surroundings
    /// The store; every room writes through it.
    package let database: Database
    /// The audit of every room.
    package let audit: AuditLog
    /// The authority's rooms.
    package let authority: Authority
    /// The authority's private keys: files, or a token's.
    package let custody: any SigningKeys
    /// The PKCS #11 token of the keys; `nil` where they are files.
    package let token: Token?
    /// The policies of every room, one version for all.
    package let policies: PoliciesInForce
    /// Officers and their orders, by the policy in force.
    package let officers: OfficerRegister
    /// The registry of legal entities.
    package let registry: RegistryStore
    /// Card secrets.
    package let vault: CardSecretVault
    /// The makers' roots of key attestations.
    package let roots: AttestationRoots
    /// Departments' applications.
    package let applications: RelyingApplications
    /// Login challenges, signed.
    package let challenges: Challenges
    /// What answers to challenges are judged by.
    package let verifications: Verifications
    /// What seals need of the other rooms.
    package let sealDependencies: SealDependencies
    /// Electronic seals as they are stored.
    package let seals: SealService
    /// Makes seals.
    package let sealMaker: SealMaker
    /// Seals documents.
    package let stamping: Stamping

    /// Every room's tables, in the rooms' order.
    package static let migrations = InstallationSchema.migrations

    /// The store with every room's tables, brought up to date.
    package static func openDatabase(_ configuration: ServiceConfiguration, _ surroundings: Surroundings) throws
        -> Database
    {
        try requireDatabase(configuration)
        let path = configuration.data + "/database.sqlite"
        // SQLite would give it the mode that the shell's umask leaves; its log gets what the file has.
        let made = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if made >= 0 { close(made) }
        return try Database.open(
            at: path, migrations: migrations, surroundings: surroundings,
            beforeCommit: [AuditLog(surroundings: surroundings).sequencer])
    }

    /// Where issuing keys have signed, there was a database: none is made in its place. Nothing is written.
    /// - Throws: `command.database-lost`.
    private static func requireDatabase(_ configuration: ServiceConfiguration) throws(Refusal) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: configuration.data + "/keys")) ?? []
        guard names.contains(where: { $0.hasSuffix(".signed") }),
            RegularFile.size(at: configuration.data + "/database.sqlite") ?? 0 == 0
        else { return }
        throw Refusal(InstallationRefusal.databaseLost, facts: ["path": configuration.data])
    }

    /// - Parameter opening: when the authority's keys are opened, each of which takes a quarter of a second.
    /// - Throws: `command.not-initialised`, `command.replica-only`, and what a room refuses of its part.
    package static func open(
        _ configuration: ServiceConfiguration, opening: EncryptedKeyFiles.Opening = .atOnce,
        surroundings: Surroundings = .real
    ) async throws -> OpenInstallation {
        try requireDatabase(configuration)
        guard FileManager.default.fileExists(atPath: configuration.data + "/database.sqlite") else {
            throw Refusal(InstallationRefusal.notInitialised, facts: ["path": configuration.data])
        }
        guard try configuration.statusNode().role == .primary else { throw Refusal(InstallationRefusal.replicaOnly) }
        let database = try openDatabase(configuration, surroundings)
        let audit = AuditLog(surroundings: surroundings)
        let custody = try OpenedCustody.open(
            configuration, opening: opening, database: database, audit: audit, surroundings: surroundings)
        let authority = try await Authority.open(
            database: database, audit: audit, keys: custody.keys, surroundings: surroundings,
            kept: ImportedArchives(dataDirectory: configuration.data))
        let keyring = VaultKeyring(
            path: configuration.data + "/keys/escrow.sealed",
            passphrase: try SecretFile.read(configuration.secrets.vault),
            token: custody.token)
        do throws(Refusal) { try await keyring.refresh() } catch {
            // The token is away: whatever needs a card's secret refuses so, and everything else goes on.
            guard error.retry == .later else { throw error }
        }
        let open = try await OpenInstallation(
            configuration: configuration, surroundings: surroundings, database: database, audit: audit,
            authority: authority, custody: custody, keyring: keyring)
        try await open.judgeStore()
        return open
    }

    private init(
        configuration: ServiceConfiguration, surroundings: Surroundings, database: Database, audit: AuditLog,
        authority: Authority, custody: OpenedCustody, keyring: VaultKeyring
    ) async throws {
        self.configuration = configuration
        self.surroundings = surroundings
        self.database = database
        self.audit = audit
        self.authority = authority
        self.custody = custody.keys
        token = custody.token
        let policies = try await PoliciesInForce(authority.policies)
        self.policies = policies
        officers = OfficerRegister(
            database: database, audit: audit, policyInForce: { policies.rooms.dualControl },
            surroundings: surroundings, isGood: Authority.officerCertificateStatus)
        let registry = RegistryStore(
            database: database, audit: audit, rulesInForce: { policies.rooms.codeRules }, surroundings: surroundings)
        self.registry = registry
        vault = CardSecretVault(keyring: keyring, surroundings: surroundings)
        roots = try AttestationRoots(folder: configuration.data + "/attestation-roots")

        applications = RelyingApplications(database: database, audit: audit, surroundings: surroundings)
        challenges = Challenges(database: database, policyInForce: { policies.rooms.login }, surroundings: surroundings)
        {
            try authority.service(.statements).signer
        }
        verifications = Verifications(
            database: database, policyInForce: { policies.rooms.login }, audit: audit,
            certificates: CertificateKnowledge(authority), entity: Verifications.entities(in: registry),
            surroundings: surroundings
        ) { authority.serviceKeys(.statements).map(\.certificate) }

        let dependencies = SealDependencies(authority, registry: registry)
        sealDependencies = dependencies
        seals = SealService(database: database, audit: audit, dependencies: dependencies, surroundings: surroundings)
        sealMaker = SealMaker(
            database: database, policyInForce: { policies.rooms.seals }, audit: audit, dependencies: dependencies,
            drawing: BlockingPool(threads: 2, name: "seal-drawing"), surroundings: surroundings
        ) {
            let key = try authority.service(.sealMaker)
            return (key.signer, key.certificate)
        }
        stamping = Stamping(
            database: database, audit: audit, dependencies: dependencies,
            reading: BlockingPool(threads: 2, name: "pdf-reading"),
            surroundings: surroundings)
    }

    /// Archives with everything that the rooms know of a certificate.
    package var archives: ArchiveService { authority.archives.with(InstallationSchema.companions) }
    /// Other authorities' archives, as they were imported.
    package var keptArchives: ImportedArchives { ImportedArchives(dataDirectory: configuration.data) }
    /// Lets go of certificates with everything that the rooms know of them.
    package var retention: RetentionService { authority.retention.with(InstallationSchema.companions) }
    /// What is kept for a time only.
    package var timedPruning: TimedPruning { TimedPruning(authority, InstallationSchema.retained(audit)) }

    /// The rules for PINs of the policy in force.
    package var pinRules: PINRules { policies.rooms.pinRules }
    /// The working days of the policy in force.
    package var countersigningDuty: CountersigningDuty { CountersigningDuty(calendar: policies.rooms.workingDays) }
    /// The family of the issuing authority in use.
    package var family: AlgorithmFamily { authority.issuers.issuing.last?.family ?? .sm2 }
}

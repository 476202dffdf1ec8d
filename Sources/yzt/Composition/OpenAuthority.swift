import AgentProtocol
import Audit
import Authentication
import CardAgent
import CertificateAuthority
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import LegalEntities
import Officers
import PCSC
import PIV
import Personalisation
import SecurityKeys
import Storage
import WebService

/// The rooms wired together over one data directory: what every command and the service hold in their hands.
struct OpenAuthority: Sendable {
    let configuration: ServiceConfiguration
    let surroundings: Surroundings
    let database: Database
    let audit: AuditLog
    let authority: Authority
    let custody: any KeyCustody
    let token: Token?
    let book: PolicyBook
    let officers: OfficerRegister
    let registry: RegistryStore
    let escrow: Escrow
    let models: CardModels
    let pinRules: PINRules
    let roots: AttestationRoots
    let readers: PCSCReaders
    let applications: RelyingApplications
    let challenges: Challenges
    let verifications: Verifications
    let sealHouse: SealSurroundings
    let seals: SealDesk
    let sealMaker: SealMaker
    let stamping: Stamping
    let countersigningDuty: CountersigningDuty

    /// Every room's tables, in the rooms' order.
    static let migrations = HouseRecords.migrations

    static func openDatabase(_ configuration: ServiceConfiguration, _ surroundings: Surroundings) throws -> Database {
        try Database.open(
            at: configuration.data + "/database.sqlite", migrations: migrations, surroundings: surroundings,
            beforeCommit: [AuditLog(surroundings: surroundings).sequencer])
    }

    static func open(_ configuration: ServiceConfiguration, surroundings: Surroundings = .real) async throws
        -> OpenAuthority
    {
        guard FileManager.default.fileExists(atPath: configuration.data + "/database.sqlite") else {
            throw Refusal(CommandRefusal.notInitialised, facts: ["path": configuration.data])
        }
        guard try configuration.statusNode().role == .primary else { throw Refusal(CommandRefusal.replicaOnly) }
        let database = try openDatabase(configuration, surroundings)
        let audit = AuditLog(surroundings: surroundings)
        let custody = try OpenedCustody.open(
            configuration, database: database, audit: audit, surroundings: surroundings)
        let authority = try await Authority.open(
            database: database, audit: audit, keys: custody.keys, surroundings: surroundings,
            kept: KeptArchives(dataDirectory: configuration.data))
        let keyring = EscrowKeyring(
            path: configuration.data + "/keys/escrow.sealed",
            passphrase: try SecretFile.read(configuration.secrets.escrow),
            token: custody.token)
        do throws(Refusal) { try await keyring.refresh() } catch {
            // The token is away: whatever needs a card's secret refuses so, and everything else goes on.
            guard error.retry == .later else { throw error }
        }
        return try await OpenAuthority(
            configuration: configuration, surroundings: surroundings, database: database, audit: audit,
            authority: authority, custody: custody, keyring: keyring)
    }

    private init(
        configuration: ServiceConfiguration, surroundings: Surroundings, database: Database, audit: AuditLog,
        authority: Authority, custody: OpenedCustody, keyring: EscrowKeyring
    ) async throws {
        self.configuration = configuration
        self.surroundings = surroundings
        self.database = database
        self.audit = audit
        self.authority = authority
        self.custody = custody.keys
        token = custody.token
        let book = try await authority.policies.current()
        self.book = book
        let policies = try RoomPolicies(book)
        officers = OfficerRegister(
            database: database, audit: audit, policy: policies.dualControl,
            surroundings: surroundings, isGood: Authority.officerStanding)
        let registry = RegistryStore(
            database: database, audit: audit, rules: policies.codeRules, surroundings: surroundings)
        self.registry = registry
        escrow = Escrow(keyring: keyring, surroundings: surroundings)
        models = policies.models
        pinRules = policies.pinRules
        countersigningDuty = CountersigningDuty(calendar: policies.workingDays)
        roots = try AttestationRoots(folder: configuration.data + "/attestation-roots")
        readers = PCSCReaders(surroundings: surroundings)

        applications = RelyingApplications(database: database, audit: audit, surroundings: surroundings)
        challenges = Challenges(database: database, policy: policies.login, surroundings: surroundings) {
            try authority.service(.statements).signer
        }
        verifications = Verifications(
            database: database, policy: policies.login, audit: audit,
            certificates: CertificateKnowledge(authority), entity: Verifications.entities(in: registry),
            surroundings: surroundings
        ) { authority.serviceKeys(.statements).map(\.certificate) }

        let house = SealSurroundings(authority, registry: registry)
        sealHouse = house
        seals = SealDesk(database: database, audit: audit, house: house, surroundings: surroundings)
        sealMaker = SealMaker(
            database: database, policy: policies.seals, audit: audit, house: house,
            drawing: BlockingPool(threads: 2, name: "seal-drawing"), surroundings: surroundings
        ) {
            let key = try authority.service(.sealMaker)
            return (key.signer, key.certificate)
        }
        stamping = Stamping(
            database: database, audit: audit, house: house, reading: BlockingPool(threads: 2, name: "pdf-reading"),
            surroundings: surroundings)
    }

    /// Archives with everything that the rooms know of a certificate.
    var archives: ArchiveDesk { authority.archives.with(HouseRecords.companions) }
    /// Other authorities' archives, as they were taken over.
    var keptArchives: KeptArchives { KeptArchives(dataDirectory: configuration.data) }
    /// Lets go of certificates with everything that the rooms know of them.
    var retention: RetentionDesk { authority.retention.with(HouseRecords.companions) }
    /// What is kept for a time only.
    var timedPruning: TimedPruning { TimedPruning(authority, HouseRecords.retained(audit)) }

    /// The personaliser with its observer: the shipped one logs steps where asked to.
    func personaliser(
        announce: @escaping @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in },
        observer: @escaping PlanObserver = { _ in }, officersOrder: Authorisation? = nil
    ) -> Personaliser {
        let desk = AuthorityDesk(
            issuance: authority.issuance, revocation: authority.revocation, certificates: authority.certificates,
            officersOrder: officersOrder)
        return Personaliser(
            database: database, escrow: escrow, authority: desk, models: models,
            roots: roots, surroundings: surroundings, announce: announce, observer: observer)
    }

    /// A key in a reader of this machine as a medium.
    func medium(in reader: String, pins: any PINProvider) -> any HolderMedium {
        ReaderTerminal(reader, readers: readers, pins: pins, rules: pinRules, surroundings: surroundings).medium()
    }

    /// Officers' keys in readers, as signers of one order.
    func signers(_ keys: [String], pins: any PINProvider, for act: OfficerAct) -> [CardOfficerSigner] {
        keys.map { reader in
            CardOfficerSigner(
                reader: reader, readers: readers, pins: pins,
                purpose: LocalisedText(zh: "授权：\(act.label.zh)", en: "authorise: \(act.label.en)"))
        }
    }
}

import Audit
import Authentication
import AuthorityFixtures
import Ceremony
import CertificateRecords
import CoreMetrics
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import LegalEntities
import Logging
import Officers
import OtherPrograms
import Revocation
import ServiceLifecycle
import Storage
import Synchronization
import Testing
import Installation
import WebService

/// A whole authority in a folder of its own, and its four addresses on sockets of this machine.
final class WebHouse: Sendable {
    static let uscc = "91310000631291289X"
    static let page = "https://portal.example.gov.cn"
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let family: AlgorithmFamily
    let authority: Authority
    let database: Database
    let audit: AuditLog
    let registry: RegistryStore
    let caller: Caller
    let isSecure: Bool
    let limits: NetworkLimits
    /// Turned on, `/readyz` has a reason to say no.
    let isBroken = Mutex(false)
    /// Of the login address; `nil`: the repository's.
    let rates = Mutex<LoginPolicy.Rates?>(nil)
    /// The port that certificates name; `nil`: they name one where nobody answers.
    let statusPort: Int?
    let keys = KeysInMemory()
    private let ports = Mutex<[ServiceAddress: Int]>([:])

    /// Serves on free ports while the body runs.
    static func serve(
        _ family: AlgorithmFamily = .p256, isSecure: Bool = false, policies: PolicyFiles? = nil,
        limits: NetworkLimits = NetworkLimits(), onNamedPort: Bool = false,
        _ body: @escaping @Sendable (WebHouse) async throws -> Void
    ) async throws {
        let named = onNamedPort ? try HeldPort() : nil
        defer { withExtendedLifetime(named) {} }
        let house = try await WebHouse(family, isSecure: isSecure, policies, limits, statusPort: named?.number)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (open, opened) = AsyncStream<(ServiceAddress, Int)>.makeStream()
        let metrics = PrometheusRegistry()
        let services = try ServiceAddress.allCases.map { serviceAddress in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: try house.server(serviceAddress, metrics, logger).service { opened.yield(($0, $1.port)) })
        }
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            // Other tests of this process count for themselves.
            tasks.addTask { try await withMetricsFactory(metrics) { try await group.run() } }
            tasks.addTask {
                var listening = open.makeAsyncIterator()
                for _ in ServiceAddress.allCases {
                    guard let (serviceAddress, port) = await listening.next() else { break }
                    house.ports.withLock { $0[serviceAddress] = port }
                }
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await body(house)) } catch { outcome = .failure(error) }
                await group.triggerGracefulShutdown()
                try outcome.get()
            }
            try await tasks.waitForAll()
        }
        await house.database.close()
    }

    func base(_ serviceAddress: ServiceAddress) -> String {
        "http://127.0.0.1:\(ports.withLock { $0[serviceAddress] } ?? 0)"
    }

    func port(_ serviceAddress: ServiceAddress) -> Int { ports.withLock { $0[serviceAddress] ?? 0 } }

    /// The repository's, with one line of certificates.yaml changed.
    static func policies(_ old: String, _ new: String) throws -> PolicyFiles {
        var texts = try PolicyFiles.read(root: root.path).texts
        let shipped = try #require(texts["Policies/certificates.yaml"])
        let altered = shipped.replacing(old, with: new)
        try #require(altered != shipped)
        texts["Policies/certificates.yaml"] = altered
        return PolicyFiles(texts: texts)
    }

    private init(
        _ family: AlgorithmFamily, isSecure: Bool, _ policies: PolicyFiles?, _ limits: NetworkLimits, statusPort: Int?
    ) async throws {
        self.statusPort = statusPort
        self.family = family
        self.isSecure = isSecure
        self.limits = limits
        caller = try Caller()
        let surroundings = Surroundings.real
        audit = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: caller.folder.path + "/database.sqlite",
            migrations: InstallationSchema.migrations, surroundings: surroundings, beforeCommit: [audit.sequencer])
        authority = try await EvaluationCeremony.create(
            family, policies: policies ?? PolicyFiles.read(root: Self.root.path), keys: keys,
            statusBase: "http://127.0.0.1:\(statusPort ?? 1)", database: database, audit: audit,
            surroundings: surroundings)
        let rules = try String(contentsOf: Self.root.appending(path: "Policies/uscc.yaml"), encoding: .utf8)
        let codes = try CodeRules(yaml: rules)
        registry = RegistryStore(database: database, audit: audit, rules: codes, surroundings: surroundings)
        try await database.write { transaction in
            let feed = surroundings.randomBytes(16)
            try transaction.execute(
                """
                INSERT INTO registry_import (id, feed, digest, begun_at, done_at, lines, added, changed, renamed,
                    unchanged, bad) VALUES ($1, 'test', $2, 1, 1, 1, 1, 0, 0, 0, 0)
                """, feed, surroundings.randomBytes(32))
            try transaction.execute(
                """
                INSERT INTO registry_record (uscc, name, entity_type, division, legal_representative, status,
                    changed_at, changed_by) VALUES ($1, '上海示例科技有限公司', '有限责任公司', '310115', '王晓', 'active', 1, $2)
                """, Self.uscc, feed)
        }
        try await RelyingApplications(database: database, audit: audit, surroundings: surroundings).adopt([
            RelyingApplication(
                client: ClientIdentifier("tax-portal"), name: LocalisedText(zh: "电子税务局", en: "Tax portal"),
                department: "税务局", origins: [WebOrigin(Self.page)])
        ])
    }

    var issuing: Issuer { get throws { try authority.issuers.issuer(generation: nil, family: family) } }

    /// An active certificate of the one entity.
    func certificate(
        _ profile: String = "entity-authentication", key: PrivateKey? = nil
    ) async throws -> CertificateRecord {
        let key = try key ?? PrivateKey.generate(family)
        let record = try await authority.issuance.issue(
            IssuanceRequest(
                profile: profile,
                subject: SubjectDetails(
                    organization: "上海示例科技有限公司", commonName: "上海示例科技有限公司",
                    entity: try UnifiedSocialCreditCode(trustingStored: Self.uscc)),
                proof: .ownKey(key.publicKey),
                location: KeyLocation(
                    medium: [UInt8](repeating: 0x42, count: 16), slot: 0x9A, model: "virtual-key",
                    origin: "witnessed"),
                actor: .system
            ).planned())
        return try await authority.revocation.activate(record.serialNumber, actor: .system)
    }

    /// The files that third parties need: `issuing.pem`, `chain.pem`, and the certificates by the given names.
    func writeCertificates(_ named: [String: Certificate] = [:]) throws {
        try caller.write(issuing.certificate.pem, "issuing.pem")
        let chain = authority.issuers.issuers.filter { $0.family == family }.map(\.certificate.pem).joined()
        try caller.write(chain, "chain.pem")
        for (name, certificate) in named { try caller.write(certificate.pem, name) }
    }

    func question(_ serial: SerialNumber, nonce: [UInt8]? = nil) throws -> [UInt8] {
        OCSPRequest(
            certificates: [OCSPCertID(issuer: try issuing.certificate, serialNumber: serial, digest: .sha1)],
            nonce: nonce
        ).der
    }
}

/// Keys without files: deriving a file's key takes longer than most tests.
final class KeysInMemory: SigningKeys {
    private let keys = Mutex<[String: PrivateKey]>([:])

    func contains(_ name: String) -> Bool { keys.withLock { $0[name] != nil } }
    func remove(_ name: String) { keys.withLock { $0[name] = nil } }
    func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        let key = try PrivateKey.generate(family)
        let isNew = keys.withLock { keys in
            guard keys[name] == nil else { return false }
            keys[name] = key
            return true
        }
        guard isNew else { throw Refusal(KeyCustodyRefusal.keyFileExists, facts: ["key": name]) }
        return SoftwareSigner(key)
    }
    func signer(_ name: String) throws -> any Signer {
        guard let key = keys.withLock({ $0[name] }) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": name])
        }
        return SoftwareSigner(key)
    }
}

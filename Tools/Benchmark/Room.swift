import Audit
import Authentication
import Ceremony
import CertificateRecords
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import LegalEntities
import Officers
import Revocation
import SecurityKeys
import Storage

/// One family's authority from this checkout's `CA/` and `Policies/`, on a store of its own, with one entity.
struct Room {
    static let code = "91310000631291289X"
    static let name = "上海示例科技有限公司"
    static let page = "http://127.0.0.2:8080"
    static let client = "tax-portal"
    static let medium = [UInt8](repeating: 0x42, count: 16)

    let family: AlgorithmFamily
    let root: String
    let database: Database
    let audit: AuditLog
    let authority: Authority
    let registry: RegistryStore
    let key: PrivateKey
    let certificate: Certificate
    let officers: BenchmarkOfficers
    /// Under which all certificates of ``medium`` are issued.
    let planOrder: SpentOrder
    let surroundings = Surroundings.real

    init(_ family: AlgorithmFamily, root: String, folder: String) async throws {
        self.family = family
        self.root = root
        try FileManager.default.createDirectory(
            atPath: folder + "/keys", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        audit = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: folder + "/database.sqlite",
            migrations: [
                AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set, SecurityKeysMigrations.all,
                CertificateAuthorityMigrations.set, AuthenticationMigrations.set,
            ], surroundings: surroundings, beforeCommit: [audit.sequencer])
        authority = try await EvaluationCeremony.create(
            family, policies: try Room.policies(root: root),
            passphrase: SecretBytes(copying: Array("a passphrase of the benchmark".utf8)),
            keysDirectory: folder + "/keys", statusBase: "http://127.0.0.1:8080", database: database, audit: audit,
            surroundings: surroundings)
        let rules = try String(contentsOfFile: root + "/Policies/uscc.yaml", encoding: .utf8)
        registry = RegistryStore(
            database: database, audit: audit, rules: try CodeRules(yaml: rules), surroundings: surroundings)
        let feed = surroundings.randomBytes(16)
        let digest = surroundings.randomBytes(32)
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO registry_import (id, feed, digest, begun_at, done_at, lines, added, changed, renamed,
                    unchanged, bad) VALUES ($1, 'benchmark', $2, 1, 1, 1, 1, 0, 0, 0, 0)
                """, feed, digest)
            try transaction.execute(
                """
                INSERT INTO registry_record (uscc, name, entity_type, division, legal_representative, status,
                    changed_at, changed_by) VALUES ($1, $2, '有限责任公司', '310115', '王晓', 'active', 1, $3)
                """, Room.code, Room.name, feed)
        }
        try await RelyingApplications(database: database, audit: audit, surroundings: surroundings).adopt([
            RelyingApplication(
                client: ClientIdentifier(Room.client), name: LocalisedText(zh: "电子税务局", en: "Tax portal"),
                department: "税务局", origins: [WebOrigin(Room.page)])
        ])
        key = try PrivateKey.generate(family)
        officers = try await BenchmarkOfficers(of: authority, database, audit, surroundings)
        planOrder = try await officers.plan(on: Room.medium, family)
        let request = try Room.request(key, planOrder)
        let record = try await authority.issuance.issue(request)
        certificate = try await authority.revocation.activate(record.serialNumber, actor: .system).certificate()
    }

    /// This checkout's, but for the rate at which strangers get answers signed for them alone: it would be measured
    /// instead of the signing.
    private static func policies(root: String) throws -> PolicyFiles {
        var texts = try PolicyFiles.read(root: root).texts
        texts["Policies/certificates.yaml"]?.replace(
            /freshAnswersPerSecond: [0-9]+/, with: "freshAnswersPerSecond: 1000000")
        return PolicyFiles(texts: texts)
    }

    /// What a plan asks for: the profile, the entity, a PKCS#10 request by the new key.
    static func request(_ key: PrivateKey, _ order: SpentOrder) throws -> IssuanceRequest {
        let info = CertificateRequest.body(
            subject: DistinguishedName([.init(.commonName, name)]), publicKey: key.publicKey)
        return IssuanceRequest(
            profile: "entity-authentication",
            subject: SubjectDetails(
                organization: name, commonName: name, entity: try UnifiedSocialCreditCode(trustingStored: code)),
            proof: .request(
                CertificateRequest.assemble(
                    info: info, algorithm: key.family.signatureAlgorithm, signature: try key.sign(info))),
            location: KeyLocation(medium: medium, slot: 0x9A, model: "virtual-key", origin: "witnessed"),
            actor: .system, planOrder: order)
    }

    /// Rows of all tables together.
    func rows() async throws -> Int64 {
        try await database.read { transaction in
            var sum: Int64 = 0
            for row in try transaction.query(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            {
                sum += try transaction.first("SELECT count(*) AS n FROM \"\(try row.text("name"))\"")?.integer("n") ?? 0
            }
            return sum
        }
    }

    /// Times a second that the body runs, over about so many seconds, by so many callers at once.
    func rate(
        seconds: Double, callers: Int = 1, _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> (perSecond: Double, count: Int) {
        try await body()
        let monotonic = surroundings.monotonicNanoseconds
        let start = monotonic()
        let end = start + UInt64(seconds * 1e9)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var count = 0
                    while monotonic() < end {
                        try await body()
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return (Double(count) / (Double(monotonic() - start) / 1e9), count)
    }
}

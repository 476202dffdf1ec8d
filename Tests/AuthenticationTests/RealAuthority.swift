import AgentProtocol
import Audit
import AuthorityFixtures
import Ceremony
import CertificateRecords
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import LegalEntities
import Officers
import Storage
import TestSupport

@testable import Authentication

/// The authority itself, from `CA/` and `Policies/` of this checkout, with one entity's key: no stand-in anywhere.
final class RealAuthority: Sendable {
    static let uscc = "91310000631291289X"
    static let page = "http://127.0.0.2:8080"
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    let family: AlgorithmFamily
    let authority: Authority
    let database: Database
    let audit: AuditLog
    let registry: RegistryStore
    let directory: String
    let medium = [UInt8](repeating: 0x42, count: 16)
    let key: PrivateKey
    let record: CertificateRecord

    init(_ family: AlgorithmFamily) async throws {
        self.family = family
        directory = FileManager.default.temporaryDirectory.appending(path: "yzt-auth-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory + "/keys", withIntermediateDirectories: true)
        let surroundings = Surroundings.real
        audit = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: directory + "/database.sqlite",
            migrations: [
                AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set,
                CertificateAuthorityMigrations.set, AuthenticationMigrations.set,
            ], surroundings: surroundings, beforeCommit: [audit.sequencer])
        authority = try await EvaluationCeremony.create(
            family, policies: PolicyFiles.read(root: Self.root), passphrase: SecretBytes(copying: Array("test".utf8)),
            keysDirectory: directory + "/keys", statusBase: "http://127.0.0.1:8080", database: database, audit: audit,
            surroundings: surroundings)
        let rules = try String(contentsOfFile: Self.root + "/Policies/uscc.yaml", encoding: .utf8)
        registry = RegistryStore(
            database: database, audit: audit, rules: try CodeRules(yaml: rules), surroundings: surroundings)
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
        key = try PrivateKey.generate(family)
        record = try await authority.issuance.issue(
            IssuanceRequest(
                profile: "entity-authentication",
                subject: SubjectDetails(
                    organization: "上海示例科技有限公司", commonName: "上海示例科技有限公司",
                    entity: try UnifiedSocialCreditCode(trustingStored: Self.uscc)),
                proof: .ownKey(key.publicKey),
                location: KeyLocation(medium: medium, slot: 0x9A, model: "virtual-key", origin: "witnessed"),
                actor: .system
            ).planned())
        try await RelyingApplications(database: database, audit: audit, surroundings: surroundings).adopt([
            RelyingApplication(
                client: ClientIdentifier("tax-portal"), name: LocalisedText(zh: "电子税务局", en: "Tax portal"),
                department: "税务局", origins: [WebOrigin(Self.page)])
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var policy: LoginPolicy {
        get throws {
            try LoginPolicy(yaml: String(contentsOfFile: Self.root + "/Policies/login.yaml", encoding: .utf8))
        }
    }

    /// One whole login as an application's page and an honest agent do it, over the wire's own types.
    func login() async throws -> VerificationAnswer {
        let service = try authority.service(.statements)
        let challenges = Challenges(
            database: database, policy: try policy, signer: service.signer, surroundings: .real)
        let issued = try await challenges.create(
            ChallengeRequest(client: "tax-portal", origin: Self.page), session: nil)
        let answer = issued.answer
        _ = try SignedStatement(bytes: answer.statement.bytes, signature: answer.serviceSignature.bytes)
            .verified(by: service.certificate.publicKey, at: Surroundings.real.now())
        let message = LoginStatement.signedBytes(
            origin: Self.page, statementBytes: answer.statement.bytes, certificate: record.der, family: family)
        let verifications = Verifications(
            database: database, policy: try policy, audit: audit, certificates: CertificateKnowledge(authority),
            entity: Verifications.entities(in: registry), serviceCertificate: service.certificate, surroundings: .real)
        return try await verifications.verify(
            VerificationRequest(
                challenge: answer.challenge, client: "tax-portal", origin: Self.page, statement: answer.statement,
                signature: WireBytes(key.sign(message)), certificate: WireBytes(record.der)), session: issued.session)
    }

    func refusal() async -> String? {
        do {
            _ = try await login()
            return nil
        } catch { return (error as? Refusal)?.code ?? "\(error)" }
    }
}

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
import Revocation
import SealImages
import Storage
import TestSupport
import Testing

@testable import ElectronicSeals

/// The authority itself, from `CA/` and `Policies/` of this checkout, with one entity's key: no stand-in anywhere.
@Suite struct RealAuthorityTests {
    private static let uscc = "91310000631291289X"
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    @Test(arguments: AlgorithmFamily.allCases)
    func sealingFollowsTheCertificatesLife(family: AlgorithmFamily) async throws {
        let scratch = try Scratch()
        let (authority, registry) = try await Self.authority(family, in: scratch)
        let officers = try await Self.officers(of: authority)
        let dependencies = SealDependencies(authority, registry: registry)
        let pool = BlockingPool(threads: 1, name: "seals")
        let making = try authority.service(.sealMaker)
        let maker = SealMaker(
            database: authority.database,
            policy: try SealPolicy(yaml: SealHouse.repositoryFile("Policies/seal-types.yaml")), audit: authority.audit,
            dependencies: dependencies, maker: making.signer, makerCertificate: making.certificate, drawing: pool,
            surroundings: .real)
        let stamping = Stamping(
            database: authority.database, audit: authority.audit, dependencies: dependencies, reading: pool,
            surroundings: .real)

        func make(_ certificate: SerialNumber, replaces: SealIdentifier? = nil) async throws -> Seal {
            let order = SealOrder(
                uscc: Self.uscc, name: "上海示例科技有限公司", kind: SealKindName("company"), certificate: certificate,
                replaces: replaces)
            let request = CanonicalRequest(
                .makeSeal, subject: Self.uscc, parameters: order.parameters, reason: "测试", in: .real)
            return try await maker.make(
                order, authorisedBy: officers.register.authorise(request, by: [officers.clerk]))
        }
        func stamp(_ seal: Seal, _ certificate: CertificateRecord, _ key: PrivateKey) async throws -> SealedDocument {
            let document = try DocumentDrawing.plainPDF(title: "合同", lines: ["甲方:上海示例科技有限公司"])
            let order = StampOrder(
                document: document, seal: seal.id, certificate: certificate.der, page: 1,
                centreMillimetresFromLeft: 140, centreMillimetresFromTop: 220)
            return try await stamping.stamp(order) { try key.sign($0.toBeSigned) }
        }
        func refusal(_ body: () async throws -> Void) async -> String? {
            do {
                try await body()
                return nil
            } catch { return (error as? Refusal)?.code ?? "\(error)" }
        }

        let key = try PrivateKey.generate(family)
        let certificate = try await Self.certificate(key, of: authority)
        #expect(
            await refusal { _ = try await make(certificate.serialNumber) } == "electronic-seals.not-activated")
        try await authority.revocation.activate(certificate.serialNumber, actor: .system)
        let seal = try await make(certificate.serialNumber)
        let sealed = try await stamp(seal, certificate, key)
        if family != .sm2 {
            let path = try scratch.write(sealed.bytes, "sealed.pdf")
            let anchor = try scratch.write(Array(authority.issuers.anchors[0].pem.utf8), "root.pem")
            #expect(
                try Judgement.pyHanko(path, root: anchor)
                    == "True True True ENTIRE_FILE True True True /ETSI.CAdES.detached")
        }

        let service = authority.revocation
        try await service.suspend(certificate.serialNumber, on: .system(reason: "lost"))
        #expect(
            await refusal { _ = try await stamp(seal, certificate, key) } == "electronic-seals.certificate-suspended")
        try await service.resume(certificate.serialNumber, on: .system(reason: "found"))
        #expect(await refusal { _ = try await stamp(seal, certificate, key) } == nil)

        // Renewed: another key, another certificate; the old one is superseded.
        let newKey = try PrivateKey.generate(family)
        let renewed = try await Self.certificate(newKey, of: authority)
        try await service.activate(renewed.serialNumber, actor: .system)
        try await service.revoke(certificate.serialNumber, reason: .superseded, on: .system(reason: "renewed"))
        #expect(
            await refusal { _ = try await stamp(seal, certificate, key) } == "electronic-seals.certificate-replaced")
        #expect(
            await refusal { _ = try await stamp(seal, renewed, newKey) } == "electronic-seals.certificate-replaced")
        let again = try await make(renewed.serialNumber, replaces: seal.id)
        let second = try await stamp(again, renewed, newKey)
        let verification = SealVerification(
            database: authority.database, dependencies: dependencies, reading: pool, surroundings: .real)
        #expect(try await verification.verify(second.bytes).first?.holds == true)
    }

    private static func authority(
        _ family: AlgorithmFamily, in scratch: Scratch
    ) async throws -> (Authority, RegistryStore) {
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/keys", withIntermediateDirectories: true)
        let audit = AuditLog(surroundings: .real)
        let database = try Database.open(
            at: scratch.path + "/database.sqlite",
            migrations: [
                AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set,
                CertificateAuthorityMigrations.set, ElectronicSealsMigrations.set,
            ], surroundings: .real, beforeCommit: [audit.sequencer])
        let authority = try await EvaluationCeremony.create(
            family, policies: PolicyFiles.read(root: root), passphrase: SecretBytes(copying: Array("test".utf8)),
            keysDirectory: scratch.path + "/keys", statusBase: "http://127.0.0.1:8080", database: database,
            audit: audit, surroundings: .real)
        let registry = RegistryStore(
            database: database, audit: audit,
            rules: try CodeRules(yaml: SealHouse.repositoryFile("Policies/uscc.yaml")), surroundings: .real)
        try await database.write { transaction in
            let feed = Surroundings.real.randomBytes(16)
            try transaction.execute(
                """
                INSERT INTO registry_import (id, feed, digest, begun_at, done_at, lines, added, changed, renamed,
                    unchanged, bad) VALUES ($1, 'test', $2, 1, 1, 1, 1, 0, 0, 0, 0)
                """, feed, Surroundings.real.randomBytes(32))
            try transaction.execute(
                """
                INSERT INTO registry_record (uscc, name, entity_type, division, legal_representative, status,
                    changed_at, changed_by) VALUES ($1, '上海示例科技有限公司', '有限责任公司', '310115', '王晓', 'active', 1, $2)
                """, uscc, feed)
        }
        return (authority, registry)
    }

    private static func certificate(_ key: PrivateKey, of authority: Authority) async throws -> CertificateRecord {
        try await authority.issuance.issue(
            IssuanceRequest(
                profile: "entity-signature",
                subject: SubjectDetails(
                    organization: "上海示例科技有限公司", commonName: "上海示例科技有限公司",
                    entity: try UnifiedSocialCreditCode(trustingStored: uscc)),
                proof: .ownKey(key.publicKey),
                location: KeyLocation(
                    medium: [UInt8](repeating: 0x42, count: 16), slot: 0x9C, model: "virtual-key", origin: "witnessed"),
                actor: .system
            ).planned())
    }

    private static func officers(
        of authority: Authority
    ) async throws -> (register: OfficerRegister, clerk: KeyedOfficerSigner) {
        let register = OfficerRegister(
            database: authority.database, audit: authority.audit,
            policy: try DualControl(yaml: SealHouse.repositoryFile("Policies/dual-control.yaml")), surroundings: .real,
            isGood: { _, _, _ in .good })
        let elsewhere = try await TestAuthority(.p256, now: Surroundings.real.now())
        var keys: [PrivateKey] = []
        var certificates: [Certificate] = []
        for _ in 0..<2 {
            let key = try PrivateKey.generate(.p256)
            keys.append(key)
            certificates.append(
                try await elsewhere.certify(key.publicKey, .signature, at: Surroundings.real.now()))
        }
        let enrolments = [
            OfficerEnrolment(
                name: "张三", roles: [.superAdministrator, .businessAdministrator], certificate: certificates[0]),
            OfficerEnrolment(name: "李四", roles: [.auditAdministrator, .reviewer], certificate: certificates[1]),
        ]
        try await authority.database.write { transaction in
            _ = try register.enrolFirstOfficers(
                enrolments, authorisedBy: register.openBootstrap(in: transaction), in: transaction)
        }
        return (register, KeyedOfficerSigner(certificate: certificates[0], signer: SoftwareSigner(keys[0])))
    }
}

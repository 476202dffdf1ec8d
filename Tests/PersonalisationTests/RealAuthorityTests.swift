import KeyCustody
import AgentProtocol
import Audit
import CardAgent
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import LegalEntities
import Officers
import PIV
@testable import Personalisation
import SecurityKeys
import Storage
import Testing
import VirtualKey

/// The plan against the certificate authority itself, cut where an issuance and a plan meet.
@Suite struct RealAuthorityTests {
    private static let cuts = [
        "enrol/certify.authentication/journalled", "enrol/certify.authentication/issued",
        "enrol/certify.authentication/done", "enrol/prove.signature/done", "enrol/activate/activated",
        "enrol/activate/done",
    ]

    @Test(arguments: AlgorithmFamily.allCases)
    func enrolsRenewsAndEndsWhatItReplaces(family: AlgorithmFamily) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "keys"), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let surroundings = Surroundings.real
        let audit = AuditLog(surroundings: surroundings)
        let database = try Database.open(
            at: folder.appending(path: "database.sqlite").path,
            migrations: [
                AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set,
                SecurityKeysMigrations.all, CertificateAuthorityMigrations.set,
            ], surroundings: surroundings, beforeCommit: [audit.sequencer])
        let root = URL(filePath: TestDesk.policies).deletingLastPathComponent().path
        let authority = try await EvaluationCeremony.create(
            family, policies: PolicyFiles.read(root: root), passphrase: SecretBytes(copying: Array("test".utf8)),
            keysDirectory: folder.appending(path: "keys").path, statusBase: "http://127.0.0.1:8080",
            database: database, audit: audit, surroundings: surroundings)
        let attestation = try await VirtualAttestation.make(in: surroundings)
        let desk = RegistrationAuthorityClient(
            issuance: authority.issuance, revocation: authority.revocation, certificates: authority.certificates,
            surroundings: surroundings, planSigner: { try authority.service(.statements).signer })
        let officers = try await TestOfficers(database)
        let registry = TestRegistry()
        let vault = CardSecretVault(keys: .generate(in: surroundings), surroundings: surroundings)
        let models = try TestDesk.models()
        @Sendable func personaliser(dyingAt cut: String? = nil) -> Personaliser {
            Personaliser(
                database: database, vault: vault, authority: desk, registry: registry, models: models,
                roots: AttestationRoots(["virtual-key.cer": attestation.root]), surroundings: surroundings,
                observer: { if $0 == cut { throw TestDesk.Killed() } })
        }
        let card = VirtualCardTransport(
            VirtualCard(
                state: VirtualCardState(factoryFresh: VirtualCardOptions()), randomBytes: surroundings.randomBytes,
                attestation: attestation))
        let medium = PIVKeyMedium(pins: TypedPINs(), rules: TestDesk.rules, surroundings: surroundings) {
            .init(card, answerToReset: VirtualCard.answerToReset)
        }
        let name = MediumNumber.random(in: surroundings)
        try await personaliser().carryOut(
            .stockIn(name, KeyStock(batch: "B-7", servicePoint: "SP-02")), on: medium, by: officers)
        let enrol = try await personaliser().begin(
            .enrol(name, for: TestDesk.holder, family), on: medium, by: officers)
        // The process dies again and again, each time a little later.
        await #expect(throws: TestDesk.Killed.self) {
            try await personaliser(dyingAt: Self.cuts[0]).run(enrol, on: medium)
        }
        for cut in Self.cuts.dropFirst() {
            await #expect(throws: TestDesk.Killed.self, "\(cut)") {
                try await personaliser(dyingAt: cut).recover(on: medium)
            }
        }
        #expect(try await personaliser().recover(on: medium)?.outcome == .finished)
        let first = try await authority.certificates.certificates(medium: name.bytes)
        #expect(first.count == 2 && first.allSatisfy { $0.storedState == .active })
        #expect(first.allSatisfy { $0.batch == "B-7" && $0.servicePoint == "SP-02" && $0.district == "310000" })
        try await personaliser().carryOut(
            .renew(name, for: TestDesk.holder, because: .renewal, staged: true), on: medium, by: officers)
        let all = try await authority.certificates.certificates(medium: name.bytes)
        #expect(all.count == 4)
        #expect(all.filter { $0.storedState == .active }.count == 2)
        #expect(all.filter { $0.revocation?.reason == .superseded }.count == 2)
        try await personaliser().carryOut(.retire, on: name, by: officers)
        let ended = try await authority.certificates.certificates(medium: name.bytes)
        #expect(ended.allSatisfy { $0.storedState == .revoked })
    }
}

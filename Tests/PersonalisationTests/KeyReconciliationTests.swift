import KeyCustody
import AgentProtocol
import Audit
import CardAgent
import Ceremony
import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import LegalEntities
import Officers
import PIV
@testable import Personalisation
import Reconciliation
import SecurityKeys
import Storage
import Synchronization
import Testing
import VirtualKey

/// Keys, their records and the authority's store: the same after real plans, and different where somebody meddled.
@Suite struct KeyReconciliationTests {
    /// A service point with the certificate authority itself behind it, and one enrolled key.
    private final class Desk: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "reconcile-\(UUID().uuidString)")
        let database: Database
        let authority: Authority
        let attestation: VirtualAttestation
        let personaliser: Personaliser
        let officers: TestOfficers
        let name = MediumNumber.random(in: .real)
        let card: Mutex<VirtualCardTransport>

        init() async throws {
            try FileManager.default.createDirectory(
                at: folder.appending(path: "keys"), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let audit = AuditLog(surroundings: .real)
            let database = try Database.open(
                at: folder.appending(path: "database.sqlite").path,
                migrations: [
                    AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set,
                    SecurityKeysMigrations.all, CertificateAuthorityMigrations.set,
                ], beforeCommit: [audit.sequencer])
            self.database = database
            let root = URL(filePath: TestDesk.policies).deletingLastPathComponent().path
            let authority = try await EvaluationCeremony.create(
                .p256, policies: PolicyFiles.read(root: root), passphrase: SecretBytes(copying: Array("test".utf8)),
                keysDirectory: folder.appending(path: "keys").path, statusBase: "http://127.0.0.1:8080",
                database: database, audit: audit, surroundings: .real)
            self.authority = authority
            attestation = try await VirtualAttestation.make(in: .real)
            personaliser = Personaliser(
                database: database, vault: CardSecretVault(keys: .generate(in: .real), surroundings: .real),
                authority: RegistrationAuthorityClient(
                    issuance: authority.issuance, revocation: authority.revocation,
                    certificates: authority.certificates, surroundings: .real,
                    planSigner: { try authority.service(.statements).signer }), registry: TestRegistry(),
                models: try TestDesk.models(),
                roots: AttestationRoots(["virtual-key.cer": attestation.root]), surroundings: .real)
            card = Mutex(
                VirtualCardTransport(
                    VirtualCard(
                        state: VirtualCardState(factoryFresh: VirtualCardOptions()),
                        randomBytes: Surroundings.real.randomBytes, attestation: attestation)))
            officers = try await TestOfficers(database)
            try await personaliser.carryOut(.stockIn(name, .unstated), on: medium, by: officers)
            try await personaliser.carryOut(.enrol(name, for: TestDesk.holder, .p256), on: medium, by: officers)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        var medium: PIVKeyMedium {
            let card = card.withLock { $0 }
            return PIVKeyMedium(pins: TypedPINs(), rules: TestDesk.rules, surroundings: .real) {
                .init(card, answerToReset: VirtualCard.answerToReset)
            }
        }

        /// Meddles with what lies on the card.
        func change(_ body: (inout [UInt32: [UInt8]]) -> Void) {
            card.withLock { card in
                var state = card.state
                body(&state.objects)
                card = VirtualCardTransport(
                    VirtualCard(
                        state: state, randomBytes: Surroundings.real.randomBytes, attestation: attestation))
            }
        }

        func onKey() async throws -> [Difference] {
            try await personaliser.reconcile(medium, certificates: authority.certificates)
        }

        func inStore() async throws -> [Difference] {
            let found = Mutex<[Difference]>([])
            _ = try await authority.reconciliation(
                keysDirectory: folder.path + "/keys", keys: SecurityKeyRecords(database: database),
                scratch: folder.path
            ).run { difference in found.withLock { $0.append(difference) } }
            return found.withLock { $0 }
        }
    }

    /// The objects of the places 9A and 9C (SP 800-73-4, part 1, table 3).
    private static let authentication: UInt32 = 0x5F_C105
    private static let signature: UInt32 = 0x5F_C10A

    @Test func `After enrolment, renewal and loss nothing differs`() async throws {
        let desk = try await Desk()
        #expect(try await desk.onKey().isEmpty)
        #expect(try await desk.inStore().isEmpty)
        try await desk.personaliser.carryOut(
            .renew(desk.name, for: TestDesk.holder, because: .renewal, staged: true), on: desk.medium,
            by: desk.officers)
        let differences = try await desk.onKey() + desk.inStore()
        #expect(differences.isEmpty, "\(differences)")
        try await desk.personaliser.carryOut(.reportLost, on: desk.name, by: desk.officers)
        #expect(try await desk.inStore().isEmpty)
        try await desk.personaliser.carryOut(.retire, on: desk.name, by: desk.officers)
        #expect(try await desk.inStore().isEmpty)
    }

    @Test func `A key whose holder is another entity than its certificates name`() async throws {
        let desk = try await Desk()
        let records = try await desk.authority.certificates.certificates(medium: desk.name.bytes)
        let serials = Set(records.map(\.serialNumber.hex))
        // The record of the key says another entity.
        try await desk.database.write { [name = desk.name] transaction in
            try SecurityKeyStore.setHolder(
                .entity(try TestRegistry.entity(TestRegistry.otherCode)), of: name, in: transaction)
        }
        #expect(Set(try await desk.onKey().map(\.kind)) == [.holderDiffers])
        var found = try await desk.inStore()
        #expect(Set(found.map(\.kind)) == [.holderDiffers] && Set(found.map(\.subject)) == serials)
        // And the certificates' records follow it: then the certificates themselves speak against both.
        try await desk.database.write { transaction in
            try transaction.execute(
                "UPDATE certificate SET credit_code = $1 WHERE credit_code IS NOT NULL", TestRegistry.otherCode)
        }
        found = try await desk.inStore()
        #expect(Set(found.map(\.kind)) == [.subjectDiffers] && Set(found.map(\.subject)) == serials)
    }

    @Test func `What lies on the key and should not, and what should and does not`() async throws {
        let desk = try await Desk()
        let records = try await desk.authority.certificates.certificates(medium: desk.name.bytes)
        let first = try #require(records.first { $0.purpose == .authentication })
        let second = try #require(records.first { $0.purpose == .signature })
        desk.change { $0[Self.authentication] = nil }
        var found = try await desk.onKey()
        #expect(found.map(\.kind) == [.notOnKey] && found.map(\.subject) == [first.serialNumber.hex])
        // The two change places: each is the store's, and neither is where it belongs.
        desk.change { objects in
            objects[Self.authentication] = objects[Self.signature]
        }
        found = try await desk.onKey()
        #expect(Set(found.map(\.kind)) == [.onKeyElsewhere, .onKeyDiffers])
        #expect(Set(found.map(\.subject)) == [first.serialNumber.hex, second.serialNumber.hex])
        // The store has never heard of it.
        try await desk.database.write { transaction in
            try transaction.execute(
                "UPDATE certificate SET der = $1 WHERE serial = $2", [1, 2, 3] as [UInt8], second.serialNumber.bytes)
        }
        found = try await desk.onKey()
        #expect(found.filter { $0.kind == .onKeyUnknown }.map(\.subject).contains(second.serialNumber.hex))
        let stored = try await desk.inStore()
        // Neither the journal, nor the key's record, nor the audit's event of its issuance is about these bytes.
        #expect(
            Set(stored.map(\.kind)) == [.storedDiffers, .keyRecordDiffers, .lineWithoutEvent, .eventWithoutLine])
    }

    @Test func `A blank or a stranger's key has nothing to be compared with`() async throws {
        let desk = try await Desk()
        desk.change { $0 = [:] }
        await #expect(throws: Refusal(SecurityKeysRefusal.unknownKey)) { try await desk.onKey() }
    }
}

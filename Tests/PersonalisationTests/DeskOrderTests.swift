import AgentProtocol
import Audit
import CardAgent
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import LegalEntities
import Officers
@testable import Personalisation
import PIV
import SecurityKeys
import Storage
import Synchronization
import Testing
import VirtualKey

/// The authority issues to an entity on the order that a plan shows it, and on no other.
@Suite struct DeskOrderTests {
    /// Hands on what the plan asks for, bent.
    private struct BendingAuthority: CertifyingAuthority {
        let inner: TestAuthority
        let wishes: Mutexed

        final class Mutexed: Sendable {
            let all = Mutex<[PlannedCertificate]>([])
        }

        func rehearse(_ rehearsal: CertificateRehearsal) async throws { try await inner.rehearse(rehearsal) }
        func planSigner() throws -> any Signer { try inner.planSigner() }
        func certify(_ requested: PlannedCertificate) async throws -> Certificate {
            wishes.all.withLock { $0.append(requested) }
            return try await inner.certify(requested)
        }
        func certificates(
            of medium: MediumNumber, in transaction: any ReadTransaction
        ) throws(Refusal) -> [CertificateNow] { try inner.certificates(of: medium, in: transaction) }
        func activate(_ certificates: [Certificate], actor: AuditActor) async throws -> [Certificate] {
            try await inner.activate(certificates, actor: actor)
        }
        func succeed(_ old: Certificate, by new: Certificate, under order: SpentOrder) async throws {
            try await inner.succeed(old, by: new, under: order)
        }
        func revoke(_ certificates: [Certificate], because ending: CertificateEnding, actor: AuditActor) async throws {
            try await inner.revoke(certificates, because: ending, actor: actor)
        }
        func revoke(
            _ serials: [SerialNumber], because ending: CertificateEnding, actor: AuditActor,
            in transaction: any Transaction
        ) throws(Refusal) { try inner.revoke(serials, because: ending, actor: actor, in: transaction) }
        func hold(
            _ serials: [SerialNumber], _ change: CertificateHold, actor: AuditActor, in transaction: any Transaction
        ) throws(Refusal) { try inner.hold(serials, change, actor: actor, in: transaction) }
    }

    @Test func aWishWithoutItsOrderIsRefused() async throws {
        let desk = try await TestDesk()
        let card = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(card)
        let wishes = BendingAuthority.Mutexed()
        let personaliser = Personaliser(
            database: desk.database, vault: desk.vault,
            authority: BendingAuthority(inner: desk.authority, wishes: wishes), registry: desk.registry,
            models: desk.models, roots: desk.roots, surroundings: TestDesk.surroundings)
        try await personaliser.carryOut(
            .enrol(name, for: TestDesk.holder, .p256), on: desk.medium(card), by: desk.officers)
        let requested = try #require(wishes.all.withLock { $0.first })
        try RegistrationAuthorityClient.requireOrder(requested)
        #expect(requested.actor == .officer(desk.officers.officers[0].identifier.shown))
        func refuses(_ reason: some RefusalReason, _ bend: (inout PlannedCertificate) throws -> Void) throws {
            var bent = requested
            try bend(&bent)
            #expect(throws: Refusal(reason)) { try RegistrationAuthorityClient.requireOrder(bent) }
        }
        try refuses(PersonalisationRefusal.orderMissing) { $0.order = nil }
        try refuses(OfficersRefusal.wrongSubject) { $0.medium = .random(in: .real) }
        try refuses(OfficersRefusal.wrongParameters) { $0.profile = "entity-signature" }
        try refuses(OfficersRefusal.wrongParameters) { $0.purpose = .signature }
        try refuses(OfficersRefusal.wrongParameters) {
            $0.holder = .entity(.init(entity: try TestRegistry.entity(TestRegistry.otherCode), name: "上海样例有限公司"))
        }
        // Another act's order on the same key is none for certificates.
        let unlocking = try await desk.begin(.unlock(name), card)
        let other = try await desk.database.read { try OrderInForce.read(unlocking, in: $0).spent }
        try refuses(OfficersRefusal.wrongAct) { $0.order = other }
    }
}

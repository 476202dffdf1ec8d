import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage
import Testing

/// A counter-signature counts where the log itself says that its signer was an audit administrator at that leaf.
@Suite struct CountersignerTests {
    /// A log with two officers, and what somebody who has the database and the audit's key can do to it.
    private struct Scene {
        let authority: Authority
        let pair: Authority.Pair
        let key: PrivateKey

        init() async throws {
            authority = try Authority()
            pair = try await authority.founded()
            key = try PrivateKey.generate(.p256)
        }

        var oversight: AuditOversight {
            AuditOversight(database: authority.database, audit: authority.log, surroundings: authority.surroundings)
        }

        func checkpoint() async throws -> Checkpoint {
            try await authority.log.checkpoint(database: authority.database, signer: SoftwareSigner(key)).checkpoint
        }

        /// As an officer does it; gives the checkpoint.
        @discardableResult
        func countersign(by signer: KeyedOfficerSigner) async throws -> Checkpoint {
            let checkpoint = try await checkpoint()
            let order = try await authority.register.authorise(
                oversight.request(toCountersign: checkpoint, reason: "日终"), by: [signer])
            _ = try await oversight.countersign(checkpoint, chain: [], authorisedBy: order)
            return checkpoint
        }

        /// Past the register: a true signature under a true checkpoint, recorded like any other.
        @discardableResult
        func forge(by signers: KeyedOfficerSigner...) async throws -> Checkpoint {
            let checkpoint = try await checkpoint()
            let order = oversight.request(toCountersign: checkpoint, reason: "日终")
            var signatures: [Countersignature.Signature] = []
            for signer in signers {
                let made = try await OfficerSignature.make(under: order, with: signer)
                signatures.append(.init(certificate: made.certificate, signature: made.signature))
            }
            let forged = Countersignature(
                number: checkpoint.number, request: order.bytes, signatures: signatures, chain: [])
            let log = authority.log
            try await authority.database.write { try log.store(forged, by: .system, in: $0) }
            return checkpoint
        }

        func change(
            _ work: @escaping @Sendable (any Transaction, Authorisation) throws -> Void, by order: CanonicalRequest
        )
            async throws
        {
            let signers = [pair.requester, pair.approver].prefix(
                authority.register.policy.rule(for: order.act).officers)
            let authorisation = try await authority.register.authorise(order, by: Array(signers))
            try await authority.database.write { try work($0, authorisation) }
        }

        /// What the store and an export of it say, which is the same.
        func verdict(asStored: Bool = false) async throws -> AuditVerdict {
            let trust = AuditTrust(keys: [key.publicKey])
            let stored = try await authority.database.read {
                try AuditStoreCheck(trust: trust, transaction: $0).verdict()
            }
            if asStored { return stored }
            let folder = NSTemporaryDirectory() + "countersigners-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await authority.log.export(to: folder, database: authority.database, trust: trust)
            let exported = try AuditVerifier(trust: trust).verify(directory: folder)
            #expect(exported.faults == stored.faults && exported.countersigned == stored.countersigned)
            return stored
        }
    }

    @Test func theLogNamesOfficersAsTheirRoomDoes() {
        for act in OfficersOnRecord.Act.allCases { #expect(OfficersAct(rawValue: act.rawValue) != nil, "\(act)") }
        #expect(OfficersOnRecord.countersigningRole == OfficerRole.auditAdministrator.rawValue)
    }

    @Test func neitherAStrangerNorAnotherOfficerCounterSigns() async throws {
        let scene = try await Scene()
        let stranger = try await Authority.signer("某企业")
        let good = try await scene.countersign(by: scene.pair.approver)
        let byStranger = try await scene.forge(by: stranger).number
        let bySuper = try await scene.forge(by: scene.pair.requester).number
        let inTheWrongOrder = try await scene.forge(by: scene.pair.requester, scene.pair.approver).number
        let besides = try await scene.forge(by: scene.pair.approver, stranger).number
        let two = try await scene.forge(by: scene.pair.approver, scene.pair.requester)
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict()
        #expect(
            verdict.faults
                == [byStranger, bySuper, inTheWrongOrder, besides].map { .countersigner(number: $0) })
        #expect(verdict.countersigned == two && good.size < two.size)
    }

    @Test func whatCountsIsTheCertificateTheRolesAndTheStandingAtThatLeaf() async throws {
        let scene = try await Scene()
        let (register, surroundings) = (scene.authority.register, scene.authority.surroundings)
        let third = try await Authority.signer("张敏")
        let enrolment = OfficerEnrolment(
            name: "张敏", roles: [.auditAdministrator], certificate: third.certificate)
        // Before she is enrolled, and after.
        let early = try await scene.forge(by: third).number
        try await scene.change(
            { _ = try register.enrol(enrolment, authorisedBy: $1, in: $0) },
            by: OfficerRegister.request(toEnrol: enrolment, reason: "新聘", in: surroundings))
        try await scene.countersign(by: third)
        let person = try #require(try await register.officers().first { $0.name == "张敏" })
        let officer = person.identifier

        // Her certificate is renewed: the old one signs no more, and what it signed holds.
        let renewed = try await Authority.signer("张敏")
        try await scene.change(
            { try register.changeCertificate(of: officer, to: renewed.certificate, authorisedBy: $1, in: $0) },
            by: OfficerRegister.request(
                toExchange: person, for: renewed.certificate, reason: "到期", in: surroundings))
        let old = try await scene.forge(by: third).number
        try await scene.countersign(by: renewed)

        try await scene.change(
            { try register.suspend(officer, authorisedBy: $1, in: $0) },
            by: OfficerRegister.request(.suspendOfficer, officer: person, reason: "休假", in: surroundings))
        let suspended = try await scene.forge(by: renewed).number
        try await scene.change(
            { try register.resume(officer, authorisedBy: $1, in: $0) },
            by: OfficerRegister.request(.resumeOfficer, officer: person, reason: "返岗", in: surroundings))
        let last = try await scene.countersign(by: renewed)

        try await scene.change(
            { try register.changeRoles(of: officer, to: [.auditor], authorisedBy: $1, in: $0) },
            by: OfficerRegister.request(toChange: person, roles: [.auditor], reason: "转岗", in: surroundings))
        let moved = try await scene.forge(by: renewed).number
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict()
        #expect(verdict.faults == [early, old, suspended, moved].map { .countersigner(number: $0) })
        #expect(verdict.countersigned == last)
    }

    /// What the authority's room writes of certificates; here without it.
    private enum Fate: String, AuditAct, CaseIterable {
        case suspended = "certificate.suspended"
        case resumed = "certificate.resumed"
        case revoked = "certificate.revoked"
    }

    @Test func aCertificateThatWasHeldOrRevokedByThenCountersignsNothing() async throws {
        let scene = try await Scene()
        let (log, database, own) = (scene.authority.log, scene.authority.database, scene.pair.approver)
        func write(_ act: Fate, of signer: KeyedOfficerSigner) async throws {
            let event = AuditEvent(act: act, actor: .system, subject: signer.certificate.serialNumber.hex)
            try await database.write { _ = try log.record(event, in: $0) }
        }
        try await write(.revoked, of: Authority.signer("某企业"))
        try await write(.suspended, of: scene.pair.requester)
        try await scene.countersign(by: own)
        var refused: [Int] = []
        for (act, holds) in [
            (Fate.suspended, false), (.resumed, true), (.suspended, false), (.revoked, false),
            // Nothing brings it back, whatever somebody writes.
            (.resumed, false), (.suspended, false), (.resumed, false),
        ] {
            try await write(act, of: own)
            let number = try await scene.forge(by: own).number
            if !holds { refused.append(number) }
        }
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict()
        #expect(verdict.faults == refused.map { .countersigner(number: $0) })
        #expect(verdict.countersigned?.number == 2)
        // The second signature is looked at like the first.
        let besides = try await scene.forge(by: own, scene.pair.requester).number
        _ = try await scene.checkpoint()
        #expect(try await scene.verdict().faults.last == .countersigner(number: besides))
    }

    @Test func whatNoCheckpointCoversIsNotCountedYet() async throws {
        let scene = try await Scene()
        let checkpoint = try await scene.countersign(by: scene.pair.approver)
        var verdict = try await scene.verdict()
        #expect(verdict.holds && verdict.countersigned == nil && verdict.covered < verdict.events)
        _ = try await scene.checkpoint()
        verdict = try await scene.verdict()
        #expect(verdict.holds && verdict.countersigned == checkpoint && verdict.covered == verdict.events)
    }

    @Test func whatTheTableSaysOfACounterSignatureIsWhatWasSigned() async throws {
        let scene = try await Scene()
        let checkpoint = try await scene.countersign(by: scene.pair.approver)
        _ = try await scene.checkpoint()
        let log = scene.authority.log
        for column in ["made_at = made_at + 86400000", "number = number + 1"] {
            try await scene.authority.database.write { transaction in
                try transaction.execute("DROP TRIGGER IF EXISTS audit_countersignature_is_final")
                try transaction.execute("UPDATE audit_countersignature SET \(column)")
            }
            let faults = try await scene.verdict(asStored: true).faults
            #expect(faults == [.countersignature(number: column.hasPrefix("number") ? 1 : 0)], "\(column)")
            // The alarm and the public address go by the officer's word.
            let last = try await scene.authority.database.read { try log.lastCountersignature(in: $0) }
            #expect(last?.number == checkpoint.number && last?.time == Authority.noon)
            let back = column.replacing("+", with: "-")
            try await scene.authority.database.write { transaction in
                try transaction.execute("UPDATE audit_countersignature SET \(back)")
            }
        }
        #expect(try await scene.verdict().holds)
    }
}

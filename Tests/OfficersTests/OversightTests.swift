import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage
import Testing

/// Officers counter-sign the audit, forget and open personal data in it, and log in; what they order is on record.
@Suite struct OversightTests {
    private struct Killed: Error {}

    @Test func theLogLeavesTheHouseOnAnAuditorsOrderThatStandsInIt() async throws {
        let scene = try await Scene()
        let folder = NSTemporaryDirectory() + "yzt-trail-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let checkpoint = { @Sendable () async throws in _ = try await scene.checkpoint() }
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await scene.order(
                scene.oversight.request(toExportBecause: "查账"), by: [scene.pair.requester])
        }
        let other = try await scene.order(
            scene.oversight.request(toOpen: .subject("x"), reason: "查账"), by: [scene.pair.approver])
        await #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
            try await scene.oversight.export(
                to: folder, trust: scene.trust, authorisedBy: other, checkpoint: checkpoint)
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
        let right = try await scene.order(
            scene.oversight.request(toExportBecause: "查账"), by: [scene.pair.approver])
        try await scene.oversight.export(to: folder, trust: scene.trust, authorisedBy: right, checkpoint: checkpoint)
        let events = try String(contentsOfFile: folder + "/events.jsonl", encoding: .utf8)
        #expect(events.contains("\"subject\":\"audit\"") && events.contains("exportAudit"))
        // Whoever checks it needs nobody's key.
        let keys = AuditTrust(keys: [scene.key.publicKey])
        let verdict = try AuditVerifier(trust: keys).verify(directory: folder)
        #expect(verdict.holds && verdict.covered == verdict.events)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await scene.oversight.export(
                to: folder + "-2", trust: scene.trust, authorisedBy: right, checkpoint: checkpoint)
        }
    }

    /// Two officers, a log with their names in it, and a key that signs checkpoints.
    private struct Scene {
        let authority: Authority
        let pair: Authority.Pair
        let key: PrivateKey
        var observer: AuditObserver = { _ in }

        init(family: AlgorithmFamily = .p256, observer: @escaping AuditObserver = { _ in }) async throws {
            authority = try Authority()
            pair = try await authority.founded(family: family)
            key = try PrivateKey.generate(family)
            self.observer = observer
        }

        var trust: AuditTrust {
            AuditTrust(
                keys: [key.publicKey], anchors: [pair.requester.certificate, pair.approver.certificate])
        }
        var oversight: AuditOversight {
            AuditOversight(
                database: authority.database, audit: authority.log, surroundings: authority.surroundings,
                observer: observer)
        }

        func checkpoint() async throws -> Checkpoint {
            try await authority.log.checkpoint(database: authority.database, signer: SoftwareSigner(key)).checkpoint
        }

        func order(_ request: CanonicalRequest, by signers: [any OfficerSigner]) async throws -> Authorisation {
            try await authority.register.authorise(request, by: signers)
        }

        func countersign(_ checkpoint: Checkpoint) async throws -> Countersignature {
            let order = try await order(
                oversight.request(toCountersign: checkpoint, reason: "日终"), by: [pair.approver])
            return try await oversight.countersign(checkpoint, chain: [], authorisedBy: order)
        }

        func verdict(held: [Checkpoint] = []) async throws -> AuditVerdict {
            let keys = AuditTrust(keys: [key.publicKey])
            return try await authority.database.read {
                try AuditStoreCheck(trust: keys, held: held, transaction: $0).verdict()
            }
        }

        func acts(_ prefix: String) async throws -> [String] {
            try await authority.database.read { transaction in
                try transaction.query("SELECT line FROM audit_event ORDER BY leaf").compactMap {
                    try CanonicalJSON(parsing: try $0.blob("line"))["act"]?.string
                }
            }.filter { $0.hasPrefix(prefix) }
        }
    }

    @Test func theFormIsThatOfEveryOrder() {
        #expect(Countersignature.domainTag == OfficerSignature.domainTag)
        #expect(Countersignature.act == OfficerAct.countersignCheckpoint.rawValue)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func theAuditAdministratorsSignatureCoversTheLog(family: AlgorithmFamily) async throws {
        let scene = try await Scene(family: family)
        let checkpoint = try await scene.checkpoint()
        let made = try await scene.countersign(checkpoint)
        #expect(made.holds(for: checkpoint, trust: scene.trust))
        #expect(Countersignature(line: made.line) == made)
        #expect(made.time == Authority.noon)
        let last = try await scene.authority.database.read { try scene.authority.log.lastCountersignature(in: $0) }
        #expect(last?.number == 0)
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict()
        #expect(verdict.holds, "\(verdict.faults)")
        #expect(verdict.countersigned == checkpoint && verdict.countersignedAt == Authority.noon)
    }

    @Test func whatIsSignedIsThisCheckpointByATrustedKey() async throws {
        let scene = try await Scene()
        let checkpoint = try await scene.checkpoint()
        let made = try await scene.countersign(checkpoint)
        let next = try await scene.checkpoint()
        #expect(!made.holds(for: next, trust: scene.trust))
        let stranger = try await Authority.signer("陌生人")
        let elsewhere = AuditTrust(keys: [], anchors: [stranger.certificate])
        #expect(!made.holds(for: checkpoint, trust: elsewhere))
        var request = made.request
        request[40] ^= 1
        let signature = made.signatures[0]
        for bent in [
            Countersignature(number: 0, request: request, signatures: made.signatures, chain: []),
            Countersignature(number: 1, request: made.request, signatures: made.signatures, chain: []),
            Countersignature(number: 0, request: made.request, signatures: [], chain: []),
            Countersignature(
                number: 0, request: made.request,
                signatures: [.init(certificate: stranger.certificate.der, signature: signature.signature)], chain: []),
        ] { #expect(!bent.holds(for: checkpoint, trust: AuditTrust(keys: []))) }
        #expect(Countersignature(line: Array("{}".utf8)) == nil)
        #expect(Countersignature(line: made.line + [0x20]) == nil)
    }

    @Test func onlyTheAuditAdministratorAndOnlyThisLogsCheckpoint() async throws {
        let scene = try await Scene()
        let checkpoint = try await scene.checkpoint()
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await scene.order(
                scene.oversight.request(toCountersign: checkpoint, reason: "x"), by: [scene.pair.requester])
        }
        let other = try await Scene()
        _ = try await other.checkpoint()
        let order = try await other.order(
            other.oversight.request(toCountersign: checkpoint, reason: "x"), by: [other.pair.approver])
        await #expect(throws: Refusal(AuditRefusal.unknownCheckpoint)) {
            try await other.oversight.countersign(checkpoint, chain: [], authorisedBy: order)
        }
        // The refused act left its order unspent, and nothing else.
        #expect(try await other.acts("audit.") == [])
        let next = try await scene.checkpoint()
        let wrong = try await scene.order(
            scene.oversight.request(toCountersign: checkpoint, reason: "x"), by: [scene.pair.approver])
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await scene.oversight.countersign(next, chain: [], authorisedBy: wrong)
        }
    }

    @Test func aCounterSignatureCannotBeTakenAwayOrAdded() async throws {
        let scene = try await Scene()
        let checkpoint = try await scene.checkpoint()
        let made = try await scene.countersign(checkpoint)
        _ = try await scene.checkpoint()
        for statement in ["DELETE FROM audit_countersignature", "UPDATE audit_countersignature SET made_at = 1"] {
            await #expect(throws: Refusal(StorageRefusal.constraint)) {
                try await scene.authority.database.write { try $0.execute(statement) }
            }
        }
        try await scene.authority.database.write { transaction in
            try transaction.execute("DROP TRIGGER audit_countersignature_stays")
            try transaction.execute("DELETE FROM audit_countersignature")
        }
        #expect(try await scene.verdict().faults.count == 1)
        guard case .countersignatureMissing = try await scene.verdict().faults.first else {
            Issue.record("\(try await scene.verdict())")
            return
        }
        // A true signature of some key of ours that the log knows nothing of.
        let order = scene.oversight.request(toCountersign: checkpoint, reason: "later")
        let signature = try await OfficerSignature.make(under: order, with: scene.pair.requester)
        let forged = Countersignature(
            number: 0, request: order.bytes,
            signatures: [.init(certificate: signature.certificate, signature: signature.signature)], chain: [])
        try await scene.authority.database.write { transaction in
            for line in [made.line, forged.line] {
                try transaction.execute(
                    "INSERT INTO audit_countersignature (number, made_at, line) VALUES (0, 1, $1)", line)
            }
        }
        #expect(try await scene.verdict().faults == [.countersignature(number: 0)])
    }

    @Test func forgettingTakesTwoOfficersAndLeavesAReceipt() async throws {
        let scene = try await Scene()
        let held = try await scene.checkpoint()
        let scope = AuditOversight.Scope(scene.pair.officers[0].identifier.shown)
        #expect(scope == .subject(scene.pair.officers[0].identifier.shown))
        let request = scene.oversight.request(toForget: scope, reason: "离职")
        await #expect(throws: Refusal(OfficersRefusal.signatureCount)) {
            try await scene.order(request, by: [scene.pair.requester])
        }
        let order = try await scene.order(request, by: [scene.pair.requester, scene.pair.approver])
        let receipts = try await scene.oversight.forget(scope, authorisedBy: order)
        #expect(receipts.count == 1)
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict(held: [held])
        #expect(verdict.holds && verdict.deletedPersonal == 1, "\(verdict.faults)")
        let proof = try await scene.authority.database.read {
            try scene.authority.log.proof(of: receipts, held: held, in: $0)
        }
        try proof.verify(trust: AuditTrust(keys: [scene.key.publicKey]), held: held)
        // Nothing is left, and the order is not spent on nothing.
        let again = try await scene.order(
            scene.oversight.request(toForget: scope, reason: "离职"),
            by: [scene.pair.requester, scene.pair.approver])
        await #expect(throws: Refusal(AuditRefusal.unknownEvent)) {
            try await scene.oversight.forget(scope, authorisedBy: again)
        }
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await scene.oversight.forget(scope, authorisedBy: order)
        }
    }

    @Test func openingIsRecordedAndNamesOneDatum() async throws {
        let scene = try await Scene()
        let scope = AuditOversight.Scope.subject(scene.pair.officers[1].identifier.shown)
        let order = try await scene.order(
            scene.oversight.request(toOpen: scope, named: "name", reason: "法院调取"), by: [scene.pair.approver])
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await scene.oversight.open(scope, authorisedBy: order)
        }
        let openings = try await scene.oversight.open(scope, named: "name", authorisedBy: order)
        #expect(openings.map(\.datum) == ["李强"])
        #expect(try await scene.acts("audit.") == ["audit.personal.opened"])
        let other = try await scene.order(
            scene.oversight.request(toOpen: scope, named: "telephone", reason: "x"), by: [scene.pair.approver])
        await #expect(throws: Refusal(AuditRefusal.unknownEvent)) {
            try await scene.oversight.open(scope, named: "telephone", authorisedBy: other)
        }
    }

    @Test func approvalsRefusalsAndLoginsAreOnRecord() async throws {
        let scene = try await Scene()
        let (authority, pair) = (scene.authority, scene.pair)
        let request = authority.request()
        _ = try await authority.register.authorise(request, by: [pair.requester, pair.approver])
        #expect(try await scene.acts("officer.auth") == ["officer.authorisation.granted"])
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await authority.register.authorise(authority.request(), by: [pair.approver, pair.requester])
        }
        let stranger = try await Authority.signer("陌生人")
        await #expect(throws: Refusal(OfficersRefusal.unknownCertificate)) {
            try await authority.register.authorise(authority.request(.logIn), by: [stranger])
        }
        // A third party fills no log; who uses an officer's certificate does.
        #expect(
            try await scene.acts("officer.auth") == ["officer.authorisation.granted", "officer.authorisation.refused"])
        let login = try await scene.order(
            OfficerRegister.request(toLogIn: "session_1", in: authority.surroundings), by: [pair.approver])
        let officer = try await authority.database.write { transaction in
            try authority.register.logIn("session_1", authorisedBy: login, in: transaction)
        }
        #expect(officer == pair.officers[1])
        #expect(try await scene.acts("officer.login") == ["officer.login.done"])
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await authority.database.write { transaction in
                try authority.register.logIn("session_1", authorisedBy: login, in: transaction)
            }
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await authority.database.write { transaction in
                try authority.register.logIn("session_2", authorisedBy: login, in: transaction)
            }
        }
    }

    @Test(arguments: [AuditStep.countersignatureOrdered, .countersignatureStored])
    func killedWhileCounterSigningItIsThereWholeOrNot(step: AuditStep) async throws {
        let scene = try await Scene(observer: { if $0 == step { throw Killed() } })
        let checkpoint = try await scene.checkpoint()
        await #expect(throws: Killed.self) { try await scene.countersign(checkpoint) }
        let kept = try await scene.acts("audit.checkpoint").count
        #expect(kept == (step == .countersignatureStored ? 1 : 0))
        #expect(try await scene.verdict().holds)
        var again = scene
        again.observer = { _ in }
        _ = try await again.countersign(checkpoint)
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict()
        #expect(verdict.holds && verdict.countersigned == checkpoint)
    }

    @Test(arguments: [AuditStep.forgettingOrdered, .forgettingDone])
    func killedWhileForgettingItIsDoneWholeOrNot(step: AuditStep) async throws {
        let scene = try await Scene(observer: { if $0 == step { throw Killed() } })
        let scope = AuditOversight.Scope.subject(scene.pair.officers[0].identifier.shown)
        func forget(_ scene: Scene) async throws {
            let order = try await scene.order(
                scene.oversight.request(toForget: scope, reason: "x"), by: [scene.pair.requester, scene.pair.approver])
            _ = try await scene.oversight.forget(scope, authorisedBy: order)
        }
        await #expect(throws: Killed.self) { try await forget(scene) }
        _ = try await scene.checkpoint()
        let verdict = try await scene.verdict()
        #expect(verdict.holds && verdict.deletedPersonal == (step == .forgettingDone ? 1 : 0))
        var again = scene
        again.observer = { _ in }
        if step == .forgettingOrdered { try await forget(again) }
        _ = try await scene.checkpoint()
        #expect(try await scene.verdict().deletedPersonal == 1)
    }

    @Test func twoAdministratorsAtOnceBothCount() async throws {
        let scene = try await Scene()
        let checkpoint = try await scene.checkpoint()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await scene.countersign(checkpoint) } }
            try await group.waitForAll()
        }
        _ = try await scene.checkpoint()
        #expect(try await scene.verdict().holds)
        #expect(try await scene.acts("audit.checkpoint").count == 4)
    }
}

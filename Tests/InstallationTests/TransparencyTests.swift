import Audit
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import KeyCustody
import Officers
import OtherPrograms
import Revocation
import Storage
import Testing
import TimeStamping

@testable import AuthorityFixtures
@testable import Installation
@testable import Issuance

/// The log of a whole authority, with real time stamps and officers' certificates, in the hands of the verifier that
/// knows nothing of this program: Python's standard library and the openssl command.
@Suite struct TransparencyTests {
    static let tool = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tools/verify-audit").path

    private struct Scene {
        let bench: Bench
        let register: OfficerRegister
        let requester: KeyedOfficerSigner
        let approver: KeyedOfficerSigner

        init(_ family: AlgorithmFamily) async throws {
            bench = try await Bench.create(family)
            let policy = try DualControl(yaml: Bench.policyFiles().texts["Policies/dual-control.yaml"] ?? "")
            let register = OfficerRegister(
                database: bench.database, audit: bench.audit, policy: policy, surroundings: bench.surroundings,
                isGood: Authority.officerCertificateStatus)
            self.register = register
            let bootstrap = try await bench.database.write { try register.openBootstrap(in: $0) }
            var signers: [KeyedOfficerSigner] = []
            for name in ["王建国", "李秀英"] {
                let key = try PrivateKey.generate(family)
                let record = try await bench.authority.issuance.issue(
                    IssuanceRequest(
                        profile: "officer", subject: SubjectDetails(organization: "机构", commonName: name),
                        proof: .request(Bench.pkcs10(key)), actor: .system, authorisation: bootstrap))
                signers.append(
                    KeyedOfficerSigner(certificate: try record.certificate(), signer: SoftwareSigner(key)))
            }
            (requester, approver) = (signers[0], signers[1])
            let enrolments = [
                OfficerEnrolment(
                    name: "王建国", roles: [.superAdministrator, .operator], certificate: signers[0].certificate),
                OfficerEnrolment(
                    name: "李秀英", roles: [.auditAdministrator, .reviewer], certificate: signers[1].certificate),
            ]
            _ = try await bench.database.write {
                try register.enrolFirstOfficers(enrolments, authorisedBy: bootstrap, in: $0)
            }
        }

        /// A second audit administrator, so that the first one's certificate may be stopped.
        func enrolAnother() async throws {
            let key = try PrivateKey.generate(bench.family)
            var request = IssuanceRequest(
                profile: "officer", subject: SubjectDetails(organization: "机构", commonName: "赵敏"),
                proof: .request(try Bench.pkcs10(key)), actor: .system)
            let certified = try bench.authority.issuance.request(
                toCertifyOfficer: request, justification: "another administrator")
            request.authorisation = try await register.authorise(certified, by: [requester, approver])
            let record = try await bench.authority.issuance.issue(request)
            let enrolment = OfficerEnrolment(
                name: "赵敏", roles: [.auditAdministrator, .reviewer], certificate: try record.certificate())
            let order = try await register.authorise(
                OfficerRegister.request(toEnrol: enrolment, reason: "another administrator", in: bench.surroundings),
                by: [requester, approver])
            let register = register
            _ = try await bench.database.write { try register.enrol(enrolment, authorisedBy: order, in: $0) }
        }

        var oversight: AuditOversight {
            AuditOversight(database: bench.database, audit: bench.audit, surroundings: bench.surroundings)
        }

        var trust: AuditTrust {
            get throws {
                AuditTrust(
                    keys: [try bench.authority.service(.checkpoints).certificate.publicKey],
                    anchors: bench.authority.issuers.anchors,
                    intermediates: bench.authority.issuers.issuing.map(\.certificate))
            }
        }

        @discardableResult
        func checkpoint() async throws -> SignedCheckpoint {
            let timeStamps = bench.authority.timeStamps
            return try await bench.audit.checkpoint(
                database: bench.database, signer: bench.authority.service(.checkpoints).signer
            ) { try await timeStamps.token(over: $0) }
        }

        /// A day of the log: something happens, it is counter-signed, a name is forgotten.
        func live() async throws -> SignedCheckpoint {
            _ = try await bench.active()
            let held = try await checkpoint()
            let order = try await register.authorise(
                oversight.request(toCountersign: held.checkpoint, reason: "日终"), by: [approver])
            _ = try await oversight.countersign(
                held.checkpoint, chain: bench.authority.issuers.issuing.map(\.certificate), authorisedBy: order)
            try await checkpoint()
            let officer = try await register.officers()[0].identifier.shown
            let forgetting = try await register.authorise(
                oversight.request(toForget: .subject(officer), reason: "离职"), by: [requester, approver])
            _ = try await oversight.forget(.subject(officer), authorisedBy: forgetting)
            try await checkpoint()
            return held
        }

        /// What somebody can do who has the database and the audit's key: a true signature by another key of ours.
        func forge(by signer: KeyedOfficerSigner) async throws {
            let checkpoint = try await checkpoint().checkpoint
            let order = oversight.request(toCountersign: checkpoint, reason: "日终")
            let made = try await OfficerSignature.make(under: order, with: signer)
            let forged = Countersignature(
                number: checkpoint.number, request: order.bytes,
                signatures: [.init(certificate: made.certificate, signature: made.signature)],
                chain: bench.authority.issuers.issuing.map(\.certificate.der))
            let audit = bench.audit
            try await bench.database.write { try audit.store(forged, by: .system, in: $0) }
            try await self.checkpoint()
        }

        func verdict() async throws -> AuditVerdict {
            let trust = try trust
            return try await bench.database.read { try AuditStoreCheck(trust: trust, transaction: $0).verdict() }
        }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func theStandAloneVerifierAgreesAndFindsAFlippedByte(family: AlgorithmFamily) async throws {
        let scene = try await Scene(family)
        let held = try await scene.live()
        let stranger = try Stranger()
        defer { stranger.clean() }
        let trust = try scene.trust
        let folder = stranger.folder.path + "/audit"
        try await scene.bench.audit.export(to: folder, database: scene.bench.database, trust: trust)
        let verdict = try AuditVerifier(trust: trust, held: [held.checkpoint]).verify(directory: folder)
        #expect(verdict.holds, "\(verdict.faults)")
        #expect(verdict.stamped == 3 && verdict.countersigned == held.checkpoint && verdict.deletedPersonal == 1)
        let stored = try await scene.verdict()
        #expect(stored.holds && stored.stamped == 3 && stored.countersigned == held.checkpoint, "\(stored.faults)")

        try stranger.write(held.line + [0x0A], "held.jsonl")
        let line = "\(Self.tool) audit --key audit/key.pem --anchors audit/anchors.pem --held held.jsonl"
        let said = try stranger.run(line)
        #expect(
            said.contains("\(verdict.events) events, 3 checkpoints, \(verdict.covered) covered, 3 time stamps"),
            "\(said)")
        #expect(said.contains("last counter-signed: 0, 1 personal data deleted"), "\(said)")

        // A byte in the middle of each file, and of each checkpoint's signature and time stamp.
        var places: [(String, Int)] = []
        // What is hashes alone is the same in every family.
        let hashed = [AuditExport.events, AuditExport.leaves, AuditExport.proofs, AuditExport.personal]
        for name in [AuditExport.checkpoints, AuditExport.countersignatures] + (family == .p256 ? hashed : []) {
            places.append((name, try stranger.read("audit/" + name).count / 2))
        }
        let checkpoints = try stranger.read("audit/" + AuditExport.checkpoints)
        let text = String(decoding: checkpoints, as: UTF8.self)
        for field in ["\"signature\":\"", "\"token\":\""] {
            let found = try #require(text.range(of: field))
            places.append(
                (AuditExport.checkpoints, text.utf8.distance(from: text.startIndex, to: found.upperBound) + 60))
        }
        for (name, place) in places {
            let whole = try stranger.read("audit/" + name)
            var bent = whole
            bent[place] = bent[place] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            try stranger.write(bent, "audit/" + name)
            let complaint = try stranger.run(line, expecting: 1)
            #expect(complaint.contains("DOES NOT HOLD"), "\(name) at \(place): \(complaint)")
            #expect(!(try AuditVerifier(trust: trust).verify(directory: folder).holds), "\(name) at \(place)")
            try stranger.write(whole, "audit/" + name)
        }
        // Another authority's checkpoint, keys and roots.
        let other = try await Scene(family)
        try stranger.write(try await other.checkpoint().line + [0x0A], "held.jsonl")
        #expect(try stranger.run(line, expecting: 1).contains("contradicts the checkpoint"))
        try stranger.write(held.line + [0x0A], "held.jsonl")
        try stranger.write(Array(try other.trust.keys[0].pem.utf8), "audit/key.pem")
        #expect(try stranger.run(line, expecting: 1).contains("is not signed"))
        try stranger.write(Array(trust.keys[0].pem.utf8), "audit/key.pem")
        try stranger.write(Array(try other.trust.anchors[0].pem.utf8), "audit/anchors.pem")
        // Roots that this machine trusts besides are none of those that were given.
        try stranger.trustOnTheMachine(trust.anchors + trust.intermediates)
        let complaint = try stranger.run("env SSL_CERT_DIR=machine \(line)", expecting: 1)
        #expect(complaint.contains("time stamp of checkpoint 0") && complaint.contains("counter-signature"))
        #expect(
            try AuditVerifier(trust: AuditTrust(keys: trust.keys, anchors: other.trust.anchors))
                .verify(directory: folder).faults.contains(.checkpointToken(number: 0)))
    }

    private static let officerPolicy = "1.3.6.1.4.1.32473.1156.1.3"

    @Test(arguments: AlgorithmFamily.allCases)
    func noCertificateOfAnEntityCounterSigns(family: AlgorithmFamily) async throws {
        let scene = try await Scene(family)
        let key = try PrivateKey.generate(family)
        let record = try await scene.bench.active("entity-signature", key: key)
        let entity = KeyedOfficerSigner(certificate: try record.certificate(), signer: SoftwareSigner(key))
        try await scene.forge(by: entity)
        let stranger = try Stranger()
        defer { stranger.clean() }
        let folder = stranger.folder.path + "/audit"
        let trust = try scene.trust
        try await scene.bench.audit.export(to: folder, database: scene.bench.database, trust: trust)
        #expect(try AuditVerifier(trust: trust).verify(directory: folder).faults == [.countersigner(number: 0)])
        let line = "\(Self.tool) audit --officer-policy"
        let policy = try #require(try record.certificate().facts.certificatePolicies.first).description
        #expect(try stranger.run("\(line) \(policy)", expecting: 1).contains("was no audit administrator"))
        #expect(
            try stranger.run("\(line) \(Self.officerPolicy)", expecting: 1)
                .contains("a counter-signature of checkpoint 0 does not hold"))
    }

    @Test func aCertificateThatIsNoOfficersIsNoneWhateverTheLogSays() async throws {
        let scene = try await Scene(.p256)
        let key = try PrivateKey.generate(.p256)
        let certificate = try await scene.bench.active("entity-signature", key: key).certificate()
        let entity = KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
        let enrolment = OfficerEnrolment(name: "某企业", roles: [.auditAdministrator], certificate: certificate)
        let order = try await scene.register.authorise(
            OfficerRegister.request(toEnrol: enrolment, reason: "x", in: scene.bench.surroundings),
            by: [scene.requester, scene.approver])
        _ = try await scene.bench.database.write { try scene.register.enrol(enrolment, authorisedBy: order, in: $0) }
        try await scene.forge(by: entity)
        let stranger = try Stranger()
        defer { stranger.clean() }
        let (folder, trust) = (stranger.folder.path + "/audit", try scene.trust)
        try await scene.bench.audit.export(to: folder, database: scene.bench.database, trust: trust)
        let strict = AuditTrust(
            keys: trust.keys, anchors: trust.anchors, intermediates: trust.intermediates,
            officerPolicy: try OID(validating: Self.officerPolicy))
        #expect(try AuditVerifier(trust: strict).verify(directory: folder).faults == [.countersignature(number: 0)])
        #expect(try AuditVerifier(trust: trust).verify(directory: folder).holds)
        #expect(try stranger.run("\(Self.tool) audit", expecting: 1).contains("counter-signature of checkpoint 0"))
        let policy = try #require(certificate.facts.certificatePolicies.first).description
        try stranger.run("\(Self.tool) audit --officer-policy \(policy)")
    }

    @Test func theLogNamesACertificatesFateAsItsRoomDoes() {
        for act in OfficersOnRecord.CertificateAct.allCases {
            #expect(CertificateRecordsAct(rawValue: act.rawValue) != nil, "\(act)")
        }
    }

    /// The key of an audit administrator who left is still a true key, and its certificate is still in its dates.
    @Test(arguments: AlgorithmFamily.allCases)
    func nobodyCounterSignsByACertificateThatIsHeldOrRevoked(family: AlgorithmFamily) async throws {
        let scene = try await Scene(family)
        try await scene.enrolAnother()
        let (revocation, serial) = (scene.bench.authority.revocation, scene.approver.certificate.serialNumber)
        _ = try await scene.live()
        try await revocation.suspend(serial, on: Bench.automatic)
        try await scene.forge(by: scene.approver)
        try await revocation.resume(serial, on: Bench.automatic)
        try await scene.forge(by: scene.approver)
        try await revocation.revoke(serial, reason: .keyCompromise, on: Bench.automatic)
        try await scene.forge(by: scene.approver)
        let stranger = try Stranger()
        defer { stranger.clean() }
        let (folder, trust) = (stranger.folder.path + "/audit", try scene.trust)
        try await scene.bench.audit.export(to: folder, database: scene.bench.database, trust: trust)
        let verdict = try AuditVerifier(trust: trust).verify(directory: folder)
        #expect(verdict.faults == [.countersigner(number: 3), .countersigner(number: 7)])
        #expect(verdict.countersigned?.number == 5)
        #expect(try await scene.verdict().faults == verdict.faults)
        let complaint = try stranger.run("\(Self.tool) audit", expecting: 1)
        #expect(complaint.contains("last counter-signed: 5"), "\(complaint)")
        for (number, holds) in [(0, true), (3, false), (5, true), (7, false)] {
            let fault = "a counter-signature of checkpoint \(number) does not hold"
            #expect(complaint.contains(fault) != holds, "\(complaint)")
        }
    }

    @Test func aTimeStampThatWasTakenAwayAndEventsThatNobodySignedAreTold() async throws {
        let scene = try await Scene(.p256)
        _ = try await scene.live()
        _ = try await scene.bench.active()
        let stranger = try Stranger()
        defer { stranger.clean() }
        let (folder, trust) = (stranger.folder.path + "/audit", try scene.trust)
        try await scene.bench.audit.export(to: folder, database: scene.bench.database, trust: trust)
        let verdict = try AuditVerifier(trust: trust).verify(directory: folder)
        #expect(verdict.holds && verdict.covered < verdict.events)
        let said = try stranger.run("\(Self.tool) audit")
        #expect(said.contains("\(verdict.events) events, 3 checkpoints, \(verdict.covered) covered"), "\(said)")

        // Somebody writes at the end that he deleted a name, and that a checkpoint was counter-signed: nobody signed
        // it.
        let (events, leaves) = (AuditExport.events, AuditExport.leaves)
        let kept = try #require(
            String(decoding: try stranger.read("audit/" + AuditExport.personal), as: UTF8.self)
                .split(separator: "\n").first { $0.contains("\"kept\"") })
        let datum = try CanonicalJSON(parsing: Array(kept.utf8))
        let forged = CanonicalJSON.object([
            "version": 1, "id": "audit_forged", "time": 0, "act": "audit.personal.forgotten", "personal": [:],
            "actor": ["kind": "system"], "subject": datum["event"] ?? .null,
            "facts": ["names": [datum["name"] ?? .null]],
        ]).bytes
        try stranger.write(try stranger.read("audit/" + events) + forged + [0x0A], "audit/" + events)
        let hash = Hex.encode(DigestAlgorithm.sha256.hash([0] + forged))
        try stranger.write(try stranger.read("audit/" + leaves) + hash.utf8 + [0x0A], "audit/" + leaves)
        let list = String(decoding: try stranger.read("audit/" + AuditExport.personal), as: UTF8.self)
            .replacing(kept, with: kept.replacing("\"kept\"", with: "\"deleted\""))
        try stranger.write(Array(list.utf8), "audit/" + AuditExport.personal)
        #expect(try AuditVerifier(trust: trust).verify(directory: folder).deletedPersonal == verdict.deletedPersonal)
        #expect(try stranger.run("\(Self.tool) audit").contains("last counter-signed: 0, 1 personal data deleted"))

        let lines = String(decoding: try stranger.read("audit/" + AuditExport.checkpoints), as: UTF8.self)
        let bare = lines.replacing(/"token":"[^"]*"/, with: "\"token\":null", maxReplacements: 1)
        try stranger.write(Array(bare.utf8), "audit/" + AuditExport.checkpoints)
        #expect(
            try AuditVerifier(trust: trust).verify(directory: folder).faults == [.checkpointToken(number: 0)])
        #expect(try stranger.run("\(Self.tool) audit", expecting: 1).contains("the time stamp of checkpoint 0"))
    }

    @Test func aTimeStampOfAnotherTimeIsNoneOfTheCheckpoints() async throws {
        for family in [AlgorithmFamily.p256, .sm2] {
            let scene = try await Scene(family)
            // Past every guard of ours: signed today, stamped ten minutes later.
            let timeStamps = scene.bench.authority.timeStamps
            let (bench, key) = (scene.bench, try scene.bench.authority.service(.checkpoints).signer)
            var wrong = bench.surroundings
            let start = bench.surroundings.now()
            wrong.now = { start }
            _ = try await AuditLog(surroundings: wrong).checkpoint(database: bench.database, signer: key) { bytes in
                bench.clock.turn(seconds: 600)
                return try await timeStamps.token(over: bytes)
            }
            let stranger = try Stranger()
            defer { stranger.clean() }
            let (folder, trust) = (stranger.folder.path + "/audit", try scene.trust)
            try await bench.audit.export(to: folder, database: bench.database, trust: trust)
            let verdict = try AuditVerifier(trust: trust).verify(directory: folder)
            #expect(verdict.faults == [.checkpointToken(number: 0)] && verdict.stampedWithin >= 600)
            let complaint = try stranger.run("\(Self.tool) audit", expecting: 1)
            #expect(complaint.contains("the time stamp of checkpoint 0"), "\(complaint)")
        }
    }

    @Test func withoutATimeStampNoCheckpointIsKept() async throws {
        let scene = try await Scene(.p256)
        struct Gone: Error {}
        await #expect(throws: Gone.self) {
            try await scene.bench.audit.checkpoint(
                database: scene.bench.database, signer: scene.bench.authority.service(.checkpoints).signer,
                timeStamp: { _ in throw Gone() })
        }
        #expect(try await scene.checkpoint().checkpoint.number == 0)
    }

    @Test func aKeyThatWasReplacedStillSignsForItsTime() async throws {
        let scene = try await Scene(.p256)
        let first = try await scene.checkpoint()
        let next = try PrivateKey.generate(.p256)
        _ = try await scene.bench.active()
        // Without the earlier key the last checkpoint is a third party's.
        await #expect(throws: Refusal(AuditRefusal.tampered)) {
            try await scene.bench.audit.checkpoint(database: scene.bench.database, signer: SoftwareSigner(next))
        }
        let second = try await scene.bench.audit.checkpoint(
            database: scene.bench.database, signer: SoftwareSigner(next), trusting: try scene.trust.keys)
        #expect(second.checkpoint.previous == first.checkpoint.hash)
        let both = AuditTrust(keys: [next.publicKey] + (try scene.trust.keys))
        let verdict = try await scene.bench.database.read {
            try AuditStoreCheck(trust: both, transaction: $0).verdict()
        }
        #expect(verdict.holds)
    }
}

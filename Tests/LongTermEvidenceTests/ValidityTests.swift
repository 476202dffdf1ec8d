import Audit
import CertificateRecords
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import Issuance
import KeyCustody
import LongTermEvidence
import OtherPrograms
import Revocation
import Storage
import Synchronization
import Testing
import TimeStamping

@testable import AuthorityFixtures

/// What a certificate was at a moment, for ever.
@Suite struct ValidityTests {
    private let trust: (Bench) throws -> TimeStampedStatement.Trust = { bench in
        TimeStampedStatement.Trust(
            anchors: bench.authority.issuers.anchors, servicePolicy: try OID(validating: "1.3.6.1.4.1.32473.1156.1.6"))
    }

    private func verdict(_ bench: Bench, _ serial: SerialNumber, _ at: Instant) async throws -> ValidityFinding {
        try await bench.authority.validity.statement(.serial(serial), at: at).finding
    }

    @Test func `The whole life of a certificate, asked afterwards`() async throws {
        let bench = try await Bench.create()
        let begun = bench.surroundings.now()
        let record = try await bench.authority.issuance.issue(bench.request())
        let serial = record.serialNumber
        let service = bench.authority.revocation
        let clock = bench.clock
        clock.turn(seconds: 600)
        let activated = bench.surroundings.now()
        try await service.activate(serial, actor: .system)
        clock.turn(seconds: 3600)
        let held = bench.surroundings.now()
        try await service.suspend(serial, on: Bench.automatic)
        clock.turn(seconds: 3600)
        let resumed = bench.surroundings.now()
        try await service.resume(serial, on: Bench.automatic)
        clock.turn(seconds: 3600)
        let heldAgain = bench.surroundings.now()
        try await service.suspend(serial, on: Bench.automatic)
        clock.turn(seconds: 3600)
        let before = bench.surroundings.now()
        clock.turn(seconds: 20)
        #expect(try await verdict(bench, serial, before).verdict == .suspended)
        try await service.revoke(serial, reason: .keyCompromise, on: Bench.automatic)
        clock.turn(seconds: 60)

        func expect(_ at: Instant, _ finding: ValidityFinding) async throws {
            let found = try await verdict(bench, serial, at)
            #expect(found == finding, "at \(at.rfc3339)")
        }
        try await expect(begun.adding(seconds: -1), ValidityFinding(.notYetIssued, until: begun))
        try await expect(
            begun.adding(seconds: 1), ValidityFinding(.notYetActive, since: begun, until: activated))
        try await expect(activated, ValidityFinding(.good, since: activated, until: held))
        try await expect(
            held.adding(seconds: 1), ValidityFinding(.suspended, since: held, until: resumed, reason: .certificateHold))
        try await expect(resumed, ValidityFinding(.good, since: resumed, until: heldAgain))
        // Revoked from the suspension on: what was said of this hour before is overruled.
        try await expect(before, ValidityFinding(.revoked, since: heldAgain, reason: .keyCompromise))
        clock.turn(seconds: 86_400 * 1200)
        try await expect(
            record.notAfter.adding(days: 1), ValidityFinding(.revoked, since: heldAgain, reason: .keyCompromise))
    }

    @Test func `A revocation with an invalidity date holds from that date`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 3600)
        let stolen = bench.surroundings.now()
        bench.clock.turn(seconds: 3600)
        let between = bench.surroundings.now()
        bench.clock.turn(seconds: 3600)
        try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, invalidSince: stolen, on: Bench.automatic)
        bench.clock.turn(seconds: 60)
        let finding = ValidityFinding(
            .revoked, since: stolen, reason: .keyCompromise, revokedAt: bench.surroundings.now().adding(seconds: -60))
        #expect(try await verdict(bench, record.serialNumber, between) == finding)
        #expect(try await verdict(bench, record.serialNumber, stolen.adding(seconds: -1)).verdict == .good)
        try await bench.export(to: "archive")
        _ = try bench.verified("archive")
    }

    @Test func `Expired, unknown, and closed serial numbers`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.stop.stop(at: .signed)
        _ = try? await bench.authority.issuance.issue(bench.request())
        let lost = try #require(bench.stop.seen.withLock { $0.last })
        bench.stop.stop(at: nil)
        bench.clock.turn(seconds: 3600)
        _ = try await bench.authority.issuance.recoverIntents()
        bench.clock.turn(seconds: 86_400 * 1200)
        let end = record.notAfter.adding(seconds: 1)
        #expect(try await verdict(bench, record.serialNumber, record.notAfter).verdict == .good)
        #expect(try await verdict(bench, record.serialNumber, end) == ValidityFinding(.expired, since: end))
        #expect(try await verdict(bench, .random(in: bench.surroundings), end).verdict == .unknown)
        #expect(try await verdict(bench, lost, end).verdict == .revoked)
        // One of our numbers in other bytes is not ours.
        let other = try await Bench.create()
        let stranger = try await other.active().certificate()
        let statement = try await bench.authority.validity.statement(.certificate(stranger), at: end)
        #expect(statement.finding.verdict == .unknown && statement.certificate == stranger.fingerprint)
    }

    @Test func `Moments that cannot be answered`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let service = bench.authority.validity
        let now = bench.surroundings.now()
        await #expect(throws: Refusal(LongTermEvidenceRefusal.momentToCome)) {
            try await service.statement(.serial(record.serialNumber), at: now.adding(seconds: 1))
        }
        await #expect(throws: Refusal(LongTermEvidenceRefusal.momentTooRecent)) {
            try await service.statement(.serial(record.serialNumber), at: now.adding(seconds: -9))
        }
        // A store that is older than the history says so.
        let begins = now.adding(days: 10)
        try await bench.database.write { transaction in
            try transaction.execute(
                "INSERT INTO authority_setting (name, datum) VALUES ('status-history-since', $1)",
                String(begins.milliseconds))
        }
        bench.clock.turn(seconds: 86_400 * 20)
        await #expect(throws: Refusal(LongTermEvidenceRefusal.beforeRecords)) {
            try await service.statement(.serial(record.serialNumber), at: now.adding(days: 5))
        }
        #expect(try await verdict(bench, record.serialNumber, begins).verdict == .good)
    }

    @Test func `A revoked authority takes everything below it along`() {
        let start = Bench.start
        let line = StatusEvent(
            version: 1, state: .active, reason: nil, since: start, recordedAt: start, event: nil)
        let end = StatusEvent(
            version: 2, state: .revoked, reason: .caCompromise, since: start.adding(days: 2),
            recordedAt: start.adding(days: 3), event: nil)
        let finding = ValidityFinding.at(
            start.adding(days: 2), issuedAt: start, notBefore: start, notAfter: start.adding(days: 9),
            history: [end, line])
        #expect(finding == ValidityFinding(.revoked, since: start.adding(days: 2), reason: .caCompromise))
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func `The answer is proved offline by a root alone, and openssl agrees`(_ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        // A year on: what signs and stamps then is not valid when the machine's own clock is asked.
        bench.clock.turn(seconds: 366 * 86_400)
        _ = try await bench.authority.renewResponders()
        #expect(try await bench.authority.renewStampKeys().count == 1)
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        let asked = bench.surroundings.now()
        bench.clock.turn(seconds: 60)
        let answer = try await bench.authority.validity.answer(.serial(record.serialNumber), at: asked)
        let read = try TimeStampedStatement(bytes: answer.json.bytes)
        #expect(read == answer)
        #expect(try read.verify(trust(bench)) == bench.surroundings.now().truncatedToSecond)
        let statement = try #require(ValidityStatement(body: read.body))
        #expect(statement.finding.verdict == .good && statement.at == asked && statement.history.count == 2)
        #expect(statement.history.allSatisfy { $0.event != nil })
        #expect(statement.certificate == (try record.certificate().fingerprint))

        let stranger = try Stranger()
        defer { stranger.clean() }
        for file in try AnswerFolder.files(answer, certificate: record.certificate(), evidence: []) {
            try stranger.write(file.bytes, file.name)
        }
        try stranger.write(Array(bench.root.certificate.pem.utf8), "ROOT.pem")
        let said = try stranger.runByHand(family, readMe: "README.txt")
        #expect(said.contains("Verified OK"))
        guard family != .sm2 else { return }
        #expect(said.contains("Verification: OK") && said.contains("signer.pem: OK"))
        // By no root but ROOT.pem: not by those that this machine trusts.
        let path = try #require(
            String(decoding: stranger.read("README.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
                .first { $0.hasPrefix("openssl verify ") })
        try stranger.trustOnTheMachine([bench.root.certificate])
        try stranger.run("env SSL_CERT_DIR=machine \(path.replacing("ROOT.pem", with: "another.pem"))", expecting: 2)
    }

    @Test func `What was altered, or signed by somebody else's certificate of ours, is found out`() async throws {
        let bench = try await Bench.create()
        let key = try PrivateKey.generate(.p256)
        let record = try await bench.active(key: key)
        bench.clock.turn(seconds: 60)
        let at = bench.surroundings.now().adding(seconds: -20)
        let answer = try await bench.authority.validity.answer(.serial(record.serialNumber), at: at)
        let trust = try trust(bench)
        func expectUnproved(_ change: (TimeStampedStatement) throws -> TimeStampedStatement, _ what: String) throws {
            let changed = try change(answer)
            let refusal = #expect(throws: Refusal.self) { try changed.verify(trust) }
            #expect(refusal?.code == LongTermEvidenceRefusal.answerUnproved.code, "\(what): \(refusal?.code ?? "")")
            #expect(refusal?.detail.contains(what) == true, "\(refusal?.detail ?? "-")")
        }
        func with(
            _ original: TimeStampedStatement, body: [UInt8]? = nil, signature: [UInt8]? = nil, token: [UInt8]? = nil,
            signer: Certificate? = nil, status: [UInt8]? = nil
        ) -> TimeStampedStatement {
            TimeStampedStatement(
                body: body ?? original.body, signature: signature ?? original.signature, token: token ?? original.token,
                signer: signer ?? original.signer, chain: original.chain, status: status ?? original.status)
        }
        var body = answer.body
        body[20] ^= 1
        try expectUnproved({ with($0, body: body) }, "the signature")
        let other = try await bench.authority.timeStamps.token(over: [1])
        try expectUnproved({ with($0, token: other) }, "the time stamp")
        // A holder's certificate has the same root, and may not speak for the authority.
        let forged = try key.sign(answer.body)
        let token = try await bench.authority.timeStamps.token(over: forged)
        let holder = try record.certificate()
        try expectUnproved(
            { with($0, signature: forged, token: token, signer: holder) }, "not the authority's own key")
        let status = await bench.authority.status.ocsp(
            OCSPRequest(
                certificates: [
                    OCSPCertID(
                        issuer: try bench.issuing.certificate, serialNumber: record.serialNumber, digest: .sha256)
                ], nonce: nil
            ).der, issuer: record.issuer)
        try expectUnproved({ with($0, status: status.der) }, "the signer's status")
        let stranger = try await Bench.create()
        #expect(throws: Refusal(LongTermEvidenceRefusal.answerUnproved)) {
            try answer.verify(self.trust(stranger))
        }
        for bytes in [[], Array("{}".utf8), Array("[1]".utf8), Array(answer.json.bytes.dropLast())] as [[UInt8]] {
            #expect(throws: Refusal(LongTermEvidenceRefusal.malformedAnswer)) {
                try TimeStampedStatement(bytes: bytes)
            }
        }
    }

    /// The path to the signer skips a self-made authority of the same name; whoever judges its status must, too.
    @Test func `A namesake of the authority cannot speak for the statements' key`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        let answer = try await bench.authority.validity.answer(
            .serial(record.serialNumber), at: bench.surroundings.now().adding(seconds: -20))
        let key = try PrivateKey.generate(.p256)
        let namesake = try await Bench.namesake(of: bench.issuing.certificate, key: key)
        let now = bench.surroundings.now().truncatedToSecond
        func word(of issuer: Certificate, _ status: OCSPStatus) async throws -> [UInt8] {
            try await OCSPResponseBody(
                responder: key.publicKey, producedAt: now,
                responses: [
                    OCSPSingleResponse(
                        certificate: OCSPCertID(
                            issuer: issuer, serialNumber: answer.signer.serialNumber, digest: .sha256),
                        status: status, thisUpdate: now, nextUpdate: now.adding(seconds: 3600))
                ]
            ).signed(by: SoftwareSigner(key), certificates: [])
        }
        func with(_ status: [UInt8]) -> TimeStampedStatement {
            TimeStampedStatement(
                body: answer.body, signature: answer.signature, token: answer.token, signer: answer.signer,
                chain: [namesake] + answer.chain, status: status)
        }
        let trust = try trust(bench)
        for issuer in [namesake, try bench.issuing.certificate] {
            let forged = with(try await word(of: issuer, .good))
            let refusal = #expect(throws: Refusal(LongTermEvidenceRefusal.answerUnproved)) { try forged.verify(trust) }
            #expect(refusal?.detail.contains("the signer's status") == true, "\(refusal?.detail ?? "-")")
        }
        // Nor does it stand in the way of the truth.
        try with(answer.status).verify(trust)
    }

    @Test func `Without a trusted clock there is no answer, and nobody's word is taken for it`() async throws {
        let bench = try await Bench.create(policies: .inEarnest())
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        bench.clock.machine.withLock { $0.isSynchronised = false }
        await #expect(throws: Refusal(TimeStampingRefusal.clockUntrusted)) {
            try await bench.authority.validity.answer(
                .serial(record.serialNumber), at: bench.surroundings.now().adding(seconds: -20))
        }
    }

    @Test func `The history cannot be edited, and stands in the audit line by line`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        for sql in [
            "UPDATE certificate_status_event SET since = 1", "DELETE FROM certificate_status_event",
        ] {
            await #expect(throws: (any Error).self) { try await bench.database.write { try $0.execute(sql) } }
        }
        bench.clock.turn(seconds: 60)
        let statement = try await bench.authority.validity.statement(
            .serial(record.serialNumber), at: bench.surroundings.now().adding(seconds: -30))
        for line in statement.history {
            let event = try #require(line.event)
            let text = try await bench.database.read {
                String(decoding: try bench.audit.line(of: event, in: $0), as: UTF8.self)
            }
            #expect(text.contains(record.serialNumber.hex))
        }
    }
}

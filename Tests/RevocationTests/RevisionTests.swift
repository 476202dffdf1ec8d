import Audit
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import LongTermEvidence
import Officers
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// Why a certificate was revoked, said anew; and what answers about the past make of it.
@Suite struct RevisionTests {
    private struct Scene {
        let bench: Bench
        let officers: BenchOfficers
        let record: CertificateRecord
        let stolen: Instant
        let revoked: Instant
        var serial: SerialNumber { record.serialNumber }
        var revocations: RevocationService { bench.authority.revocation }

        /// Active, an hour later stolen, another hour later revoked for something else, and one more hour gone.
        init(_ reason: RevocationReason = .superseded) async throws {
            bench = try await Bench.create()
            officers = try await BenchOfficers(bench)
            record = try await bench.active("entity-signature")
            bench.clock.turn(seconds: 3600)
            stolen = bench.surroundings.now()
            bench.clock.turn(seconds: 3600)
            revoked = bench.surroundings.now()
            try await bench.authority.revocation.revoke(record.serialNumber, reason: reason, on: Bench.automatic)
            bench.clock.turn(seconds: 3600)
        }

        func revise(
            to reason: RevocationReason = .keyCompromise, since: Instant? = nil
        ) async throws -> CertificateRecord {
            let request = try await revocations.request(
                toRevise: serial, to: reason, invalidSince: since, justification: "found later")
            return try await revocations.reviseReason(
                serial, to: reason, invalidSince: since, on: officers.order(request))
        }
    }

    @Test func `Lists, deltas and OCSP of every process say the new reason at once, the date stays`() async throws {
        let scene = try await Scene()
        let bench = scene.bench
        let other = try await bench.another()
        for authority in [bench.authority, other] {
            #expect(
                try await bench.ocspStatus(scene.serial, by: authority)
                    == .revoked(at: scene.revoked, reason: .superseded))
            #expect(try await bench.list(scene.record, by: authority).entry(for: scene.serial)?.reason == .superseded)
        }
        let base = try #require(await bench.list(.shard(scene.record.shard)).number)
        let revised = try await scene.revise(since: scene.stolen)
        #expect(revised.statusVersion == scene.record.statusVersion + 2 && revised.storedState == .revoked)
        let fact = RevocationFact(reason: .keyCompromise, revokedAt: scene.revoked, invalidSince: scene.stolen)
        #expect(revised.revocation == fact)
        for authority in [other, bench.authority] {
            let answer = try #require(try await bench.ocsp(scene.serial, by: authority).basic?.responses.first)
            #expect(answer.status == .revoked(at: scene.revoked, reason: .keyCompromise))
            #expect(answer.invalidSince == scene.stolen)
            let delta = try await bench.list(.shard(scene.record.shard), .delta, by: authority.status)
            #expect(delta.baseNumber.map { $0 <= base } ?? false)
            for list in [delta, try await bench.list(scene.record, by: authority)] {
                let entry = try #require(list.entry(for: scene.serial))
                #expect(entry.reason == .keyCompromise && entry.revokedAt == scene.revoked)
                #expect(entry.invalidSince == scene.stolen)
            }
        }
        let events = try await bench.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event").map { row throws(Refusal) in
                String(decoding: try row.blob("line"), as: UTF8.self)
            }
        }
        let event = try #require(events.first { $0.contains("certificate.reason-revised") })
        #expect(event.contains(#""before":"superseded""#) && event.contains(scene.serial.hex))
    }

    /// RFC 5280, 5.3.2: both dates are told, and the verdict goes by the earlier one.
    @Test func `An answer about the past states both dates`() async throws {
        let scene = try await Scene()
        let bench = scene.bench
        let between = scene.stolen.adding(seconds: 1800)
        func statement(_ at: Instant) async throws -> ValidityStatement {
            try await bench.authority.validity.statement(.serial(scene.serial), at: at)
        }
        #expect(try await statement(between).finding.verdict == .good)
        #expect(
            try await statement(scene.revoked).finding
                == ValidityFinding(.revoked, since: scene.revoked, reason: .superseded))
        _ = try await scene.revise(since: scene.stolen)
        bench.clock.turn(seconds: 60)
        let finding = ValidityFinding(
            .revoked, since: scene.stolen, reason: .keyCompromise, revokedAt: scene.revoked)
        for moment in [scene.stolen, between, scene.revoked, scene.revoked.adding(days: 800)] {
            if moment > bench.surroundings.now() { bench.clock.turn(seconds: 900 * 86_400) }
            let statement = try await statement(moment)
            #expect(statement.finding == finding && statement.finding.invalidSince == scene.stolen)
            let text = String(decoding: statement.body, as: UTF8.self)
            #expect(text.contains(#""revokedAt":"\#(scene.revoked.rfc3339)""#))
            #expect(text.contains(#""invalidSince":"\#(scene.stolen.rfc3339)""#))
            #expect(ValidityStatement(body: statement.body) == statement)
            // The reason of before stays in the history.
            #expect(statement.history.compactMap(\.reason) == [.superseded, .keyCompromise])
        }
        #expect(try await statement(scene.stolen.adding(seconds: -1)).finding.verdict == .good)
    }

    @Test func `An archive proves a revised reason, and not an altered date`() async throws {
        let scene = try await Scene()
        _ = try await scene.revise(since: scene.stolen)
        scene.bench.clock.turn(seconds: 60)
        try await scene.bench.export(to: "archive")
        _ = try scene.bench.verified("archive")
        // One that says less than both dates is no statement of ours.
        let body = try await scene.bench.authority.validity.statement(.serial(scene.serial), at: scene.stolen).body
        let altered = String(decoding: body, as: UTF8.self)
            .replacing(#","revokedAt":"\#(scene.revoked.rfc3339)""#, with: "")
        #expect(ValidityStatement(body: Array(altered.utf8)) == nil)
    }

    @Test func `Nothing is taken back, said less exactly, or dated later`() async throws {
        let scene = try await Scene(.affiliationChanged)
        func refused(
            _ reason: RevocationRefusal, _ to: RevocationReason, _ since: Instant? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            await #expect(throws: Refusal(reason), sourceLocation: sourceLocation) {
                _ = try await scene.revise(to: to, since: since)
            }
        }
        for reason in [
            RevocationReason.unspecified, .superseded, .cessationOfOperation, .privilegeWithdrawn, .affiliationChanged,
        ] {
            try await refused(.wrongRevision, reason)
        }
        for reason in [RevocationReason.certificateHold, .removeFromCRL, .aaCompromise, .caCompromise] {
            try await refused(.wrongReason, reason)
        }
        try await refused(.invalidityDate, .keyCompromise, scene.revoked.adding(seconds: 1))
        try await refused(.invalidityDate, .keyCompromise, scene.record.notBefore.adding(seconds: -1))
        _ = try await scene.revise(since: scene.stolen)
        try await refused(.wrongRevision, .keyCompromise)
        try await refused(.wrongRevision, .keyCompromise, scene.stolen)
        try await refused(.wrongRevision, .keyCompromise, scene.stolen.adding(seconds: 1))
        try await refused(.wrongRevision, .superseded)
        // Earlier still, and long after the certificate's end.
        scene.bench.clock.turn(seconds: 800 * 86_400)
        let earlier = try await scene.revise(since: scene.stolen.adding(seconds: -60))
        #expect(earlier.revocation?.invalidSince == scene.stolen.adding(seconds: -60))
        #expect(earlier.revocation?.revokedAt == scene.revoked)
    }

    @Test func `It takes two officers' order for exactly this, once, over what is revoked`() async throws {
        let scene = try await Scene()
        let (revocations, serial) = (scene.revocations, scene.serial)
        let request = try await revocations.request(
            toRevise: serial, to: .keyCompromise, invalidSince: scene.stolen, justification: "found")
        await #expect(throws: Refusal(OfficersRefusal.signatureCount)) {
            try await scene.officers.register.authorise(request, by: [scene.officers.requester])
        }
        let order = try await scene.officers.order(request)
        // Another date, another reason, another act's order.
        for (reason, since) in [(RevocationReason.keyCompromise, nil), (.keyCompromise, scene.record.notBefore)] {
            await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
                try await revocations.reviseReason(serial, to: reason, invalidSince: since, on: order)
            }
        }
        let revocation = try await scene.officers.order(
            try await revocations.request(toRevoke: serial, because: .keyCompromise, justification: "found"))
        await #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
            try await revocations.reviseReason(serial, to: .keyCompromise, on: revocation)
        }
        try await revocations.reviseReason(serial, to: .keyCompromise, invalidSince: scene.stolen, on: order)
        // Used up; and there is nothing left to say.
        await #expect(throws: Refusal(RevocationRefusal.wrongRevision)) {
            try await revocations.reviseReason(serial, to: .keyCompromise, invalidSince: scene.stolen, on: order)
        }
        let good = try await scene.bench.active()
        for held in [false, true] {
            if held { try await revocations.suspend(good.serialNumber, on: Bench.automatic) }
            let order = try await scene.officers.order(
                try await revocations.request(toRevise: good.serialNumber, to: .keyCompromise, justification: "found"))
            await #expect(throws: Refusal(RevocationRefusal.notRevoked)) {
                try await revocations.reviseReason(good.serialNumber, to: .keyCompromise, on: order)
            }
        }
        #expect(try await scene.bench.authority.status.status(of: good.serialNumber) == .suspended)
    }

    @Test func `What may become what`() {
        let at = Bench.start
        for before in RevocationReason.allCases {
            for after in RevocationReason.allCases where before != after {
                let isAllowed = RevocationRule.permitsRevision(
                    from: RevocationFact(reason: before, revokedAt: at),
                    to: RevocationFact(reason: after, revokedAt: at))
                let isFinal: Set<RevocationReason> = [.caCompromise, .certificateHold, .removeFromCRL, .aaCompromise]
                let expected =
                    !isFinal.contains(before)
                    && (after == .keyCompromise
                        || before == .unspecified && RevocationRule.forSubscribers.contains(after))
                #expect(isAllowed == expected, "\(before) to \(after)")
            }
            // The date of the revocation is not revised.
            #expect(
                !RevocationRule.permitsRevision(
                    from: RevocationFact(reason: before, revokedAt: at),
                    to: RevocationFact(reason: .keyCompromise, revokedAt: at.adding(seconds: -1))))
        }
    }
}

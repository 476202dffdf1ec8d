import Audit
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import LongTermEvidence
import Reconciliation
import Revocation
import SoftTokens
import Storage
import Synchronization
import Testing
import TimeStamping

@testable import AuthorityFixtures

/// The token is pulled in the middle of everything that an authority does, and put back.
@Suite(.serialized) struct TokenAwayTests {
    @Test(arguments: IssuanceStep.allCases)
    func `A batch whose token goes at a step hands out what is stored, refuses the rest, and is whole afterwards`(
        _ step: IssuanceStep
    ) async throws {
        let house = try await TokenBench()
        let bench = house.bench
        let before = try await bench.count("SELECT count(*) AS n FROM certificate")
        let requests = try (0..<5).map { try bench.request(reference: "bulk/\($0)") }
        bench.stop.perform(at: step) { _ in try house.takeAway() }
        let answers = try await bench.authority.issuance.issueMany(requests)
        bench.stop.stop(at: nil)
        var issued: [Int: SerialNumber] = [:]
        for (index, answer) in answers.enumerated() {
            switch answer {
            case .success(let record): issued[index] = record.serialNumber
            case .failure(let error): #expect(TokenBench.isNamed(error), "\(error)")
            }
        }
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate") == before + Int64(issued.count))
        #expect(try await house.alarms() == (issued.count == 5 ? 0 : 1))
        #expect(step == .stored ? issued.count == 5 : true)
        try house.putBack()
        let again = try await bench.authority.issuance.issueMany(requests).map { try $0.get().serialNumber }
        #expect(Set(again).count == 5)
        for (index, serial) in issued { #expect(again[index] == serial) }
        bench.clock.turn(seconds: 61)
        _ = try await bench.authority.issuance.recoverIntents()
        #expect(try await bench.openIntents() == 0)
    }

    @Test func `A recheck and a reconciliation need no key: they go on without the token`() async throws {
        let house = try await TokenBench()
        let bench = house.bench
        _ = try await bench.active()
        let whole = try await bench.authority.recheck().run(batch: 2)
        let steps = Mutex(0)
        let report = try await bench.authority.recheck { _ in
            if steps.withLock({
                $0 += 1; return $0
            }) == 3 {
                try house.takeAway()
            }
        }.run(batch: 2)
        #expect(report.judged == whole.judged && report.found == 0)
        let summary = try await bench.authority.reconciliation(
            keysDirectory: bench.keysFolder, journals: [], keys: nil, scratch: bench.folder.path
        ).run { Issue.record("\($0)") }
        #expect(summary.differences == 0)
    }

    @Test(arguments: [StatusStep.listLeased, .listRead, .listSigned])
    func `A list whose token goes at a step leaves the one before, which serves to its end`(_ step: StatusStep)
        async throws
    {
        let house = try await TokenBench()
        let bench = house.bench
        let record = try await bench.active()
        let first = try await bench.list(record)
        // Nobody needs a key to revoke.
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        let watched = bench.authority.status.observed { at, _ in if at == step { try house.takeAway() } }
        let list = try await CertificateList(der: watched.crl(issuer: record.issuer, shard: record.shard).der)
        if step == .listSigned {
            // What is signed already is published.
            #expect(list.number == 2 && list.entry(for: record.serialNumber) != nil)
            return
        }
        #expect(list.der == first.der)
        #expect(try await house.alarms() == 1)
        // Who wants it now, and whoever makes lists ahead, hears why there is none; the alarm is not repeated.
        for _ in 0..<2 {
            await #expect(performing: { try await bench.authority.status.renewLists() }, throws: TokenBench.isNamed)
            await #expect(
                performing: {
                    try await bench.authority.status.crl(
                        issuer: record.issuer, .init(.shard(record.shard)), isDemanded: true)
                }, throws: TokenBench.isNamed)
        }
        #expect(try await house.alarms() == 1)
        #expect(try await bench.count("SELECT count(*) AS n FROM work_lease") == 0)
        // A list that has ended is no answer.
        bench.clock.turn(seconds: 3 * 86_400)
        await #expect(performing: { try await bench.list(record) }, throws: TokenBench.isNamed)
        try house.putBack()
        let next = try await bench.list(record)
        #expect(next.number == 2 && next.entry(for: record.serialNumber) != nil)
        #expect(try await house.alarms("authority.custody-recovered") == 1)
    }

    @Test func `Without the token a stored answer is given while it is true; of what was revoked nobody hears good`()
        async throws
    {
        let house = try await TokenBench()
        let bench = house.bench
        let (known, changed, unasked) = (try await bench.active(), try await bench.active(), try await bench.active())
        for record in [known, changed] { #expect(try await bench.ocspStatus(record.serialNumber) == .good) }
        try house.takeAway()
        try await bench.authority.revocation.revoke(changed.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        for _ in 0..<2 {
            #expect(try await bench.ocspStatus(known.serialNumber) == .good)
            for record in [changed, unasked] {
                #expect(try await bench.ocsp(record.serialNumber).error == .tryLater)
            }
        }
        #expect(try await bench.ocsp(known.serialNumber, nonce: [UInt8](repeating: 9, count: 16)).error == .tryLater)
        #expect(try await house.alarms() == 1)
        try house.putBack()
        guard case .revoked = try await bench.ocspStatus(changed.serialNumber) else {
            Issue.record("not revoked")
            return
        }
        #expect(try await bench.ocspStatus(unasked.serialNumber) == .good)
    }

    @Test func `Without the token no time is stamped, no checkpoint is half made, no past status is said`() async throws
    {
        let house = try await TokenBench()
        let bench = house.bench
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.checkpoint()
        let checkpoints = try await bench.count("SELECT count(*) AS n FROM audit_checkpoint")
        let asked = bench.surroundings.now().adding(seconds: -30)
        let key = try bench.authority.service(.checkpoints)
        try house.takeAway()
        await #expect(performing: { try await bench.authority.timeStamps.token(over: [1]) }, throws: TokenBench.isNamed)
        await #expect(
            performing: { try await bench.authority.validity.answer(.serial(record.serialNumber), at: asked) },
            throws: TokenBench.isNamed)
        // What was asked needs no key to be known.
        #expect(try await bench.verdict(of: record.serialNumber, at: asked).verdict == .good)
        await #expect(performing: { try await bench.checkpoint() }, throws: TokenBench.isNamed)
        for step in [AuditStep.checkpointDrafted, .checkpointSigned] {
            try house.putBack()
            _ = try await bench.active()
            // Gone between the signature and its time stamp, too.
            await #expect(
                performing: {
                    _ = try await bench.audit.checkpoint(
                        database: bench.database, signer: key.signer,
                        timeStamp: { try await bench.authority.timeStamps.token(over: $0) },
                        observer: { if $0 == step { try house.takeAway() } })
                }, throws: TokenBench.isNamed)
            #expect(try await bench.count("SELECT count(*) AS n FROM audit_checkpoint") == checkpoints)
        }
        try house.putBack()
        try await bench.checkpoint()
        #expect(try await bench.count("SELECT count(*) AS n FROM audit_checkpoint") == checkpoints + 1)
        let answer = try await bench.authority.validity.answer(.serial(record.serialNumber), at: asked)
        try answer.verify(bench.trust)
    }

    @Test(arguments: [
        ArchiveStep.begun, .planned, .issuersWritten, .recordWritten(2), .listsWritten, .checkpointsWritten,
        .sumsWritten,
    ])
    func `An archive whose token goes at a step waits, and the same command finishes it`(_ step: ArchiveStep)
        async throws
    {
        let house = try await TokenBench()
        let bench = house.bench
        _ = try await bench.active()
        bench.clock.turn(seconds: 60)
        await #expect(
            performing: { try await bench.export(to: "archive") { if $0 == step { try house.takeAway() } } },
            throws: TokenBench.isNamed)
        #expect(!FileManager.default.fileExists(atPath: bench.path("archive")))
        #expect(try await house.alarms() == 1)
        try house.putBack()
        try await bench.export(to: "archive")
        _ = try bench.verified("archive")
    }

    @Test func `An authority opens while its token is away, and works when that is back`() async throws {
        let house = try await TokenBench()
        let bench = house.bench
        let record = try await bench.active()
        #expect(try await bench.ocspStatus(record.serialNumber) == .good)
        let list = try await bench.list(record)
        try house.takeAway()
        // As another process has it.
        let keys = TokenKeys(
            token: try house.soft.opened(),
            alarm: CustodyAlarm(place: "token", database: bench.database, audit: bench.audit))
        let other = try await Authority.open(
            database: bench.database, audit: bench.audit,
            keys: JournalledKeys(keys, directory: bench.keysFolder, surroundings: bench.surroundings),
            surroundings: bench.surroundings)
        #expect(try await bench.ocspStatus(record.serialNumber, by: other) == .good)
        #expect(try await bench.list(record, by: other).der == list.der)
        #expect(try !other.issuers.issuer(generation: "p256-root-1").hasSigner)
        let request = try bench.request(reference: "case/7")
        await #expect(performing: { try await other.issuance.issue(request) }, throws: TokenBench.isNamed)
        #expect(try await house.alarms() == 1)
        try house.putBack()
        _ = try await other.issuance.issue(request)
        // The root's key is there too, once somebody looks again.
        #expect(try await other.refresh())
        #expect(try other.issuers.issuer(generation: "p256-root-1").hasSigner)
        #expect(try await !other.refresh())
    }
}

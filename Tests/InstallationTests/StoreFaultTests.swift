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

/// The store is locked by another process, or full to its last page, whatever the authority is doing.
@Suite struct StoreFaultTests {
    private static let busy = Refusal(StorageRefusal.busy)
    private static let full = Refusal(StorageRefusal.diskFull)

    @Test func `With a locked store a batch is refused whole, and issued once it is free`() async throws {
        let bench = try await Bench.create()
        let blocked = try await bench.impatient()
        let requests = try (0..<3).map { try bench.request(reference: "bulk/\($0)") }
        try await bench.whileHoldingTheStore { () async throws -> Void in
            for answer in try await blocked.issuance.issueMany(requests) {
                #expect(throws: Self.busy) { try answer.get() }
            }
        }
        #expect(try await bench.openIntents() == 0)
        #expect(try await blocked.issuance.issueMany(requests).map { try $0.get() }.count == 3)
    }

    @Test func `Two processes issue the same batch at once: each request gets one certificate`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let before = try await bench.count("SELECT count(*) AS n FROM certificate")
        let requests = try (0..<20).map { try bench.request(reference: "bulk/\($0)") }
        async let first = bench.authority.issuance.issueMany(requests, batch: 4)
        async let second = other.issuance.issueMany(requests, batch: 5)
        _ = try await (first, second)
        let again = try await other.issuance.issueMany(requests).map { try $0.get().serialNumber }
        #expect(Set(again).count == 20)
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate") == before + 20)
        #expect(try await bench.openIntents() == 0)
    }

    @Test func `With a locked store a recheck is refused for now, and goes on`() async throws {
        let bench = try await Bench.create()
        _ = try await bench.active()
        let whole = try await bench.authority.recheck().run(batch: 2)
        let blocked = try await bench.impatient()
        try await bench.whileHoldingTheStore { () async throws -> Void in
            await #expect(throws: Self.busy) { try await blocked.recheck().run(batch: 2) }
        }
        let report = try await blocked.recheck().run(batch: 2)
        #expect(report.judged == whole.judged && report.found == 0)
    }

    @Test func `With a locked store nobody is half revoked, and the list and answer of before serve`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let list = try await bench.list(record)
        #expect(try await bench.ocspStatus(record.serialNumber) == .good)
        let blocked = try await bench.impatient()
        try await bench.whileHoldingTheStore { () async throws -> Void in
            await #expect(throws: Self.busy) {
                try await blocked.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
            }
            #expect(try await bench.list(record, by: blocked).der == list.der)
            #expect(try await bench.ocspStatus(record.serialNumber, by: blocked) == .good)
            // Nothing is stored for this one, and nothing can be: the answer is true all the same.
            #expect(try await bench.ocspStatus(bench.issuing.certificate.serialNumber, by: blocked) == .unknown)
        }
        try await blocked.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        try await bench.whileHoldingTheStore { () async throws -> Void in
            // A new list is due and cannot be stored: the valid one serves; whoever wants it now is told to wait.
            #expect(try await bench.list(record, by: blocked).der == list.der)
            await #expect(throws: Self.busy) { try await blocked.status.renewLists() }
            // A status has no such leave: it is told as it is.
            guard case .revoked = try await bench.ocspStatus(record.serialNumber, by: blocked) else {
                Issue.record("not revoked")
                return
            }
        }
        #expect(try await bench.list(record, by: blocked).number == 2)
    }

    @Test func `With a full store no list is half made: the one before serves, and the next has everything`()
        async throws
    {
        let bench = try await Bench.create()
        let other = try await bench.active()
        let list = try await bench.list(.full)
        let records = try await bench.authority.issuance.issueMany((0..<150).map { _ in try bench.request() })
            .map { try $0.get() }
        let full = try await bench.onFullDisk()
        await #expect(throws: Self.full) {
            try await full.revocation.revoke(other.serialNumber, reason: .superseded, on: Bench.automatic)
        }
        #expect(try await bench.authority.status.status(of: other.serialNumber) == .active)
        // So many that their list needs another page.
        for record in records {
            try await bench.authority.revocation.revoke(
                record.serialNumber, reason: .superseded, on: Bench.automatic)
        }
        bench.clock.turn(seconds: 1000)
        #expect(try await bench.list(.full, by: full.status).der == list.der)
        await #expect(throws: Self.full) { try await full.status.renewLists() }
        let next = try await bench.list(.full)
        #expect(next.number == 2 && next.entries.count == 150)
    }

    @Test func `A past status is told with a locked store, with a full one, by two processes, and after a kill`()
        async throws
    {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.checkpoint()
        let asked = bench.surroundings.now().adding(seconds: -30)
        let other = try await bench.impatient()
        @Sendable func answer(by authority: Authority) async throws -> ValidityStatement {
            let answer = try await authority.validity.answer(.certificate(record.certificate()), at: asked)
            try answer.verify(bench.trust)
            return try #require(ValidityStatement(body: answer.body))
        }
        let first = try await answer(by: bench.authority)
        // It only reads, and its time stamp keeps nothing: there is nothing that a kill could leave behind.
        let rows = "SELECT (SELECT count(*) FROM audit_event) + (SELECT count(*) FROM ocsp_answer) AS n"
        let before = try await bench.count(rows)
        try await bench.whileHoldingTheStore { () async throws -> Void in
            #expect(try await answer(by: other).finding == first.finding)
        }
        #expect(try await bench.count(rows) == before)
        async let one = answer(by: bench.authority)
        async let two = answer(by: other)
        #expect(try await [one, two].allSatisfy { $0.finding == first.finding })
        #expect(try await answer(by: bench.onFullDisk()).finding == first.finding)
    }

    @Test func `Time is stamped with a full store as long as the clock keeps its word, by two processes, each once`()
        async throws
    {
        let bench = try await Bench.create()
        _ = try await bench.authority.timeStamps.token(over: [1])
        let other = try await bench.onFullDisk()
        let tokens = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for index in 0..<20 {
                let authority = index.isMultiple(of: 2) ? bench.authority : other
                group.addTask { try await authority.timeStamps.token(over: [UInt8(index)]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let serials = try tokens.map { try TimeStampToken(der: $0).info.serialNumber }
        #expect(Set(serials).count == 20)
    }

    @Test func `What cannot be written of a token that comes and goes stays in its order, and does not grow`()
        async throws
    {
        let bench = try await Bench.create()
        let (full, audit) = try await bench.fullStore()
        let alarm = CustodyAlarm(place: "token", database: full, audit: audit)
        func fail() async {
            await #expect(throws: Refusal(CryptographyRefusal.tokenMissing)) {
                try await alarm.watching { throw Refusal(CryptographyRefusal.tokenMissing) }
            }
        }
        for _ in 0..<150 {
            await fail()
            try await alarm.watching {}
        }
        #expect(try await bench.events("authority.custody-failed") == 0)
        try await bench.database.write { _ = try $0.execute("DELETE FROM filler") }
        await fail()
        let acts = try await bench.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event ORDER BY arrival").compactMap { row in
                try CanonicalJSON(parsing: row.blob("line"), limit: AuditLog.lineLimit)["act"]?.string
            }.filter { $0.hasPrefix("authority.custody-") }
        }
        #expect(acts.count > 100 && acts.count <= 200)
        // Each tells of a change: from the first failure to the last.
        #expect(acts.first == "authority.custody-failed" && acts.last == acts.first)
        #expect(zip(acts, acts.dropFirst()).allSatisfy { $0 != $1 })
    }

    @Test func `An alarm of a failed token waits for room in the store, and is written once`() async throws {
        let schema = try await TokenBench()
        let bench = schema.bench
        let (full, audit) = try await bench.fullStore()
        let alarm = CustodyAlarm(place: "token", database: full, audit: audit)
        let token = try schema.soft.opened(by: schema.faulty)
        let signer = try await TokenKeys(token: token, alarm: alarm).signer("p256-entity-1")
        try schema.takeAway()
        for _ in 0..<3 {
            await #expect(performing: { try await signer.sign([1]) }, throws: TokenBench.isNamed)
        }
        #expect(token.failure != nil && alarm.refused == 3)
        #expect(try await schema.alarms() == 0)
        // Room is made; the next who asks finds the token back, and both changes are written.
        try await bench.database.write { _ = try $0.execute("DELETE FROM filler") }
        try schema.putBack()
        _ = try await signer.sign([1])
        #expect(try await schema.alarms() == 1)
        #expect(try await schema.alarms("authority.custody-recovered") == 1)
    }

    @Test func `An alarm of a failed token waits for a locked store, and is written once`() async throws {
        let schema = try await TokenBench()
        let bench = schema.bench
        var options = DatabaseOptions()
        options.busyTimeoutMilliseconds = 20
        let (impatient, audit) = try Bench.open(bench.folder, bench.surroundings, options: options)
        let keys = TokenKeys(
            token: try schema.soft.opened(by: schema.faulty),
            alarm: CustodyAlarm(place: "token", database: impatient, audit: audit))
        try schema.takeAway()
        try await bench.whileHoldingTheStore { () async throws -> Void in
            await #expect(performing: { try await keys.check() }, throws: TokenBench.isNamed)
        }
        #expect(try await schema.alarms() == 0)
        await #expect(performing: { try await keys.check() }, throws: TokenBench.isNamed)
        #expect(try await schema.alarms() == 1)
        await impatient.close()
    }
}

import Audit
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Reconciliation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures
@testable import CertificateProfiles
@testable import CertificateRecords
@testable import Issuance
@testable import LongTermEvidence
@testable import Revocation
@testable import TimeStamping

/// Somebody sets the clock while the authority works.
@Suite struct SteppedClockTests {
    @Test(
        arguments: [IssuanceStep.requested, .intended, .built, .linted, .signed, .verified, .stored],
        [Int64(-3600), 7200])
    func `A batch during which the clock is set loses no serial number`(_ step: IssuanceStep, _ seconds: Int64)
        async throws
    {
        let bench = try await Bench.create()
        let before = try await bench.count("SELECT count(*) AS n FROM certificate")
        let requests = try (0..<4).map { try bench.request(reference: "bulk/\($0)") }
        let isSet = Mutex(false)
        let other = try await bench.another()
        bench.stop.perform(at: step) { _ in
            let isFirst = isSet.withLock { isSet in
                defer { isSet = true }
                return !isSet
            }
            guard isFirst else { return }
            bench.clock.set(bySeconds: seconds)
            // Another process believes the clock, and takes leases that seem to be over.
            _ = try await other.issuance.recoverIntents()
        }
        let answers = try await bench.authority.issuance.issueMany(requests)
        bench.stop.stop(at: nil)
        let issued = answers.compactMap { try? $0.get() }
        for answer in answers {
            if case .failure(let error) = answer {
                #expect((error as? Refusal)?.isBecause(CertificateRecordsRefusal.intentLost) == true, "\(error)")
            }
        }
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate") == before + Int64(issued.count))
        #expect(seconds > 0 || issued.count == 4)
        bench.clock.set(bySeconds: -seconds)
        let again = try await bench.authority.issuance.issueMany(requests).map { try $0.get() }
        #expect(Set(again.map(\.serialNumber)).count == 4)
        bench.clock.turn(seconds: 4000)
        _ = try await bench.authority.issuance.recoverIntents()
        #expect(try await bench.openIntents() == 0)
        // Each number that was given up counts as revoked, and none is both.
        #expect(
            try await bench.count(
                """
                SELECT count(*) AS n FROM issuance_intent i WHERE (i.progress = 'issued') <>
                    EXISTS (SELECT 1 FROM certificate c WHERE c.serial = i.serial)
                """) == 0)
    }

    @Test(arguments: [Int64(-86_400), 86_400])
    func `A recheck during which the clock is set at any step judges everything in the end`(_ seconds: Int64)
        async throws
    {
        let bench = try await Bench.create()
        for _ in 0..<3 { _ = try await bench.active() }
        let whole = try await bench.authority.recheck().run(batch: 2)
        let steps = Mutex(0)
        _ = try await bench.authority.recheck { _ in steps.withLock { $0 += 1 } }.run(batch: 2)
        let count = steps.withLock { $0 }
        for stop in 1...count {
            let seen = Mutex(0)
            let pass = bench.authority.recheck { _ in
                let isDue = seen.withLock { seen in
                    seen += 1
                    return seen == stop
                }
                if isDue { bench.clock.set(bySeconds: seconds) }
            }
            // Its lease may seem to be over; then it stops by name, and whoever comes next goes on.
            var report = try? await pass.run(batch: 2)
            bench.clock.set(bySeconds: -seconds)
            bench.clock.turn(seconds: 121)
            if report == nil { report = try await bench.authority.recheck().run(batch: 2) }
            #expect(report?.judged == whole.judged, "set at \(stop)")
        }
    }

    @Test func `Answers of a clock that was ahead are not given when it is set right`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.set(bySeconds: 7200)
        let ahead = try #require(try await bench.ocsp(record.serialNumber).basic?.responses.first)
        #expect(ahead.thisUpdate == bench.surroundings.now().truncatedToSecond)
        bench.clock.set(bySeconds: -7200)
        let right = try #require(try await bench.ocsp(record.serialNumber).basic?.responses.first)
        #expect(right.thisUpdate <= bench.surroundings.now())
        #expect(right.status == .good)
        // And one of a clock that was behind has ended.
        bench.clock.set(bySeconds: -86_400)
        _ = try await bench.ocsp(record.serialNumber)
        bench.clock.set(bySeconds: 86_400)
        let now = try #require(try await bench.ocsp(record.serialNumber).basic?.responses.first)
        #expect(now.nextUpdate.map { $0 > bench.surroundings.now() } == true)
    }

    /// A revocation's date may lie in the future of the clock as it is now, of a hold and of an invalidity date too.
    @Test(arguments: [Int64(86_400), 0])
    func `What was revoked before the clock was set back is told at once, in lists, deltas and answers`(_ ahead: Int64)
        async throws
    {
        let bench = try await Bench.create()
        let (record, held, free) = try await (bench.active(), bench.active(), bench.active())
        try await bench.authority.revocation.suspend(free.serialNumber, on: Bench.automatic)
        _ = try await (bench.list(record), bench.list(.full))
        // Ahead, and then right; or right, and then behind.
        if ahead > 0 { bench.clock.set(bySeconds: ahead) } else { bench.clock.turn(seconds: 86_400 / 8) }
        let revoked = bench.surroundings.now()
        try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, invalidSince: revoked.adding(seconds: -60), on: Bench.automatic
        )
        try await bench.authority.revocation.suspend(held.serialNumber, on: Bench.automatic)
        try await bench.authority.revocation.resume(free.serialNumber, on: Bench.automatic)
        bench.clock.set(bySeconds: ahead > 0 ? -ahead : -3600)

        for nonce in [nil, [UInt8](repeating: 1, count: 8)] {
            for serial in [record.serialNumber, held.serialNumber] {
                let answer = try #require(try await bench.ocsp(serial, nonce: nonce).basic?.responses.first)
                guard case .revoked(let date, _) = answer.status else {
                    Issue.record("\(answer.status)")
                    continue
                }
                #expect(date <= bench.surroundings.now())
            }
        }
        #expect(try await bench.authority.status.renewLists(isDemanded: true) > 0)
        let lists = [
            try await bench.list(record), try await bench.list(.full),
            try await bench.list(.shard(record.shard), .delta),
            try await bench.list(.full, .delta),
        ]
        for list in lists {
            let entry = list.entry(for: record.serialNumber)
            let isTold = entry.map { $0.reason == .keyCompromise && $0.revokedAt <= list.thisUpdate } ?? false
            #expect(isTold && list.thisUpdate <= bench.surroundings.now(), "\(list.issuingDistributionPoint ?? "full")")
        }
        #expect(lists[3].entry(for: free.serialNumber)?.reason == .removeFromCRL)
        #expect(try await bench.differences() == [])
        // Once that moment has come, they say the date that is stored.
        bench.clock.turn(seconds: 86_400 + 60)
        let late = try #require(try await bench.ocsp(record.serialNumber).basic?.responses.first)
        #expect(late.status == .revoked(at: revoked.truncatedToSecond, reason: .keyCompromise))
        #expect(try await bench.list(.full).entry(for: record.serialNumber)?.revokedAt == revoked.truncatedToSecond)
    }

    /// While it was ahead, lists let go of what had ended by it.
    @Test func `Lists of a clock that was ahead by more than they live are followed by true ones, with everything`()
        async throws
    {
        let bench = try await Bench.create()
        let record = try await bench.active()
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        for scope in [CRLScope.shard(record.shard), .full] {
            #expect(try await bench.list(scope).entry(for: record.serialNumber) != nil)
        }
        let ahead: Int64 = 400 * 86_400
        bench.clock.set(bySeconds: ahead)
        for _ in 0..<2 {
            _ = try await bench.authority.status.renewLists()
            bench.clock.turn(seconds: 13 * 3600)
        }
        #expect(try await bench.list(record).entry(for: record.serialNumber) == nil)
        bench.clock.set(bySeconds: -ahead)
        _ = try await bench.authority.status.renewLists()
        for scope in [CRLScope.shard(record.shard), .full] {
            for kind in [CRLKind.complete, .delta] {
                let list = try await bench.list(scope, kind)
                #expect(list.thisUpdate <= bench.surroundings.now(), "\(scope) \(kind)")
                guard kind == .complete else { continue }
                #expect(list.number.map { $0 > 2 } ?? false)
                #expect(list.entry(for: record.serialNumber)?.reason == .keyCompromise, "\(scope)")
            }
        }
        #expect(try await bench.differences() == [])
    }

    /// Relying parties reject a list whose date lies ahead of them.
    @Test(arguments: [Int64(200), 7200])
    func `A list of a clock that was ahead by minutes is carried on, one of hours is made anew`(_ ahead: Int64)
        async throws
    {
        let bench = try await Bench.create()
        let (record, other) = try await (bench.active(), bench.active())
        bench.clock.set(bySeconds: ahead)
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        _ = try await bench.authority.status.renewLists(isDemanded: true)
        let scopes = [CRLScope.shard(record.shard), .full]
        var before: [CertificateList] = []
        for scope in scopes { for kind in CRLKind.allCases { before.append(try await bench.list(scope, kind)) } }
        bench.clock.set(bySeconds: -ahead)
        try await bench.authority.revocation.revoke(other.serialNumber, reason: .superseded, on: Bench.automatic)
        _ = try await bench.authority.status.renewLists(isDemanded: true)
        var after: [CertificateList] = []
        for scope in scopes { for kind in CRLKind.allCases { after.append(try await bench.list(scope, kind)) } }
        for (old, new) in zip(before, after) {
            let name = new.issuingDistributionPoint ?? "full"
            // A delta's base, the oldest that lives, names it already.
            let isNamed = new.baseNumber != nil || new.entry(for: record.serialNumber)?.reason == .keyCompromise
            #expect(isNamed, "\(name)")
            if ahead > 300 {
                #expect(try #require(new.number) > #require(old.number), "\(name)")
                #expect(new.thisUpdate <= bench.surroundings.now(), "\(name)")
            } else {
                #expect(new.thisUpdate >= old.thisUpdate, "\(name)")
            }
        }
        #expect(after[2].entry(for: other.serialNumber) != nil && after[3].entry(for: other.serialNumber) != nil)
        // Nothing more is made of them.
        #expect(try await bench.authority.status.renewLists() == 0)
        #expect(try await bench.differences() == [])
    }

    @Test func `A clock that was set ahead ends no hold and nothing that waits for its key`() async throws {
        let bench = try await Bench.create()
        let held = try await bench.active()
        let waiting = try await bench.authority.issuance.issue(bench.request())
        let desk = bench.authority.revocation
        try await desk.suspend(held.serialNumber, on: Bench.automatic)
        try await bench.authority.clock.watch()
        bench.clock.set(bySeconds: 200 * 86_400)
        for _ in 0..<2 {
            await #expect(throws: Refusal(TimeStampingRefusal.clockUntrusted)) { try await desk.endLongSuspensions() }
            await #expect(throws: Refusal(TimeStampingRefusal.clockUntrusted)) { try await desk.expireUnactivated() }
            await #expect(throws: Refusal(RevocationRefusal.activationTooLate)) {
                try await desk.activate(waiting.serialNumber, actor: .system)
            }
        }
        bench.clock.set(bySeconds: -200 * 86_400)
        #expect(try await desk.endLongSuspensions().isEmpty)
        #expect(try await desk.expireUnactivated().isEmpty)
        _ = try await desk.activate(waiting.serialNumber, actor: .system)
        _ = try await desk.resume(held.serialNumber, on: Bench.automatic)
    }

    @Test func `A responder of a clock that was ahead keeps no other from being made in time`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.set(bySeconds: 300 * 86_400)
        #expect(try await bench.authority.renewResponders().count == 1)
        bench.clock.set(bySeconds: -300 * 86_400)
        let end = try #require(try await bench.ocsp(record.serialNumber).basic?.certificates.first).notAfter
        #expect(try await bench.authority.renewResponders().isEmpty)
        bench.clock.turn(seconds: end.seconds - bench.surroundings.now().seconds - 86_400)
        #expect(try await bench.authority.renewResponders().count == 1)
        bench.clock.turn(seconds: 2 * 86_400)
        #expect(try await bench.ocspStatus(record.serialNumber) == .good)
    }

    @Test func `A lease of a clock that was ahead keeps nobody from the work`() async throws {
        let bench = try await Bench.create()
        let now = bench.surroundings.now()
        func take(_ owner: UInt8, at moment: Instant) async throws -> Bool {
            try await bench.database.write {
                try WorkLease.take("work", owner: [owner], at: moment, seconds: 30, in: $0)
            }
        }
        #expect(try await take(1, at: now.adding(days: 1)))
        #expect(try await take(2, at: now))
        #expect(try await !take(1, at: now.adding(seconds: 29)))
        #expect(try await take(1, at: now.adding(seconds: 30)))
    }

    @Test func `What was abandoned while the clock was ahead by more than a day is closed once it is right`()
        async throws
    {
        let bench = try await Bench.create()
        bench.clock.set(bySeconds: 30 * 86_400)
        bench.stop.stop(at: .signed)
        await #expect(throws: (any Error).self) { try await bench.authority.issuance.issue(bench.request()) }
        bench.stop.stop(at: nil)
        #expect(try await bench.openIntents() == 1)
        #expect(try await bench.authority.issuance.recoverIntents().isEmpty)
        bench.clock.set(bySeconds: -30 * 86_400)
        #expect(try await bench.differences().map(\.kind) == [.intentLeftOpen])
        #expect(try await bench.authority.issuance.recoverIntents().count == 1)
        #expect(try await bench.openIntents() == 0)
        #expect(try await bench.differences() == [])
    }

    @Test func `A token's pause and sessions go by the monotonic clock: setting the wall clock changes nothing`()
        async throws
    {
        let house = try await TokenBench()
        for seconds in [Int64(-86_400), 172_800, -86_400] {
            house.bench.clock.set(bySeconds: seconds)
            try await house.keys.check()
            try house.takeAway()
            await #expect(
                performing: { try await house.keys.signer("p256-entity-1").sign([1]) }, throws: TokenBench.isNamed)
            try house.putBack()
            try await house.keys.check()
        }
        #expect(house.keys.report.failure == nil)
    }

    /// What is deleted is deleted for good: a clock that runs years ahead must not decide it.
    @Test func `A clock that was set years ahead lets nothing go, at whatever step it was set`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let record = try await bench.active()
        _ = try await bench.ocsp(record.serialNumber)
        try await bench.database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, progress, created_at,
                    finished_at) VALUES (zeroblob(16), zeroblob(32), 1, 's', 0, 'done', 1, $1)
                """, bench.surroundings.now())
        }
        try await bench.exportAfterTheEnd(.serials([record.serialNumber]), to: "archive")
        let path = bench.path("archive")
        let desk = bench.authority.retention
        let timed = TimedPruning(bench.authority, [.bulkRevocations])
        func isRefused(_ body: () async throws -> Void) async throws -> Bool {
            do { try await body() } catch let refusal as Refusal {
                return refusal.isBecause(TimeStampingRefusal.clockUntrusted) && refusal.retry == .later
            }
            return false
        }
        func expectAllIsThere() async throws {
            #expect(try await bench.authority.certificates.certificate(record.serialNumber) != nil)
            #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation") == 1)
        }
        let years: Int64 = 9 * 366 * 86_400
        try await bench.authority.clock.watch()
        bench.clock.set(bySeconds: years)
        #expect(try await isRefused { _ = try await desk.plan(archiveAt: path) })
        #expect(try await isRefused { _ = try await timed.plan() })
        #expect(try await isRefused { try await desk.forgetEndedAnswers() })
        bench.clock.set(bySeconds: -years)
        #expect(try await desk.plan(archiveAt: path).serials.isEmpty)
        #expect(try await timed.plan().due.isEmpty)

        // In truth so late, and set once more before the order is stored, or before it is carried out.
        bench.clock.turn(seconds: years)
        let plan = try await desk.plan(archiveAt: path)
        let timedPlan = try await timed.plan()
        bench.clock.set(bySeconds: 3600)
        let order = try await officers.order(desk.request(toPrune: plan, justification: "到期"))
        let timedOrder = try await officers.order(timed.request(toPrune: timedPlan, justification: "到期"))
        #expect(try await isRefused { try await desk.begin(plan, by: order) })
        #expect(try await isRefused { try await timed.begin(timedPlan, by: timedOrder) })
        bench.clock.set(bySeconds: -3600)
        try await desk.begin(plan, by: officers.order(desk.request(toPrune: plan, justification: "到期")))
        try await timed.begin(timedPlan, by: officers.order(timed.request(toPrune: timedPlan, justification: "到期")))
        bench.clock.set(bySeconds: 3600)
        #expect(try await isRefused { try await desk.carryOut() })
        #expect(try await isRefused { try await timed.carryOut() })
        try await expectAllIsThere()
        bench.clock.set(bySeconds: -3600)
        #expect(try await desk.carryOut() == 1)
        #expect(try await timed.carryOut() == ["bulk-revocations": 1])
    }
}

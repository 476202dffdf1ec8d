import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Officers
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

@Suite struct BulkRevocationTests {
    private func certificates(_ count: Int, on bench: Bench) async throws -> [SerialNumber] {
        var serials: [SerialNumber] = []
        for _ in 0..<count { serials.append(try await bench.active().serialNumber) }
        return serials
    }

    private func revoked(_ bench: Bench) async throws -> Int64 {
        try await bench.count("SELECT count(*) AS n FROM certificate WHERE state = 'revoked'")
    }

    @Test func `An order that is not carried out within the policy's hours is an alarm until it is`() async throws {
        let bench = try await Bench.create()
        let bulk = bench.authority.bulkRevocation
        let officers = try await OfficerPair.found(on: bench)
        let plan = try await bulk.plan(.list(certificates(3, on: bench).map(\.hex)))
        let order = try await officers.order(bulk.request(plan, because: .superseded, justification: "一批"))
        let job = try await bulk.begin(plan, because: .superseded, by: order)
        let policy = try await bench.authority.policies.current().certificates
        let hours = Int64(policy.revocation.processWithinHours)
        bench.clock.turn(seconds: hours * 3600)
        #expect(try await bulk.overdue(policy) == nil)
        bench.clock.turn(seconds: 1)
        let alarm = try #require(try await bulk.overdue(policy))
        #expect(alarm.isBecause(RevocationRefusal.overdue) && alarm.message.en.contains(job.shown))
        #expect(alarm.message.zh.contains("\(hours)小时"))
        try await bulk.run(job)
        #expect(try await bulk.overdue(policy) == nil)
    }

    @Test func `A dry run counts and stores nothing; the order is over exactly that list`() async throws {
        let bench = try await Bench.create()
        let bulk = bench.authority.bulkRevocation
        let officers = try await OfficerPair.found(on: bench)
        let serials = try await certificates(5, on: bench)
        try await bench.authority.revocation.suspend(serials[0], on: Bench.automatic)
        try await bench.authority.revocation.revoke(serials[4], reason: .superseded, on: Bench.automatic)
        // By serial numbers, by the code that all of them have, and by model: the same list.
        let lines = ["# 丢失批次", ""] + serials.map { "\($0.hex)  # lost" }
        let plan = try await bulk.plan(.list(lines))
        #expect(plan.serials == serials.dropLast().sorted())
        #expect(plan.states == [.active: 3, .suspended: 1] && plan.leftOut == [.revokedAlready: 1])
        #expect(plan.sample(2).count == 2 && Set(plan.sample(2)).isSubset(of: plan.serials))
        #expect(try await bulk.plan(.list([Bench.code])).digest == plan.digest)
        #expect(try await bulk.plan(.model("virtual")).digest == plan.digest)
        #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation") == 0)
        #expect(throws: Refusal(RevocationRefusal.invalidityDate)) {
            try bulk.check(because: .keyCompromise, invalidSince: Bench.start.adding(days: 3650))
        }

        let request = bulk.request(plan, because: .keyCompromise, justification: "一批介质失窃")
        let order = try await officers.order(request)
        // Another list, another reason or another date is not what they signed.
        let other = try await bulk.plan(.list([serials[1].hex]))
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await bulk.begin(other, because: .keyCompromise, by: order)
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await bulk.begin(plan, because: .superseded, by: order)
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await bulk.begin(plan, because: .keyCompromise, invalidSince: Bench.start, by: order)
        }
        let job = try await bulk.begin(plan, because: .keyCompromise, by: order)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await bulk.begin(plan, because: .keyCompromise, by: order)
        }
        let done = try await bulk.run(job)
        #expect(done.phase == .done && done.revoked == 4 && done.leftOut == 0)
        for serial in plan.serials {
            guard case .revoked(_, .keyCompromise) = try await bench.ocspStatus(serial) else {
                Issue.record("\(serial) is not revoked")
                continue
            }
        }
        #expect(try await bulk.run(job) == done)
        #expect(try await bulk.unfinished().isEmpty)
        let events = try await bench.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event").map { row throws(Refusal) in
                String(decoding: try row.blob("line"), as: UTF8.self)
            }
        }
        #expect(events.count { $0.contains("certificate.revoked") && $0.contains(job.shown) } == 4)
        #expect(events.count { $0.contains("revocation.bulk.begun") && $0.contains(Hex.encode(plan.digest)) } == 1)
        #expect(events.count { $0.contains("revocation.bulk.done") } == 1)
    }

    @Test func `Lines that name nobody, lists of nobody and the authority's own are refused`() async throws {
        let bench = try await Bench.create()
        let bulk = bench.authority.bulkRevocation
        let refusal = await #expect(throws: Refusal.self) {
            try await bulk.plan(.list([Bench.code, "zz", SerialNumber.random(in: bench.surroundings).hex]))
        }
        #expect(refusal?.facts["lines"] == "1, 2, 3")
        for selection in [BulkSelection.model("nothing"), .list(["# only a remark"]), .list([])] {
            await #expect(throws: Refusal(RevocationRefusal.nothingSelected)) {
                try await bulk.plan(selection)
            }
        }
        await #expect(throws: Refusal(RevocationRefusal.nothingSelected)) {
            try await bulk.plan(.list([bench.issuing.certificate.serialNumber.hex]))
        }
        _ = try await certificates(1, on: bench)
        let officers = try await OfficerPair.found(on: bench)
        let plan = try await bulk.plan(.list([Bench.code]))
        for reason in [RevocationReason.certificateHold, .removeFromCRL, .caCompromise, .aaCompromise] {
            let order = try await officers.order(bulk.request(plan, because: reason, justification: "x"))
            await #expect(throws: Refusal(RevocationRefusal.wrongReason)) {
                try await bulk.begin(plan, because: reason, by: order)
            }
        }
        #expect(try await revoked(bench) == 0)
    }

    /// Killed at each step; then the next process takes it up where it was.
    @Test(arguments: BulkStep.allCases) func `Killed anywhere it is finished once`(_ step: BulkStep) async throws {
        struct Killed: Error {}
        let bench = try await Bench.create()
        let bulk = bench.authority.bulkRevocation
        let officers = try await OfficerPair.found(on: bench)
        // Two parts and a bit.
        let serials = try await certificates(70, on: bench)
        let plan = try await bulk.plan(.list([Bench.code]))
        let order = try await officers.order(bulk.request(plan, because: .superseded, justification: "更换批次"))
        await #expect(throws: Killed.self) {
            let kill: BulkObserver = { at, _ in if at == step { throw Killed() } }
            let job = try await bulk.begin(plan, because: .superseded, by: order, observer: kill)
            try await bulk.run(job, observer: kill)
        }
        let other = try await bench.another().bulkRevocation
        if step == .prepared {
            // Nobody's order was spent: it never begins, and is gone the day after. The same order still stands.
            #expect(try await other.resume().isEmpty)
            #expect(try await revoked(bench) == 0)
            let job = try await other.begin(plan, because: .superseded, by: order)
            try await other.run(job)
            bench.clock.turn(seconds: 86_401)
            try await other.resume()
            #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation") == 1)
        } else {
            if step == .advanced {
                // The one that was killed holds its lease for a while.
                #expect(try await revoked(bench) == 64)
                #expect(try await other.resume().isEmpty)
                bench.clock.turn(seconds: 60)
            }
            let finished = try await other.resume()
            #expect(finished.count == (step == .finished ? 0 : 1))
        }
        #expect(try await revoked(bench) == Int64(serials.count))
        #expect(try await bench.count("SELECT count(*) AS n FROM revocation WHERE reason = 4") == Int64(serials.count))
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate WHERE status_version > 3") == 0)
    }

    @Test func `What changes under the work is left out or waits, and nothing twice`() async throws {
        let bench = try await Bench.create()
        let bulk = bench.authority.bulkRevocation
        let officers = try await OfficerPair.found(on: bench)
        let serials = try await certificates(3, on: bench)
        let plan = try await bulk.plan(.list(serials.map(\.hex)))
        let since = Bench.start.adding(seconds: -5000)
        let order = try await officers.order(
            bulk.request(plan, because: .keyCompromise, invalidSince: since, justification: "x"))
        let job = try await bulk.begin(plan, because: .keyCompromise, invalidSince: since, by: order)
        try await bench.authority.revocation.revoke(serials[1], reason: .superseded, on: Bench.automatic)
        let done = try await bulk.run(job)
        #expect(done.revoked == 2 && done.leftOut == 1)
        // Before the certificate there was nothing to misuse.
        let record = try #require(try await bench.authority.certificates.certificate(serials[0]))
        #expect(record.revocation?.invalidSince == record.notBefore)
        #expect(
            try await bench.authority.certificates.certificate(serials[1])?.revocation?.reason == .superseded)
    }

    @Test func `A full disk stops it between two parts, and it goes on afterwards`() async throws {
        let bench = try await Bench.create()
        let officers = try await OfficerPair.found(on: bench)
        _ = try await certificates(70, on: bench)
        let bulk = bench.authority.bulkRevocation
        let plan = try await bulk.plan(.list([Bench.code]))
        let order = try await officers.order(bulk.request(plan, because: .superseded, justification: "x"))
        let job = try await bulk.begin(plan, because: .superseded, by: order)
        var options = DatabaseOptions()
        options.maximumPages = Int(try await bench.count("SELECT page_count AS n FROM pragma_page_count"))
        let full = try await bench.another(options: options).bulkRevocation
        await #expect(throws: Refusal(StorageRefusal.diskFull)) { try await full.run(job) }
        let progress = try await bulk.progress(job)
        #expect(try await revoked(bench) == Int64(progress.revoked))
        bench.clock.turn(seconds: 61)
        #expect(try await bulk.run(job).revoked == 70)
    }
}

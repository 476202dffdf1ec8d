import Audit
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import LongTermEvidence
import Officers
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// What goes after a time, without any archive; and what goes into an archive and goes with its certificate.
@Suite struct TimedPruningTests {
    private static func service(_ authority: Authority) -> TimedPruning { TimedPruning(authority, [.bulkRevocations]) }

    /// Finished so many days ago; `nil`: still running.
    private static func job(_ bench: Bench, finished days: Int64?) async throws {
        let (now, surroundings) = (bench.surroundings.now(), bench.surroundings)
        try await bench.database.write { transaction in
            let id = surroundings.randomBytes(16)
            try transaction.execute(
                """
                INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, progress, created_at, finished_at)
                VALUES ($1, $2, 1, 'list of 1 lines', 0, $3, 1, $4)
                """, id, surroundings.randomBytes(32), days == nil ? "running" : "done",
                days.map { now.adding(days: -$0) })
            try transaction.execute(
                "INSERT INTO bulk_revocation_item (job, position, serial) VALUES ($1, 0, $2)", id,
                surroundings.randomBytes(16))
        }
    }

    private static func old(_ bench: Bench, count: Int) async throws {
        for _ in 0..<count { try await job(bench, finished: 2931) }
        try await job(bench, finished: 2929)
        try await job(bench, finished: nil)
    }

    @Test func `What is past its time goes on two officers' order, and nothing else`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let service = Self.service(bench.authority)
        let nothing = try await service.plan()
        #expect(nothing.parts.map(\.kind) == ["bulk-revocations"] && nothing.due.isEmpty)
        await #expect(throws: Refusal(ArchiveRefusal.nothingToPrune)) {
            try await service.begin(nothing, by: officers.order(service.request(toPrune: nothing, justification: "到期")))
        }
        try await Self.old(bench, count: 3)
        let plan = try await service.plan()
        #expect(plan.due.map(\.count) == [3])
        let other = try await officers.order(
            CanonicalRequest(
                .pruneRecords, subject: "retention:00", parameters: ["records": [:]], reason: "x",
                in: bench.surroundings))
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) { try await service.begin(plan, by: other) }
        // Looking and refusing changed nothing.
        #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation") == 5)
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        #expect(try await service.isUnfinished())
        #expect(try await service.carryOut() == ["bulk-revocations": 3])
        #expect(try await !service.isUnfinished())
        #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation") == 2)
        #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation_item") == 2)
        #expect(try await bench.count("SELECT removed AS n FROM retention_order") == 3)
    }

    @Test(arguments: [RetentionStep.ordered, .pruned(200), .done])
    func `Killed at any step it is finished by anybody, two at once`(_ step: RetentionStep) async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        try await Self.old(bench, count: 201)
        let service = Self.service(bench.authority)
        let plan = try await service.plan()
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        await #expect(throws: KilledThere.self) { try await service.carryOut { if $0 == step { throw KilledThere() } } }
        let other = Self.service(try await bench.another())
        async let first = service.carryOut()
        async let second = other.carryOut()
        _ = try await (first, second)
        #expect(try await !other.isUnfinished())
        #expect(try await bench.count("SELECT count(*) AS n FROM bulk_revocation") == 2)
        #expect(try await bench.count("SELECT removed AS n FROM retention_order") == 201)
    }

    @Test func `A store that is held or full refuses, and the order is finished later`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        try await Self.old(bench, count: 1)
        var hasty = DatabaseOptions()
        hasty.busyTimeoutMilliseconds = 20
        let service = Self.service(try await bench.another(options: hasty))
        let plan = try await service.plan()
        let order = try await officers.order(service.request(toPrune: plan, justification: "到期"))
        try await bench.whileHoldingTheStore {
            await #expect(throws: Refusal(StorageRefusal.busy)) { try await service.begin(plan, by: order) }
        }
        try await service.begin(plan, by: order)
        await #expect(throws: (any Error).self) { try await service.begin(plan, by: order) }
        try await bench.whileHoldingTheStore {
            await #expect(throws: Refusal(StorageRefusal.busy)) { try await service.carryOut() }
        }
        #expect(try await service.carryOut() == ["bulk-revocations": 1])
    }

    @Test func `What other rooms keep of a certificate is in its archive, and goes with it`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let record = try await bench.active()
        let gone = Mutex<[SerialNumber]>([])
        let companions = [
            CertificateCompanion(
                kind: "logins", lines: { certificate, _ in [["serial": .string(certificate.serialNumber.hex)]] },
                remove: { certificate, _ in gone.withLock { $0.append(certificate.serialNumber) } }),
            CertificateCompanion(kind: "orders", lines: { _, _ in [] }),
        ]
        bench.clock.turn(seconds: 731 * 86_400)
        _ = try await bench.authority.renewResponders()
        let scope = ArchiveScope.serials([record.serialNumber])
        _ = try await bench.authority.archives.with(companions).export(
            scope, to: bench.path("archive"), on: Bench.exportOrder(scope, bench.authority.archives),
            checkpoint: { try await bench.checkpoint() })
        let name = "beside/\(record.serialNumber.hex.suffix(2))/\(record.serialNumber.hex)"
        let line = try String(contentsOfFile: "\(bench.path("archive"))/\(name)/logins.jsonl", encoding: .utf8)
        #expect(line == #"{"serial":"\#(record.serialNumber.hex)"}"# + "\n")
        #expect(!FileManager.default.fileExists(atPath: "\(bench.path("archive"))/\(name)/orders.jsonl"))
        _ = try bench.verified("archive")
        // It is under the signature like everything else.
        let file = URL(filePath: "\(bench.path("archive"))/\(name)/logins.jsonl")
        try Data("{}\n".utf8).write(to: file)
        #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) { try bench.verified("archive") }
        try Data(line.utf8).write(to: file)
        bench.clock.turn(seconds: 7 * 366 * 86_400)
        let service = bench.authority.retention.with(companions)
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        #expect(try await service.carryOut() == 1)
        #expect(gone.withLock { $0 } == [record.serialNumber])
    }
}

import Audit
import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import LongTermEvidence
import Officers
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// What goes, goes on two officers' order, with an archive at hand, and leaves the audit whole.
@Suite struct RetentionTests {
    private static let years: Int64 = 366 * 86_400

    private func prune(_ archive: String, _ bench: Bench, _ officers: BenchOfficers) async throws {
        let service = bench.authority.retention
        let plan = try await service.plan(archiveAt: bench.path(archive))
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
    }

    @Test func `Five years after its end a certificate may go, and its archive answers for it again`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let fates = try await bench.fates()
        let asked = bench.surroundings.now().adding(seconds: -100)
        let end = [fates.active, fates.held, fates.revoked].map(\.notAfter).max() ?? Bench.start
        bench.clock.turn(seconds: end.seconds - bench.surroundings.now().seconds + 60)
        _ = try await bench.authority.renewResponders()
        try await bench.export(to: "archive")
        let archive = try bench.verified("archive")
        let service = bench.authority.retention
        #expect(try await service.plan(archiveAt: bench.path("archive")).serials.isEmpty)
        await #expect(throws: Refusal(ArchiveRefusal.nothingToPrune)) {
            try await prune("archive", bench, officers)
        }
        bench.clock.turn(seconds: 5 * Self.years)
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        let three = [fates.active, fates.held, fates.revoked].map(\.serialNumber)
        #expect(plan.serials == three.sorted())
        // Nothing has changed by looking.
        #expect(try await bench.verdict(of: three[0], at: asked).verdict == .good)

        try await prune("archive", bench, officers)
        #expect(try await service.carryOut() == 3)
        for serial in three {
            await #expect(throws: Refusal(ArchiveRefusal.recordsArchived)) {
                try await bench.verdict(of: serial, at: asked)
            }
            #expect(try await bench.authority.certificates.certificate(serial) == nil)
        }
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent") == 11)
        #expect(try await bench.count("SELECT count(*) AS n FROM revocation") == 1)
        try await expectTheAuditIsWhole(bench)
        // Its own archive brings the answers back.
        let taken = bench.authority.archives
        _ = try await taken.takeOver(
            archive, keeping: bench.kept,
            order: { try await officers.order(taken.request(toTakeOver: archive, justification: "查询")) })
        #expect(try await bench.verdict(of: three[2], at: asked).verdict == .revoked)
        #expect(try await bench.verdict(of: three[0], at: asked).verdict == .good)
        // What was let go is not brought back with them.
        #expect(!FileManager.default.fileExists(atPath: bench.path("taken-over")))
        // An authority above that is revoked later takes it along, for its history is our own.
        try await bench.authority.revocation.revoke(
            bench.issuing.certificate.serialNumber, reason: .keyCompromise, invalidSince: asked.adding(seconds: -60),
            on: Bench.automatic)
        #expect(try await bench.verdict(of: three[0], at: asked.adding(seconds: -120)).verdict == .good)
        #expect(try await bench.verdict(of: three[0], at: asked).reason == .caCompromise)
        // What was taken back is held against our own audit as long as it stands in a table.
        try await bench.database.write { transaction in
            let row = try #require(
                try transaction.first("SELECT record FROM taken_certificate WHERE serial = $1", three[2].bytes))
            var record = try #require(try CanonicalJSON(parsingCanonical: row.blob("record"), limit: 1 << 22).object)
            record["history"] = .array(Array(try #require(record["history"]?.array).dropLast()))
            try transaction.execute(
                "UPDATE taken_certificate SET record = $2 WHERE serial = $1", three[2].bytes,
                CanonicalJSON.object(record).bytes)
        }
        await #expect(throws: Refusal(LongTermEvidenceRefusal.historyDisputed)) {
            try await bench.verdict(of: three[2], at: asked)
        }
    }

    private func expectTheAuditIsWhole(_ bench: Bench) async throws {
        let key = try bench.authority.service(.checkpoints)
        _ = try await bench.audit.checkpoint(database: bench.database, signer: key.signer)
        try await bench.audit.export(
            to: bench.path("audit"), database: bench.database, publicKey: key.certificate.publicKey)
        let verdict = try AuditVerifier.verify(
            directory: bench.path("audit"), publicKey: key.certificate.publicKey)
        #expect(verdict.holds, "\(verdict.faults)")
    }

    @Test(arguments: [RetentionStep.ordered, .pruned(2), .done])
    func `Killed at any step it is finished by anybody, and two at once do no harm`(_ step: RetentionStep) async throws
    {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let records = [try await bench.active(), try await bench.active("entity-signature")]
        try await bench.exportAfterTheEnd(to: "archive")
        bench.clock.turn(seconds: 7 * Self.years)
        try await prune("archive", bench, officers)
        #expect(try await bench.authority.retention.isUnfinished())
        await #expect(throws: KilledThere.self) {
            try await bench.authority.retention.carryOut { if $0 == step { throw KilledThere() } }
        }
        let other = try await bench.another()
        async let first = bench.authority.retention.carryOut()
        async let second = other.retention.carryOut()
        _ = try await (first, second)
        #expect(try await !other.retention.isUnfinished())
        for record in records {
            #expect(try await bench.authority.certificates.certificate(record.serialNumber) == nil)
        }
        try await expectTheAuditIsWhole(bench)
    }

    @Test func `Only what is ordered, and what the archive has as it is now`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let record = try await bench.active()
        let later = try await bench.active("entity-signature")
        try await bench.exportAfterTheEnd(.serials([record.serialNumber, later.serialNumber]), to: "archive")
        bench.clock.turn(seconds: 7 * Self.years)
        try await bench.move(later)
        let service = bench.authority.retention
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        #expect(plan.serials == [record.serialNumber])
        #expect(plan.kept.map(\.gap) == [.particulars])
        let other = try await officers.order(
            CanonicalRequest(
                .pruneRecords, subject: "retention:00",
                parameters: ["archive": "00", "certificates": 1, "endedBefore": "2026-01-01T00:00:00Z"], reason: "x",
                in: bench.surroundings))
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) { try await service.begin(plan, by: other) }
        let order = try await officers.order(service.request(toPrune: plan, justification: "到期"))
        let full = try await bench.onFullDisk().retention
        await #expect(throws: Refusal(StorageRefusal.diskFull)) { try await full.begin(plan, by: order) }
        #expect(try await !service.isUnfinished())
        try await service.begin(plan, by: order)
        await #expect(throws: (any Error).self) { try await service.begin(plan, by: order) }
        #expect(try await service.carryOut() == 1)
        #expect(try await bench.authority.certificates.certificate(record.serialNumber) == nil)
        #expect(try await bench.authority.certificates.certificate(later.serialNumber) != nil)
    }

    @Test func `The law's five years are a floor`() throws {
        for years in [0, 4, 1001] {
            let files = try Bench.policyFiles().replacing(
                "yearsAfterEnd: 5", with: "yearsAfterEnd: \(years)", in: "Policies/retention.yaml")
            #expect(throws: Refusal(CertificateProfilesRefusal.malformedPolicy)) {
                try PolicyBook(version: 1, files: files)
            }
        }
    }

    @Test func `Stored answers that ended long ago go`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        _ = try await bench.ocsp(record.serialNumber)
        #expect(try await bench.authority.retention.forgetEndedAnswers() == 0)
        bench.clock.turn(seconds: 86_400 * 32)
        #expect(try await bench.authority.retention.forgetEndedAnswers() == 1)
    }

    @Test func `A store that another process holds refuses for now, and nothing is half done`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let record = try await bench.active()
        try await bench.exportAfterTheEnd(.serials([record.serialNumber]), to: "archive")
        bench.clock.turn(seconds: 7 * Self.years)
        let archive = try bench.verified("archive")
        var hasty = DatabaseOptions()
        hasty.busyTimeoutMilliseconds = 20
        let waiting = try await bench.another(options: hasty)
        let plan = try await waiting.retention.plan(archiveAt: bench.path("archive"))
        let order = try await officers.order(waiting.retention.request(toPrune: plan, justification: "到期"))
        let taking = try await officers.order(
            waiting.archives.request(toTakeOver: archive, justification: "查询"))
        try await bench.whileHoldingTheStore {
            await #expect(throws: Refusal(StorageRefusal.busy)) {
                try await waiting.retention.begin(plan, by: order)
            }
        }
        try await waiting.retention.begin(plan, by: order)
        try await bench.whileHoldingTheStore {
            await #expect(throws: Refusal(StorageRefusal.busy)) { try await waiting.retention.carryOut() }
        }
        #expect(try await waiting.retention.carryOut() == 1)
        try await bench.whileHoldingTheStore {
            await #expect(throws: Refusal(StorageRefusal.busy)) {
                _ = try await waiting.archives.takeOver(archive, keeping: bench.kept, order: { taking })
            }
        }
        #expect(
            try await waiting.archives.takeOver(archive, keeping: bench.kept, order: { taking })
                == archive.serials.count)
    }
}

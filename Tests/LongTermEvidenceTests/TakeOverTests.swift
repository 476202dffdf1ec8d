import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import LongTermEvidence
import Officers
import Reconciliation
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// An authority that ends hands its records on (电子签名法, arts 23 and 24): another answers for them.
@Suite struct TakeOverTests {
    private func take(
        _ archive: VerifiedArchive, into bench: Bench, officers: BenchOfficers, by authority: Authority? = nil,
        observer: @escaping @Sendable (TakeOverStep) async throws -> Void = { _ in }
    ) async throws -> Int {
        let service = (authority ?? bench.authority).archives
        return try await service.takeOver(
            archive, keeping: bench.kept,
            order: { try await officers.order(service.request(toTakeOver: archive, justification: "接管")) },
            observer: observer)
    }

    @Test func `The successor answers for another's certificates, by its own key, and mixes nothing up`() async throws {
        let old = try await Bench.create()
        let fates = try await old.fates()
        let asked = old.surroundings.now().adding(seconds: -100)
        try await old.export(to: "archive")
        let archive = try old.verified("archive")

        let new = try await Bench.create(.rsa2048)
        new.clock.turn(seconds: 86_400)
        let officers = try await BenchOfficers(new)
        let serial = fates.revoked.serialNumber
        #expect(try await new.verdict(of: serial, at: asked).verdict == .unknown)
        #expect(try await take(archive, into: new, officers: officers) == 10)
        for record in [fates.active, fates.held, fates.revoked] {
            for hours in stride(from: 0, through: 4, by: 0.25) {
                let at = Bench.start.adding(seconds: Int64(hours * 3600)).adding(milliseconds: 500)
                guard at <= asked else { continue }
                let here = try await new.verdict(of: record.serialNumber, at: at)
                #expect(try await old.verdict(of: record.serialNumber, at: at) == here)
            }
        }
        let answer = try await new.authority.validity.answer(.certificate(fates.revoked.certificate()), at: asked)
        try answer.verify(new.trust)
        let statement = try #require(ValidityStatement(body: answer.body))
        #expect(statement.archive == archive.manifest.hash && statement.finding.verdict == .revoked)
        #expect(statement.chain.count == 2)
        // Its own are its own.
        let own = try await new.active()
        new.clock.turn(seconds: 60)
        let mine = try await new.authority.validity.statement(
            .serial(own.serialNumber), at: new.surroundings.now().adding(seconds: -30))
        #expect(mine.archive == nil && mine.finding.verdict == .good)
        #expect(try await take(archive, into: new, officers: officers) == 0)
    }

    @Test func `One number of two authorities is asked for by the certificate`() async throws {
        let old = try await Bench.create()
        let record = try await old.active()
        old.clock.turn(seconds: 60)
        let asked = old.surroundings.now().adding(seconds: -20)
        try await old.export(to: "archive")
        let new = try await Bench.create()
        new.clock.turn(seconds: 120)
        _ = try await take(old.verified("archive"), into: new, officers: BenchOfficers(new))
        try await new.database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO taken_certificate (sha256, serial, origin, archive, issuer, issued_at, lines, der, record)
                SELECT $2, serial, 'another', archive, issuer, issued_at, lines, der, record FROM taken_certificate
                WHERE serial = $1
                """, record.serialNumber.bytes, [UInt8](repeating: 9, count: 32))
        }
        await #expect(throws: Refusal(LongTermEvidenceRefusal.serialAmbiguous)) {
            try await new.verdict(of: record.serialNumber, at: asked)
        }
        let statement = try await new.authority.validity.statement(.certificate(record.certificate()), at: asked)
        #expect(statement.finding.verdict == .good)
    }

    @Test(arguments: [TakeOverStep.begun, .filesKept(1), .filesKept(9), .kept, .recordsStored(10), .done])
    func `Killed at any step it goes on without another order, and nothing counts before the end`(
        _ step: TakeOverStep
    ) async throws {
        let old = try await Bench.create()
        let fates = try await old.fates()
        let asked = old.surroundings.now().adding(seconds: -100)
        try await old.export(to: "archive")
        let archive = try old.verified("archive")
        let new = try await Bench.create()
        new.clock.turn(seconds: 86_400)
        let officers = try await BenchOfficers(new)
        await #expect(throws: KilledThere.self) {
            _ = try await take(archive, into: new, officers: officers) { if $0 == step { throw KilledThere() } }
        }
        // The archive is there whole, or not at all.
        let folder = new.kept.path(of: archive.manifest.hash)
        let isKept = [.kept, .recordsStored(10), .done].contains(step)
        #expect(FileManager.default.fileExists(atPath: folder) == isKept)
        let between = try await new.verdict(of: fates.active.serialNumber, at: asked).verdict
        #expect(between == (step == .done ? .good : .unknown))
        let other = try await new.another()
        _ = try await other.archives.takeOver(archive, keeping: new.kept, order: { throw KilledThere() })
        #expect(try ArchiveReader(path: folder, trust: old.trust).verify().manifest == archive.manifest)
        #expect(try await new.verdict(of: fates.active.serialNumber, at: asked).verdict == .good)
    }

    @Test func `An order for another archive is none, and a full store refuses whole`() async throws {
        let old = try await Bench.create()
        let record = try await old.active()
        old.clock.turn(seconds: 60)
        try await old.export(.serials([record.serialNumber]), to: "one")
        try await old.export(.all, to: "two")
        let (one, two) = (try old.verified("one"), try old.verified("two"))
        let new = try await Bench.create()
        let officers = try await BenchOfficers(new)
        let service = new.authority.archives
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            _ = try await service.takeOver(
                two, keeping: new.kept,
                order: { try await officers.order(service.request(toTakeOver: one, justification: "接管")) })
        }
        var small = DatabaseOptions()
        small.maximumPages = 1
        let full = try await new.another(options: small)
        await #expect(throws: Refusal(StorageRefusal.diskFull)) {
            _ = try await take(one, into: new, officers: officers, by: full)
        }
        #expect(try await new.count("SELECT count(*) AS n FROM taken_archive") == 0)
    }

    @Test func `A later archive adds, an earlier one takes nothing back`() async throws {
        let old = try await Bench.create()
        let record = try await old.active()
        old.clock.turn(seconds: 60)
        try await old.export(to: "early")
        try await old.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        old.clock.turn(seconds: 60)
        let asked = old.surroundings.now().adding(seconds: -20)
        try await old.export(to: "late")
        for order in [["early", "late"], ["late", "early"]] {
            let new = try await Bench.create()
            new.clock.turn(seconds: 86_400)
            let officers = try await BenchOfficers(new)
            for name in order { _ = try await take(old.verified(name), into: new, officers: officers) }
            #expect(try await new.verdict(of: record.serialNumber, at: asked).verdict == .revoked, "\(order)")
        }
    }

    /// Whoever can write to the database cannot make the archive agree.
    enum Forgery: String, CaseIterable, Sendable {
        case historyShortened, another, issuersLeftOut, chainCut, folderGone, sumsChanged

        var refusal: ArchiveRefusal {
            switch self {
            case .historyShortened, .another, .issuersLeftOut, .chainCut: .takenRecordDiffers
            case .folderGone: .archiveNotKept
            case .sumsChanged: .keptArchiveDamaged
            }
        }
    }

    @Test(arguments: Forgery.allCases)
    func `What a table says otherwise than the kept archive is told to nobody`(_ forgery: Forgery) async throws {
        let old = try await Bench.create()
        let fates = try await old.fates()
        let asked = old.surroundings.now().adding(seconds: -100)
        try await old.export(to: "archive")
        let new = try await Bench.create()
        new.clock.turn(seconds: 86_400)
        let archive = try old.verified("archive")
        _ = try await take(archive, into: new, officers: BenchOfficers(new))
        let (serial, other) = (fates.revoked.serialNumber, fates.active.serialNumber)
        #expect(try await new.verdict(of: serial, at: asked).verdict == .revoked)
        #expect(try await new.verdict(of: other, at: asked).verdict == .good)
        #expect(try await new.differences() == [])
        let sums = new.kept.path(of: archive.manifest.hash) + "/SHA256SUMS"
        switch forgery {
        case .historyShortened:
            let record = try #require(try old.record(serial, of: "archive"))
            let forged = record.with(history: record.history.dropLast())
            try await new.database.write {
                _ = try $0.execute(
                    "UPDATE taken_certificate SET record = $2 WHERE serial = $1", serial.bytes, forged.body)
            }
        case .another:
            try await new.database.write {
                _ = try $0.execute(
                    """
                    UPDATE taken_certificate SET record = (SELECT record FROM taken_certificate WHERE serial = $2)
                    WHERE serial = $1
                    """, serial.bytes, other.bytes)
            }
        case .issuersLeftOut:
            let issuer = try old.issuing.certificate.serialNumber
            try await new.database.write {
                _ = try $0.execute("DELETE FROM taken_certificate WHERE serial = $1", issuer.bytes)
            }
        case .chainCut:
            let issuer = try old.issuing.certificate.fingerprint
            try await new.database.write {
                _ = try $0.execute("DELETE FROM taken_issuer WHERE sha256 = $1", issuer)
            }
        case .folderGone: try FileManager.default.removeItem(atPath: new.kept.path(of: archive.manifest.hash))
        case .sumsChanged:
            let text = try String(contentsOfFile: sums, encoding: .utf8)
            try text.replacing(serial.hex, with: other.hex).write(toFile: sums, atomically: true, encoding: .utf8)
        }
        for authority in [new.authority, try await new.another()] {
            await #expect(throws: Refusal(forgery.refusal)) {
                try await new.verdict(of: serial, at: asked, by: authority)
            }
            // The others are answered for, as far as nothing of theirs is touched.
            guard [.historyShortened, .another].contains(forgery) else { continue }
            #expect(try await new.verdict(of: other, at: asked, by: authority).verdict == .good)
        }
        // The authorities above are not told of by records alone.
        if forgery == .chainCut { return }
        let differences = try await new.differences()
        #expect(differences.map(\.kind) == [.takenRecordDiffers], "\(differences)")
    }

    @Test func `An archive that changed after it was verified is not taken over`() async throws {
        let old = try await Bench.create()
        let fates = try await old.fates()
        try await old.export(to: "archive")
        let archive = try old.verified("archive")
        let names = [fates.held, fates.revoked].map {
            "records/\($0.serialNumber.hex.suffix(2))/\($0.serialNumber.hex).json"
        }
        let files = names.map { URL(filePath: old.path("archive") + "/" + $0) }
        try Data(contentsOf: files[0]).write(to: files[1])
        let new = try await Bench.create()
        let officers = try await BenchOfficers(new)
        await #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) {
            _ = try await take(archive, into: new, officers: officers)
        }
        #expect(try await new.count("SELECT count(*) AS n FROM taken_certificate") == 0)
    }
}

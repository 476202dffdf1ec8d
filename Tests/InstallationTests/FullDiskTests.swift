import Audit
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Issuance
import Revocation
import SoftTokens
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures
@testable import Ceremony
@testable import Installation
@testable import KeyCustody
@testable import LongTermEvidence
@testable import Reconciliation

/// What the authority writes into files, onto a disk that is really full: the kernel says ENOSPC, not a stand-in.
@Suite(.serialized) struct FullDiskTests {
    @Test func `A journal on a full disk: nothing is signed without its line, and it stays whole`() async throws {
        let disk = try SmallDisk(kibibytes: 64)
        defer { disk.unmount() }
        let key = try PrivateKey.generate(.p256)
        let path = disk.path + "/issuing.signed"
        func message() throws -> (SerialNumber, [UInt8]) {
            let serial = SerialNumber.random(in: .real)
            let name = DistinguishedName([.init(.commonName, "x")])
            let now = Surroundings.real.now().truncatedToSecond
            return (
                serial,
                CertificateBody(
                    serialNumber: serial, signatureAlgorithm: .ecdsaWithSHA256, issuer: name, notBefore: now,
                    notAfter: now.adding(days: 1), subject: name, publicKey: key.publicKey, extensions: []
                ).der
            )
        }
        let signer = JournalledSigner(
            SoftwareSigner(key), journal: SigningJournal(path: path, key: key.publicKey, surroundings: .real))
        var signed: [SerialNumber] = []
        let (first, one) = try message()
        _ = try await signer.sign(one)
        signed.append(first)
        try disk.fill()
        // What is left of the file's last block still takes lines; then there is no room, wherever in a line.
        var refusal: Refusal?
        for _ in 0..<100 where refusal == nil {
            let (serial, message) = try message()
            do {
                _ = try await signer.sign(message)
                signed.append(serial)
            } catch let error as Refusal { refusal = error }
        }
        #expect(refusal == Refusal(KeyCustodyRefusal.journalUnwritable), "\(String(describing: refusal))")
        func found() throws -> [SerialNumber] {
            var reader = try SigningJournalReader(path: path, key: key.publicKey)
            var serials: [SerialNumber] = []
            while let item = try reader.next() {
                guard case .record(let record) = item, let serial = record.serial else {
                    Issue.record("\(item)")
                    continue
                }
                serials.append(serial)
            }
            return serials
        }
        #expect(try found() == signed)
        try disk.makeRoom()
        let (last, message) = try message()
        _ = try await signer.sign(message)
        #expect(try found() == signed + [last])
    }

    /// The same for a whole authority: what its own key would sign is refused, and its certificates go on being told.
    @Test func `An authority whose journals have no room issues nothing, revokes all the same, and goes on`()
        async throws
    {
        let disk = try SmallDisk(kibibytes: 256)
        defer { disk.unmount() }
        let bench = try await Bench.create()
        let keys = JournalledKeys(bench.keys, directory: disk.path, surroundings: bench.surroundings)
        let authority = try await Authority.open(
            database: bench.database, audit: bench.audit, keys: keys, surroundings: bench.surroundings)
        let record = try await authority.revocation.activate(
            authority.issuance.issue(bench.request()).serialNumber, actor: .system)
        let list = try await bench.list(record, by: authority)
        try disk.fill()
        let before = try await bench.count("SELECT count(*) AS n FROM certificate")
        let request = try bench.request(reference: "case/1")
        var refused = 0
        for index in 0..<60 where refused == 0 {
            do { _ = try await authority.issuance.issue(bench.request(reference: "filler/\(index)")) } catch let refusal
                as Refusal
            {
                #expect(refusal.isBecause(KeyCustodyRefusal.journalUnwritable))
                refused += 1
            }
        }
        #expect(refused == 1)
        let issued = try await bench.count("SELECT count(*) AS n FROM certificate") - before
        #expect(try await bench.openIntents() == 0)
        for answer in try await authority.issuance.issueMany([request]) {
            #expect(throws: Refusal(KeyCustodyRefusal.journalUnwritable)) { try answer.get() }
        }
        try await authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        #expect(try await bench.list(record, by: authority).der == list.der)
        await #expect(throws: Refusal(KeyCustodyRefusal.journalUnwritable)) {
            try await authority.status.renewLists()
        }
        try disk.makeRoom()
        _ = try await authority.issuance.issue(request)
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate") == before + issued + 1)
        #expect(try await bench.list(record, by: authority).entry(for: record.serialNumber) != nil)
    }

    @Test func `A key file on a full disk is not half there, and its name is free`() async throws {
        let disk = try SmallDisk(kibibytes: 16)
        defer { disk.unmount() }
        let keys = EncryptedKeyFiles(directory: disk.path, passphrase: Bench.passphrase())
        try disk.fill()
        await #expect(throws: Refusal(KeyCustodyRefusal.keyFileUnreadable)) {
            try await keys.generate("k", family: .p256)
        }
        #expect(!keys.contains("k"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["filler"])
        try disk.makeRoom()
        let made = try await keys.generate("k", family: .p256)
        let again = EncryptedKeyFiles(directory: disk.path, passphrase: Bench.passphrase())
        #expect(try await again.signer("k").publicKey == made.publicKey)
    }

    @Test func `A ceremony on a disk that fills up at any moment leaves no half stage, and is held in the end`()
        async throws
    {
        let disk = try SmallDisk(kibibytes: 512)
        defer { disk.unmount() }
        let bench = try CeremonyBench()
        let path = disk.path + "/ceremony"
        var refusals = 0
        for room in stride(from: 0, through: 120, by: 8) {
            try disk.fill(leaving: room)
            do {
                _ = try await bench.machine(path: path).makeRoot()
            } catch let refusal as Refusal {
                refusals += 1
                #expect(refusal.isBecause(CeremonyRefusal.ceremonyFile), "\(refusal)")
                #expect(CeremonyFolder(path: path).stages().isEmpty)
            }
            try disk.makeRoom()
            if !CeremonyFolder(path: path).stages().isEmpty { break }
        }
        #expect(refusals > 2)
        if CeremonyFolder(path: path).stages().isEmpty { _ = try await bench.machine(path: path).makeRoot() }
        let reading = try TranscriptReading.verify(CeremonyFolder(path: path)).stages
        #expect(reading.map(\.purpose).count == 1)
        let shares = try [1, 2, 3].map { number in
            let file = "\(path)/shares/\(number).share"
            return BroughtShare(file: file, bytes: try CeremonyFile.read(file))
        }
        // The shares that count are there: three of them sign a list.
        try disk.fill()
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyFile)) {
            _ = try await bench.machine(path: path).publishList(shares)
        }
        try disk.makeRoom()
        _ = try await bench.machine(path: path).publishList(shares)
        #expect(CeremonyFolder(path: path).stages().count == 2)
    }

    @Test func `An archive on a disk that fills up at any moment is not there by halves, and is finished`() async throws
    {
        let disk = try SmallDisk(kibibytes: 2048)
        defer { disk.unmount() }
        let bench = try await Bench.create()
        _ = try await bench.fates()
        let path = disk.path + "/archive"
        @Sendable func export() async throws {
            _ = try await bench.authority.archives.export(
                .all, to: path, on: Bench.exportOrder(.all, bench.authority.archives),
                checkpoint: { try await bench.checkpoint() }, observer: { _ in })
        }
        var refusals = 0
        for room in stride(from: 0, through: 240, by: 20) {
            try disk.fill(leaving: room)
            do { try await export() } catch let refusal as Refusal {
                refusals += 1
                #expect(refusal.isBecause(ArchiveRefusal.archiveFailed), "\(refusal)")
                #expect(!FileManager.default.fileExists(atPath: path))
            }
            try disk.makeRoom()
            if FileManager.default.fileExists(atPath: path) { break }
        }
        #expect(refusals > 2)
        if !FileManager.default.fileExists(atPath: path) { try await export() }
        #expect(try ArchiveReader(path: path, trust: bench.trust).verify().serials.count == 10)
    }

    @Test func `An archive that is taken over onto a disk that fills up is kept whole or not at all`() async throws {
        let disk = try SmallDisk(kibibytes: 2048)
        defer { disk.unmount() }
        let old = try await Bench.create()
        _ = try await old.fates()
        try await old.export(to: "archive")
        let archive = try old.verified("archive")
        let new = try await Bench.create()
        let officers = try await BenchOfficers(new)
        let (revocations, kept) = (new.authority.archives, ImportedArchives(dataDirectory: disk.path))
        let path = kept.path(of: archive.manifest.hash)
        var refusals = 0
        // One order is enough: it was spent when the work began.
        let order = try await officers.order(revocations.request(toTakeOver: archive, justification: "接管"))
        for room in stride(from: 0, through: 240, by: 20) {
            try disk.fill(leaving: room)
            do { _ = try await revocations.takeOver(archive, keeping: kept, order: { order }) } catch let refusal
                as Refusal
            {
                refusals += 1
                #expect(refusal.isBecause(ArchiveRefusal.archiveFailed) && refusal.retry == .later, "\(refusal)")
                let left = try? FileManager.default.contentsOfDirectory(atPath: disk.path + "/taken-over")
                #expect(left ?? [] == [])
                #expect(try await new.count("SELECT count(*) AS n FROM taken_certificate") == 0)
            }
            try disk.makeRoom()
            if FileManager.default.fileExists(atPath: path) { break }
        }
        #expect(refusals > 2)
        if !FileManager.default.fileExists(atPath: path) {
            _ = try await revocations.takeOver(archive, keeping: kept, order: { throw KilledThere() })
        }
        #expect(try ArchiveReader(path: path, trust: old.trust).verify().serials.count == 10)
    }

    @Test func `An export of the log on a full disk is refused, and the next one holds`() async throws {
        let disk = try SmallDisk(kibibytes: 512)
        defer { disk.unmount() }
        let bench = try await Bench.create()
        _ = try await bench.active()
        try await bench.checkpoint()
        let key = try bench.authority.service(.checkpoints).certificate.publicKey
        var refusals = 0
        for room in [0, 4, 8, 16] {
            try disk.fill(leaving: room)
            let path = "\(disk.path)/export-\(room)"
            let refusal = await #expect(throws: Refusal.self) {
                try await bench.audit.export(to: path, database: bench.database, publicKey: key)
            }
            // Half an export says so itself: it does not verify.
            if FileManager.default.fileExists(atPath: path) {
                let verdict = try? AuditVerifier.verify(directory: path, publicKey: key)
                #expect(verdict?.holds != true)
                try FileManager.default.removeItem(atPath: path)
            }
            if refusal != nil { refusals += 1 }
            try disk.makeRoom()
        }
        #expect(refusals == 4)
        try await bench.audit.export(to: disk.path + "/export", database: bench.database, publicKey: key)
        #expect(try AuditVerifier.verify(directory: disk.path + "/export", publicKey: key).holds)
    }

    @Test func `A reconciliation without room for its sorting is refused, says nothing false, and leaves nothing`()
        async throws
    {
        let disk = try SmallDisk(kibibytes: 64)
        defer { disk.unmount() }
        let bench = try await Bench.create()
        _ = try await bench.active()
        let events = try await bench.events("authority.reconciled")
        @Sendable func run() async throws -> ReconciliationSummary {
            try await bench.authority.reconciliation(
                keysDirectory: bench.keysFolder, journals: [], keys: nil, scratch: disk.path
            ).run { Issue.record("\($0)") }
        }
        try disk.fill()
        let refusal = await #expect(throws: Refusal.self) { try await run() }
        #expect(
            refusal?.isBecause(ReconciliationRefusal.scratchUnwritable) == true, "\(String(describing: refusal))")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["filler"])
        #expect(try await bench.events("authority.reconciled") == events)
        try disk.makeRoom()
        #expect(try await run().differences == 0)
    }
}

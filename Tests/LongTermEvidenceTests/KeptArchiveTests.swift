import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import LongTermEvidence
import Officers
import OtherPrograms
import Testing

@testable import AuthorityFixtures

/// What a successor needs to carry the business on (电子签名法, art. 23): not the records alone, also what lay beside them.
@Suite struct KeptArchiveTests {
    private struct Scene {
        let old: Bench
        let new: Bench
        let officers: BenchOfficers
        let fates: (active: CertificateRecord, held: CertificateRecord, revoked: CertificateRecord)
        let archive: VerifiedArchive

        init() async throws {
            old = try await Bench.create()
            fates = try await old.fates()
            let held = fates.held.serialNumber
            let companions = [
                CertificateCompanion(
                    kind: "logins",
                    lines: { certificate, _ in
                        certificate.serialNumber == held ? [["person": "张伟"], ["person": "王芳"]] : []
                    }),
                CertificateCompanion(kind: "seals", lines: { _, _ in [["seal": 1]] }),
            ]
            let (old, service) = (old, old.authority.archives.with(companions))
            _ = try await service.export(
                .all, to: old.path("archive"), on: Bench.exportOrder(.all, service),
                checkpoint: { try await old.checkpoint() })
            archive = try old.verified("archive")
            new = try await Bench.create()
            officers = try await BenchOfficers(new)
        }

        var service: ArchiveService { new.authority.archives }
        var folder: String { new.kept.path(of: archive.manifest.hash) }

        @discardableResult
        func take(
            by authority: Authority? = nil,
            observer: @escaping @Sendable (TakeOverStep) async throws -> Void = { _ in }
        ) async throws -> Int {
            let service = authority?.archives ?? service
            return try await service.takeOver(
                archive, keeping: new.kept,
                order: { try await officers.order(service.request(toTakeOver: archive, justification: "接管")) },
                observer: observer)
        }
    }

    @Test func `It is kept whole, for nobody but the service's user, found by number, and handed on`() async throws {
        let scene = try await Scene()
        try await scene.take()
        let manager = FileManager.default
        let names = try #require(manager.enumerator(atPath: scene.folder)?.compactMap { $0 as? String })
        #expect(names.count { $0.hasSuffix("seals.jsonl") } == 10)
        for name in names.map({ "/" + $0 }) + ["", "/.."] {
            let facts = try manager.attributesOfItem(atPath: scene.folder + name)
            let isFolder = facts[.type] as? FileAttributeType == .typeDirectory
            #expect((facts[.posixPermissions] as? NSNumber)?.intValue == (isFolder ? 0o700 : 0o600), "\(name)")
        }
        let serial = scene.fates.held.serialNumber
        let recordBundles = try await scene.service.recordBundles(of: serial, in: scene.new.kept)
        let recordBundle = try #require(recordBundles.first)
        #expect(recordBundles.count == 1 && recordBundle.archive == scene.archive.manifest.hash)
        #expect(recordBundle.beside.map(\.kind) == ["logins", "seals"] && recordBundle.beside.map(\.lines) == [2, 1])
        #expect(recordBundle.files.contains { String(decoding: $0.bytes, as: UTF8.self).contains("张伟") })
        await #expect(throws: Refusal(CertificateRecordsRefusal.unknownCertificate)) {
            _ = try await scene.service.recordBundles(of: .random(in: .real), in: scene.new.kept)
        }
        // A further successor takes the folder over, from the first authority's root.
        let third = try await Bench.create()
        let handed = try ArchiveReader(path: scene.folder, trust: scene.old.trust).verify()
        let officers = try await BenchOfficers(third)
        let service = third.authority.archives
        _ = try await service.takeOver(
            handed, keeping: third.kept,
            order: { try await officers.order(service.request(toTakeOver: handed, justification: "接管")) })
        #expect(
            try await service.recordBundles(of: serial, in: third.kept).first?.files.map(\.bytes)
                == recordBundle.files.map(\.bytes))
    }

    @Test func `It is given out on an auditor's order alone, for this certificate and once`() async throws {
        let scene = try await Scene()
        try await scene.take()
        let (service, serial) = (scene.service, scene.fates.held.serialNumber)
        let recordBundles = try await service.recordBundles(of: serial, in: scene.new.kept)
        let request = service.request(toOpen: serial, of: recordBundles, justification: "法院")
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            _ = try await scene.officers.register.authorise(request, by: [scene.officers.requester])
        }
        let order = try await scene.officers.register.authorise(request, by: [scene.officers.approver])
        let other = scene.fates.active.serialNumber
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await service.open(other, of: recordBundles, to: scene.new.path("out"), on: order)
        }
        try await service.open(serial, of: recordBundles, to: scene.new.path("out"), on: order)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await service.open(serial, of: recordBundles, to: scene.new.path("again"), on: order)
        }
        #expect(try await scene.new.events("archive.opened") == 1)
        let listed = try FileManager.default.contentsOfDirectory(atPath: scene.new.folder.path)
        #expect(!listed.contains { $0.hasPrefix("again") || $0.hasSuffix(".partial") })
        let stranger = try Stranger()
        defer { stranger.clean() }
        let folder = "\(scene.new.path("out"))/\(Hex.encode(scene.archive.manifest.hash))"
        #expect(scene.new.files("out").count == 4 + 7)
        let said = try stranger.run("env -C \(folder) sha256sum --check --ignore-missing SHA256SUMS")
        #expect(said.contains("logins.jsonl: OK") && said.contains(".cer: OK"), "\(said)")
    }

    @Test func `Two processes at once do not mix their copies`() async throws {
        let scene = try await Scene()
        let other = try await scene.new.another()
        try await scene.take { step in
            guard step == .filesKept(3) else { return }
            await #expect(throws: Refusal(ArchiveRefusal.archiveBusy)) { try await scene.take(by: other) }
        }
        #expect(try ArchiveReader(path: scene.folder, trust: scene.old.trust).verify().serials.count == 10)
        #expect(try await scene.take(by: other) == 0)
        #expect(try await scene.new.events("archive.taken-over") == 1)
    }

    @Test func `What a killed copy left is looked at again, and what the medium changed meanwhile is refused`()
        async throws
    {
        let scene = try await Scene()
        await #expect(throws: KilledThere.self) {
            try await scene.take { if $0 == .filesKept(9) { throw KilledThere() } }
        }
        let left = try #require(scene.new.files("taken-over").first { $0.hasSuffix(".jsonl") })
        try Data("torn".utf8).write(to: URL(filePath: scene.new.path("taken-over") + "/" + left))
        let medium = URL(filePath: scene.archive.path + "/issuers/p256-root-1.cer")
        let whole = try Data(contentsOf: medium)
        try Data("another".utf8).write(to: medium)
        await #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) { try await scene.take() }
        #expect(scene.new.files("taken-over").isEmpty)
        try whole.write(to: medium)
        try await scene.take()
        #expect(try ArchiveReader(path: scene.folder, trust: scene.old.trust).verify().serials.count == 10)
    }

    @Test func `A kept archive that is gone or damaged is told, and its medium mends it`() async throws {
        let scene = try await Scene()
        try await scene.take()
        let serial = scene.fates.held.serialNumber
        let file = try #require(scene.new.files("taken-over").first { $0.hasSuffix("\(serial.hex)/logins.jsonl") })
        try Data("{}\n".utf8).write(to: URL(filePath: scene.new.path("taken-over") + "/" + file))
        await #expect(throws: Refusal(ArchiveRefusal.keptArchiveDamaged)) {
            _ = try await scene.service.recordBundles(of: serial, in: scene.new.kept)
        }
        try await scene.service.requireImported(in: scene.new.kept)
        try FileManager.default.removeItem(atPath: scene.folder)
        await #expect(throws: Refusal(ArchiveRefusal.archiveNotKept)) {
            try await scene.service.requireImported(in: scene.new.kept)
        }
        await #expect(throws: Refusal(ArchiveRefusal.archiveNotKept)) {
            _ = try await scene.service.recordBundles(of: serial, in: scene.new.kept)
        }
        // No other order, for it was imported already.
        let count = try await scene.service.takeOver(
            scene.archive, keeping: scene.new.kept, order: { throw KilledThere() })
        #expect(count == 0)
        #expect(try await scene.service.recordBundles(of: serial, in: scene.new.kept).first?.beside.count == 2)
    }

    @Test func `One's own archive is taken over only once something of it was pruned`() async throws {
        let scene = try await Scene()
        let service = scene.old.authority.archives
        let refusal = await #expect(throws: Refusal(ArchiveRefusal.archiveOwn)) {
            _ = try await service.takeOver(scene.archive, keeping: scene.old.kept, order: { throw KilledThere() })
        }
        #expect(refusal?.nextStep.zh.isEmpty == false)
        #expect(try await scene.old.count("SELECT count(*) AS n FROM taken_archive") == 0)
        #expect(!FileManager.default.fileExists(atPath: scene.old.path("taken-over")))
    }
}

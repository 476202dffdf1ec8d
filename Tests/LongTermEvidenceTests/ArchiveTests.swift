import Audit
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Officers
import OtherPrograms
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures
@testable import CertificateProfiles
@testable import CertificateRecords
@testable import LongTermEvidence
@testable import TimeStamping

/// An archive needs nobody: not the service, not the database, not our word.
@Suite struct ArchiveTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func `An archive holds by itself, and openssl and sha256sum agree`(_ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        let fates = try await bench.fates()
        let manifest = try await bench.export(to: "archive")
        let archive = try bench.verified("archive")
        #expect(archive.manifest == manifest && archive.serials.contains(fates.revoked.serialNumber))
        // Three of the entity's, the two authorities and five service keys.
        #expect(archive.serials.count == 10 && archive.issuers.count == 2)
        #expect(try await bench.count("SELECT count(*) AS n FROM archive") == 1)
        #expect(!FileManager.default.fileExists(atPath: bench.path("archive.plan")))

        let stranger = try Stranger()
        defer { stranger.clean() }
        let folder = bench.path("archive")
        try stranger.write(Array(bench.root.certificate.pem.utf8), "ROOT.pem")
        try stranger.run("env -C \(folder) sha256sum --check --quiet SHA256SUMS")
        let sum = try stranger.run("sha256sum \(folder)/SHA256SUMS")
        #expect(sum.hasPrefix(Hex.encode(manifest.sums)))
        // The README's own lines, in a copy that has the root beside it.
        let copy = stranger.folder.path + "/copy"
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        try stranger.write(Array(bench.root.certificate.pem.utf8), "copy/ROOT.pem")
        let said = try stranger.runByHand(family, readMe: "README.txt", in: copy)
        #expect(said.contains("Verified OK"))
        guard family != .sm2 else { return }
        #expect(said.contains("Verification: OK") && said.contains("signer.pem: OK"))
        let time = archive.sealedAt.seconds
        let serial = fates.active.serialNumber.hex
        try stranger.run(
            "openssl x509 -inform DER -in \(folder)/certificates/\(serial.suffix(2))/\(serial).cer -out one.pem")
        try stranger.run(
            "openssl verify -attime \(time) -CAfile ROOT.pem -untrusted \(folder)/chain.pem one.pem")
        // By the line that the folder itself gives, and by no root but ROOT.pem: not by those that this machine trusts.
        let readMe = try String(contentsOfFile: folder + "/README.txt", encoding: .utf8)
        let path = try #require(
            readMe.split(separator: "\n").map(String.init).first { $0.hasPrefix("openssl verify ") })
        try stranger.trustOnTheMachine([bench.root.certificate])
        let other = path.replacing("ROOT.pem", with: stranger.folder.path + "/another.pem")
        try stranger.run(
            "env -C \(folder) SSL_CERT_DIR=\(stranger.folder.path)/machine \(other)", expecting: 2)
    }

    @Test func `Whatever is altered, removed or added is found out`() async throws {
        let bench = try await Bench.create()
        let fates = try await bench.fates()
        try await bench.export(to: "archive")
        let manager = FileManager.default
        for (index, name) in bench.files("archive").enumerated() {
            let copy = "copy-\(index)"
            try manager.copyItem(atPath: bench.path("archive"), toPath: bench.path(copy))
            let file = URL(filePath: bench.path(copy) + "/" + name)
            var bytes = Array(try Data(contentsOf: file))
            // A line's end in a PEM block may be any white space.
            let place = try #require((bytes.count / 2..<bytes.count).first { bytes[$0] != 0x0A })
            bytes[place] ^= 0x01
            try Data(bytes).write(to: file)
            #expect(throws: (any Error).self, "\(name)") { try bench.verified(copy) }
            try manager.removeItem(at: file)
            #expect(throws: (any Error).self, "without \(name)") { try bench.verified(copy) }
            try manager.removeItem(atPath: bench.path(copy))
        }
        try Data("more".utf8).write(to: URL(filePath: bench.path("archive") + "/crl/more"))
        #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) { try bench.verified("archive") }
        try manager.removeItem(atPath: bench.path("archive") + "/crl/more")
        _ = try bench.verified("archive")
        let stranger = try await Bench.create()
        let other = try stranger.trust
        #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) {
            try bench.verified("archive", trust: other)
        }
        // An insider who signs the whole anew still cannot leave a hold out of a history.
        try await expectInsiderIsFound(bench, fates.held.serialNumber)
    }

    /// Sums and manifest are signed again over a record without its suspension: the events tell.
    private func expectInsiderIsFound(_ bench: Bench, _ serial: SerialNumber) async throws {
        let old = try #require(try bench.record(serial, of: "archive"))
        let new = old.with(history: old.history.filter { $0.state != .suspended })
        try await bench.reseal("archive", writing: [Bench.recordFile(serial): new.body])
        let refusal = #expect(throws: Refusal.self) { try bench.verified("archive") }
        #expect(refusal?.detail.contains("history") == true, "\(refusal?.detail ?? "-")")
        // Nor by lines that name no event, as a store has them that is older than its history.
        let unnamed = new.history.map {
            StatusEvent(
                version: $0.version, state: $0.state, reason: $0.reason, since: $0.since, recordedAt: $0.recordedAt,
                event: nil)
        }
        try await bench.reseal("archive", writing: [Bench.recordFile(serial): old.with(history: unnamed).body])
        let other = #expect(throws: Refusal.self) { try bench.verified("archive") }
        #expect(other?.detail.contains("of the history") == true, "\(other?.detail ?? "-")")
    }

    @Test func `Every certificate of the authority's own goes along, those that prove seals too`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.export(.serials([record.serialNumber]), to: "archive")
        let stored = try await bench.database.read { transaction in
            try transaction.query("SELECT serial, purpose FROM certificate").map {
                (serial: try $0.serial("serial"), purpose: try $0.choice("purpose") as CertificatePurpose)
            }
        }
        let own = stored.filter { $0.purpose.isAuthoritysOwn }
        #expect(
            Set(own.map(\.purpose)) == [.authority, .ocspResponder, .timeStamping, .service, .sealMaker])
        #expect(Set(try bench.verified("archive").serials) == Set(own.map(\.serial) + [record.serialNumber]))
    }

    /// What cannot be read whole leaves nothing out without a word.
    @Test func `An export goes on with its plan as it was written, or not at all`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        await #expect(throws: KilledThere.self) {
            try await bench.export(to: "archive") { if $0 == .planned { throw KilledThere() } }
        }
        let plan = bench.path("archive.plan")
        let text = try String(contentsOfFile: plan, encoding: .utf8)
        #expect(text.contains(record.serialNumber.hex))
        try text.replacing(record.serialNumber.hex, with: "none").write(
            toFile: plan, atomically: false, encoding: .utf8)
        await #expect(throws: Refusal(ArchiveRefusal.archiveOther)) { try await bench.export(to: "archive") }
        try text.write(toFile: plan, atomically: false, encoding: .utf8)
        try await bench.export(to: "archive")
        #expect(try bench.verified("archive").serials.contains(record.serialNumber))
    }

    /// An insider cuts a history before its end and has it answered for anew: the list that lies beside tells.
    @Test func `A history that ends before what the list says is found out`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.export(.serials([record.serialNumber]), to: "early")
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        bench.clock.turn(seconds: 120)
        try await bench.export(.serials([record.serialNumber]), to: "archive")
        let early = try #require(try bench.record(record.serialNumber, of: "early"))
        let late = try #require(try bench.record(record.serialNumber, of: "archive"))
        let old = try #require(ValidityStatement(body: TimeStampedStatement(bytes: early.answer.bytes).body))
        let body = ValidityStatement(
            serial: old.serial, certificate: old.certificate, issuer: old.issuer, chain: old.chain, at: old.at,
            finding: old.finding, history: old.history, checkpoint: old.checkpoint, archive: nil,
            producedAt: bench.surroundings.now()
        ).body
        let answer = try await bench.authority.validity.evidenceSigner.sign(body).json
        let cut = ArchiveRecord(
            serial: late.serial, der: late.der, issuer: late.issuer, particulars: late.particulars,
            issuedAt: late.issuedAt, history: early.history, proofs: late.proofs, answer: answer)
        try await bench.reseal("archive", writing: [Bench.recordFile(record.serialNumber): cut.body])
        let refusal = #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) { try bench.verified("archive") }
        #expect(refusal?.detail.contains("what the list says") == true, "\(refusal?.detail ?? "-")")
    }

    /// Whoever trusts two authorities trusts neither with the other's certificates.
    @Test func `One authority's archive proves nothing of another's certificates`() async throws {
        let files = try Bench.policyFiles()
        let bench = try await Bench.create()
        _ = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.export(to: "archive")
        let other = try await Bench.create(
            .rsa2048, policies: PolicyFiles(texts: files.texts.mapValues { $0.replacing("一证通评估认证机构", with: "另一家认证机构") })
        )
        let anchors = try bench.trust.anchors + other.trust.anchors
        let both = TimeStampedStatement.Trust(anchors: anchors, servicePolicy: try bench.trust.servicePolicy)
        _ = try bench.verified("archive", trust: both)
        // The other's keys over all of it, by name and number as they were.
        other.clock.turn(seconds: 60)
        let sealed = try await other.authority.validity.evidenceSigner.sign(
            ArchiveManifest(body: read(bench, "manifest.json"))?.body ?? [])
        try Data(sealed.signature).write(to: URL(filePath: bench.path("archive") + "/manifest.sig"))
        try Data(sealed.token).write(to: URL(filePath: bench.path("archive") + "/manifest.tst"))
        try Data(sealed.status).write(to: URL(filePath: bench.path("archive") + "/signer.ocsp"))
        try Data(sealed.signer.pem.utf8).write(to: URL(filePath: bench.path("archive") + "/signer.pem"))
        let chain = sealed.chain.map(\.pem).joined()
        try Data(chain.utf8).write(to: URL(filePath: bench.path("archive") + "/chain.pem"))
        let refusal = #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) {
            try bench.verified("archive", trust: both)
        }
        #expect(refusal?.detail.contains("manifest") == false, "\(refusal?.detail ?? "-")")
    }

    private func read(_ bench: Bench, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: bench.path("archive") + "/" + name)))
    }

    @Test func `A time stamp that was made when its checkpoint was old proves no time`() async throws {
        let bench = try await Bench.create()
        _ = try await bench.active()
        // Past every guard of ours: signed now, stamped an hour later.
        var wrong = bench.surroundings
        let start = bench.surroundings.now()
        wrong.now = { start }
        let (timeStamps, clock) = (bench.authority.timeStamps, bench.clock)
        _ = try await AuditLog(surroundings: wrong).checkpoint(
            database: bench.database, signer: bench.authority.service(.checkpoints).signer
        ) { bytes in
            clock.turn(seconds: 3600)
            return try await timeStamps.token(over: bytes)
        }
        try await bench.export(to: "archive")
        let refusal = #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) { try bench.verified("archive") }
        #expect(refusal?.detail.contains("of another time") == true, "\(refusal?.detail ?? "-")")
    }

    @Test func `An authority's namesake in an archive judges nothing`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.export(to: "archive")
        let namesake = try await Bench.namesake(of: bench.issuing.certificate, key: .generate(.p256))
        try await bench.reseal("archive", writing: ["issuers/a.cer": namesake.der])
        // It lies there, first of all, and nobody takes it for the authority.
        #expect(try !bench.verified("archive").issuers.contains(namesake))
        let old = try #require(try bench.record(record.serialNumber, of: "archive"))
        let other = ArchiveRecord(
            serial: old.serial, der: old.der, issuer: namesake.fingerprint, particulars: old.particulars,
            issuedAt: old.issuedAt, history: old.history, proofs: old.proofs, answer: old.answer)
        try await bench.reseal("archive", writing: [Bench.recordFile(record.serialNumber): other.body])
        let refusal = #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) { try bench.verified("archive") }
        #expect(refusal?.detail.contains("its path") == true, "\(refusal?.detail ?? "-")")
    }

    @Test(arguments: [
        ArchiveStep.begun, .planned, .issuersWritten, .recordWritten(0), .recordWritten(7), .listsWritten,
        .checkpointsWritten, .sumsWritten, .manifestWritten, .finished,
    ])
    func `Killed at any step, the same command goes on`(_ step: ArchiveStep) async throws {
        let bench = try await Bench.create()
        _ = try await bench.fates()
        await #expect(throws: KilledThere.self) {
            try await bench.export(to: "archive") { if $0 == step { throw KilledThere() } }
        }
        if step == .finished {
            // It is whole; only the store does not know of it, which pruning will see to.
            _ = try bench.verified("archive")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: bench.path("archive")))
        let other = try await bench.another()
        try await bench.export(to: "archive", by: other)
        #expect(try bench.verified("archive").serials.count == 10)
    }

    @Test func `A certificate that changed while an export lay interrupted is written as it is now`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        await #expect(throws: KilledThere.self) {
            try await bench.export(to: "archive") { if $0 == .listsWritten { throw KilledThere() } }
        }
        bench.clock.turn(seconds: 60)
        try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        bench.clock.turn(seconds: 60)
        try await bench.export(to: "archive")
        _ = try bench.verified("archive")
        let name = "records/\(record.serialNumber.hex.suffix(2))/\(record.serialNumber.hex).json"
        let bytes = try Data(contentsOf: URL(filePath: bench.path("archive") + "/" + name))
        #expect(ArchiveRecord(body: Array(bytes))?.history.last?.state == .revoked)
    }

    @Test func `What cannot be written or is in the way is refused`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        let other = try await bench.another()
        try await bench.export(.serials([record.serialNumber]), to: "one") { step in
            guard step == .planned else { return }
            // A second process, and one with another scope.
            await #expect(throws: Refusal(ArchiveRefusal.archiveBusy)) {
                try await bench.export(.all, to: "one", by: other)
            }
        }
        await #expect(throws: Refusal(ArchiveRefusal.archiveExists)) {
            try await bench.export(.all, to: "one")
        }
        await #expect(throws: KilledThere.self) {
            try await bench.export(.all, to: "two") { if $0 == .planned { throw KilledThere() } }
        }
        await #expect(throws: Refusal(ArchiveRefusal.archiveOther)) {
            try await bench.export(.serials([record.serialNumber]), to: "two")
        }
        await #expect(throws: Refusal(ArchiveRefusal.nothingToArchive)) {
            try await bench.export(.endedBefore(Bench.start), to: "three")
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.unknownCertificate)) {
            try await bench.export(.serials([.random(in: bench.surroundings)]), to: "four")
        }
        for name in ["three.partial", "three.plan", "four.partial"] {
            #expect(!FileManager.default.fileExists(atPath: bench.path(name)), "\(name)")
        }
        // What is unfinished there stays.
        #expect(FileManager.default.fileExists(atPath: bench.path("two.partial")))
        await #expect(throws: Refusal(ArchiveRefusal.archiveFailed)) {
            try await bench.export(.all, to: "database.sqlite/five")
        }
        // What a full disk would do in the middle: a folder stands where a file must go.
        await #expect(throws: Refusal(ArchiveRefusal.archiveFailed)) {
            try await bench.export(.all, to: "six") { step in
                guard step == .checkpointsWritten else { return }
                try FileManager.default.createDirectory(
                    atPath: bench.path("six.partial") + "/SHA256SUMS/x", withIntermediateDirectories: true)
            }
        }
        try FileManager.default.removeItem(atPath: bench.path("six.partial") + "/SHA256SUMS")
        try await bench.export(.all, to: "six")
        _ = try bench.verified("six")
    }

    /// Between fork and exec a child has every descriptor of its parent.
    @Test func `A lock ends with its holder, although a child that is being started has a copy of it`() async throws {
        let bench = try await Bench.create()
        _ = try await bench.active()
        bench.clock.turn(seconds: 60)
        let copy = Mutex<Int32>(-1)
        await #expect(throws: KilledThere.self) {
            try await bench.export(to: "archive") { step in
                guard step == .planned else { return }
                let manager = FileManager.default
                for name in try manager.contentsOfDirectory(atPath: "/proc/self/fd") {
                    let target = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
                    guard let number = Int32(name), target == bench.path("archive.partial") else { continue }
                    copy.withLock { $0 = dup(number) }
                }
                throw KilledThere()
            }
        }
        try #require(copy.withLock { $0 } >= 0)
        defer { copy.withLock { _ = close($0) } }
        try await bench.export(to: "archive")
        _ = try bench.verified("archive")
    }

    @Test func `An archive leaves the house on an auditor's order alone, for this scope and once`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        let service = bench.authority.archives
        let scope = ArchiveScope.serials([record.serialNumber])
        let checkpoint = { @Sendable in try await bench.checkpoint() }
        func order(_ request: CanonicalRequest, by signer: KeyedOfficerSigner) async throws -> Authorisation {
            try await officers.register.authorise(request, by: [signer])
        }
        // A super administrator and operator is none who exports.
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await order(service.request(toExport: scope, justification: "归档"), by: officers.requester)
        }
        let other = try await order(service.request(toExport: .all, justification: "归档"), by: officers.approver)
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await service.export(scope, to: bench.path("one"), on: other, checkpoint: checkpoint)
        }
        let login = try await order(
            CanonicalRequest(
                .countersignCheckpoint, subject: "x", parameters: ["number": 1, "checkpoint": "AA=="], reason: "r",
                in: bench.surroundings),
            by: officers.approver)
        await #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
            _ = try await service.exportWhole(scope, to: bench.path("one"), on: login, checkpoint: checkpoint)
        }
        #expect(bench.files("one").isEmpty && bench.files("one.partial").isEmpty)
        let right = try await order(service.request(toExport: scope, justification: "归档"), by: officers.approver)
        _ = try await service.exportWhole(scope, to: bench.path("one"), on: right, checkpoint: checkpoint)
        _ = try bench.verified("one")
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await service.export(scope, to: bench.path("two"), on: right, checkpoint: checkpoint)
        }
        #expect(bench.files("two").isEmpty && bench.files("two.partial").isEmpty)
    }

    @Test func `Without a trusted clock the archive waits, and goes on`() async throws {
        let bench = try await Bench.create(policies: .inEarnest())
        _ = try await bench.active()
        bench.clock.turn(seconds: 60)
        let clock = bench.clock
        await #expect(throws: Refusal(TimeStampingRefusal.clockUntrusted)) {
            try await bench.export(to: "archive") { step in
                if step == .recordWritten(3) { clock.machine.withLock { $0.isSynchronised = false } }
            }
        }
        clock.machine.withLock { $0.isSynchronised = true }
        try await bench.export(to: "archive")
        _ = try bench.verified("archive")
    }

    @Test func `A store that is full does not harm the archive`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        let scope = ArchiveScope.serials([record.serialNumber])
        let full = try await bench.onFullDisk()
        // Only the store's own note of it finds no room: the archive is whole, and good for everything.
        await #expect(throws: Refusal(StorageRefusal.diskFull)) {
            _ = try await full.archives.export(
                scope, to: bench.path("archive"), on: Bench.exportOrder(scope, full.archives),
                checkpoint: { try await bench.checkpoint() })
        }
        #expect(try bench.verified("archive").serials.contains(record.serialNumber))
        #expect(try await bench.count("SELECT count(*) AS n FROM archive") == 0)
        #expect(try await bench.events("archive.made") == 0)
    }

    @Test func `What one archive does not hold becomes several, each complete, also after a kill`() async throws {
        let policies = try Bench.policyFiles().replacing(
            "certificates: 20000", with: "certificates: 4", in: "Policies/retention.yaml")
        let bench = try await Bench.create(policies: policies)
        _ = try await bench.fates()
        await #expect(throws: Refusal(ArchiveRefusal.archiveTooLarge)) {
            try await bench.export(.all, to: "one")
        }
        @Sendable func whole(_ stopAt: Int?) async throws -> [String] {
            let count = Mutex(0)
            return try await bench.authority.archives.exportWhole(
                .all, to: bench.path("all"), on: Bench.exportOrder(.all, bench.authority.archives),
                checkpoint: { try await bench.checkpoint() },
                observer: { step in
                    guard case .finished = step, let stopAt else { return }
                    if count.withLock({
                        $0 += 1; return $0
                    }) == stopAt {
                        throw KilledThere()
                    }
                }
            ).map(\.path)
        }
        await #expect(throws: KilledThere.self) { _ = try await whole(2) }
        // A certificate more does not move the parts.
        _ = try await bench.active()
        bench.clock.turn(seconds: 60)
        await #expect(throws: Refusal(ArchiveRefusal.archiveOther)) {
            _ = try await bench.authority.archives.exportWhole(
                .endedBefore(Bench.start), to: bench.path("all"),
                on: Bench.exportOrder(.endedBefore(Bench.start), bench.authority.archives), checkpoint: {})
        }
        let paths = try await whole(nil)
        #expect(paths.count == 3)
        let serials = try paths.flatMap { try ArchiveReader(path: $0, trust: bench.trust).verify().serials }
        #expect(Set(serials).count >= 10)
    }
}

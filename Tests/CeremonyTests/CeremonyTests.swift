import Audit
import Ceremony
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import LongTermEvidence
import Reconciliation
import Revocation
import Storage
import Testing
import TimeStamping

@testable import AuthorityFixtures

@Suite struct CeremonyTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func `A whole ceremony: root apart, issuing authority, service without the root's key`(_ family: AlgorithmFamily)
        async throws
    {
        let bench = try CeremonyBench(family)
        let stage = try await bench.issuingStage()
        #expect(bench.stages == ["001-root", "002-issuing-\(bench.generation)"])
        try await bench.installation().install(CeremonyBundle.read(stage.path))

        let authority = try await bench.open()
        #expect(authority.issuers.issuers.map(\.generation) == [bench.rootGeneration, bench.generation])
        #expect(Set(authority.services.map(\.role)) == Set(ServiceRole.allCases))
        let root = try authority.issuers.issuer(generation: bench.rootGeneration)
        #expect(!root.hasSigner)
        let list = try CertificateList(der: await authority.status.crl(issuer: bench.rootGeneration, shard: 0).der)
        #expect(list.number == 1 && list.isSigned(by: root.certificate.publicKey))
        for key in authority.services {
            #expect(try await authority.isGoodNow(key.certificate), "\(key.role)")
        }
        // The root key is nowhere but sealed: no file of either machine opens without the shares.
        #expect(!bench.keys.contains(bench.rootGeneration))
        let named = try await bench.database.read { try FirstOfficers.named(in: $0) }
        #expect(named?.map(\.name) == ["王建国", "李秀英"])
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM certificate WHERE purpose = 'authority' AND state = 'active'") == 2)

        // What a root signs is an authority's certificate, nobody else's.
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM certificate WHERE issuer = '\(bench.rootGeneration)' AND purpose <> 'authority'"
            ) == 0)

        // The root's journal is with the root: without it, its signatures are not compared; with it, nothing differs.
        let journal = try #require(
            try FileManager.default.contentsOfDirectory(atPath: bench.path).first { $0.hasSuffix(".signed") })
        for journals in [[], ["\(bench.path)/\(journal)"]] {
            let summary = try await authority.reconciliation(
                keysDirectory: bench.keysFolder, journals: journals, keys: nil, scratch: NSTemporaryDirectory()
            ).run { Issue.record("\($0)") }
            #expect(summary.journalsElsewhere == (journals.isEmpty ? [bench.rootGeneration] : []))
        }

        // Again, each part of it changes nothing.
        let before = try FileManager.default.subpathsOfDirectory(atPath: bench.path).sorted()
        _ = try await bench.machine().makeRoot()
        #expect(
            try await bench.machine().certifyIssuing(bench.generation, request: bench.request(), shares: []) == stage)
        await #expect(throws: Refusal(CertificateRecordsRefusal.alreadyInitialised)) {
            try await bench.installation().install(CeremonyBundle.read(stage.path))
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: bench.path).sorted() == before)
    }

    @Test func `An archive of an authority that a ceremony brought holds by itself`() async throws {
        let bench = try CeremonyBench()
        try await bench.installation().install(CeremonyBundle.read(bench.issuingStage().path))
        let authority = try await bench.open()
        bench.clock.turn(seconds: 60)
        let path = bench.folder.path + "/archive"
        _ = try await authority.archives.export(
            .all, to: path, on: Bench.exportOrder(.all, authority.archives),
            checkpoint: {
                _ = try await authority.audit.checkpoint(
                    database: authority.database, signer: authority.service(.checkpoints).signer
                ) { try await authority.timeStamps.token(over: $0) }
            })
        let trust = TimeStampedStatement.Trust(
            anchors: authority.issuers.anchors, servicePolicy: try OID(validating: "1.3.6.1.4.1.32473.1156.1.6"))
        let serials = try ArchiveReader(path: path, trust: trust).verify().serials
        #expect(authority.issuers.issuers.allSatisfy { serials.contains($0.certificate.serialNumber) })
    }

    @Test func `The dry run shows everything and leaves nothing`() async throws {
        let bench = try CeremonyBench()
        try await bench.machine().dryRun()
        #expect(!FileManager.default.fileExists(atPath: bench.path))
        let shown = bench.table.shown.joined(separator: "\n")
        for word in [
            "p256-root-1: subject", "p256-root-1: lint", "p256-root-1.crl: number: 1", "p256-entity-1: lint",
            "p256-entity-2: lint", "share 5 for 钱七", "randomness:", "nothing is signed",
        ] {
            #expect(shown.contains(word), "\(word)")
        }
    }

    /// Every three custodians of the five.
    @Test func `Any three shares join the root, and more of them too`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        var number = 1
        for mask in 0..<32 where mask.nonzeroBitCount >= 3 {
            let shares = try (1...5).filter { mask & (1 << ($0 - 1)) != 0 }.map { try bench.share($0) }
            let stage = try await bench.machine().publishList(shares)
            number += 1
            #expect(try CertificateList(der: stage.bytes("p256-root-1.crl")).number == number)
        }
        #expect(bench.stages.count == number)
        #expect(try TranscriptReading.verify(CeremonyFolder(path: bench.path)).stages.count == number)
    }

    @Test func `A wrong, foreign, repeated, altered share and too few are refused by name`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        func refusal(_ shares: [BroughtShare], _ table: SilentTable? = nil) async throws -> Refusal? {
            do {
                _ = try await bench.machine(table: table).publishList(shares)
                return nil
            } catch let refusal as Refusal { return refusal }
        }
        let (one, two, three) = (try bench.share(1), try bench.share(2), try bench.share(3))
        #expect(try await refusal([one, two])?.isBecause(CeremonyRefusal.tooFewShares) == true)
        #expect(try await refusal([])?.isBecause(CeremonyRefusal.tooFewShares) == true)
        let repeated = try await refusal([one, two, BroughtShare(file: "a copy", bytes: one.bytes)])
        #expect(
            repeated?.code == "certificate-authority.share-repeated" && repeated?.message.en.contains("a copy") == true)

        // Any byte that is changed: the file's check, or YAML itself, does not hold.
        for index in stride(from: 0, to: three.bytes.count, by: 7) {
            var bytes = three.bytes
            bytes[index] ^= 0x01
            let altered = try await refusal([one, two, BroughtShare(file: "three", bytes: bytes)])
            #expect(
                altered?.code == "certificate-authority.share-altered" && altered?.message.en.contains("three") == true,
                "byte \(index): \(String(describing: altered))")
        }

        let other = try CeremonyBench()
        _ = try await other.machine().makeRoot()
        let foreign = try await refusal([one, two, try other.share(3)])
        #expect(foreign?.isBecause(CeremonyRefusal.shareForeign) == true)

        let forgetful = SilentTable(
            SilentTable.Manner(passphrases: { $0 == "王五" ? "something else" : "口令 of \($0), long enough" }))
        let passphrase = try await refusal([one, two, three], forgetful)
        #expect(passphrase?.code == "certificate-authority.share-passphrase")
        #expect(passphrase?.message.zh.contains("王五") == true)
        // Nothing of these was signed, and the next try is clean.
        #expect(bench.stages == ["001-root"])
        _ = try await bench.machine().publishList([one, two, three])
        #expect(try TranscriptReading.verify(CeremonyFolder(path: bench.path)).stages.last?.resumptions == 1)
    }

    @Test func `A root's machine refuses what is not as it should be`() async throws {
        let bench = try CeremonyBench()
        func refused(_ reason: CeremonyRefusal, _ machine: () throws -> RootMachine) async {
            await #expect(throws: Refusal(reason)) { _ = try await machine().makeRoot() }
            #expect(bench.stages.isEmpty)
        }
        await refused(.ceremonyOnline) {
            try bench.machine(facts: MachineFacts(lines: [], networks: ["eth0"]))
        }
        await refused(.ceremonyStopped) {
            try bench.machine(table: SilentTable(SilentTable.Manner(isUnattended: true)))
        }
        await refused(.ceremonyStopped) {
            try bench.machine(table: SilentTable(SilentTable.Manner(answers: { _, _ in "no" })))
        }
        await refused(.weakPassphrase) {
            try bench.machine(table: SilentTable(SilentTable.Manner(passphrases: { _ in "short" })))
        }
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyWithoutRoot)) {
            _ = try await bench.machine().publishList([])
        }
        for (before, after) in [
            ("threshold: 3", "threshold: 5"), ("threshold: 3", "threshold: 2"), ("[周婷, 孙强]", "[周婷]"),
            ("[周婷, 孙强]", "[周婷, 张三]"), ("statusAddress: http", "statusAddress: https"),
            ("[auditAdministrator, reviewer]", "[reviewer]"), ("share: shares/2.share", "share: shares/1.share"),
            ("title: 一证通根密钥仪式", "title: ''"),
        ] {
            let text = CeremonyBench.script(.p256).replacing(before, with: after)
            await refused(.ceremonyScript) { try bench.machine(script: text) }
        }
        await #expect(throws: Refusal(GroundworkRefusal.unknownKey)) {
            _ = try await bench.machine(script: CeremonyBench.script(.p256) + "surprise: 1\n").makeRoot()
        }
        // A file in the way of a share is a third party's, and stays.
        try FileManager.default.createDirectory(atPath: bench.path + "/shares", withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: bench.path + "/shares/2.share"))
        await refused(.shareExists) { try bench.machine() }
        #expect(try CeremonyFile.read(bench.path + "/shares/2.share") == Array("mine".utf8))
    }

    @Test func `A request that is not the plan's is refused`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let shares = try bench.shares(1, 2, 3)
        let key = try PrivateKey.generate(.p256)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyRequest)) {
            _ = try await bench.machine().certifyIssuing(
                bench.generation, request: Bench.pkcs10(key), shares: shares)
        }
        let good = try await bench.request()
        var forged = good
        forged[forged.count - 1] ^= 1
        await #expect(throws: Refusal.self) {
            _ = try await bench.machine().certifyIssuing(bench.generation, request: forged, shares: shares)
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.unknownIssuer)) {
            _ = try await bench.machine().certifyIssuing("p256-entity-7", request: good, shares: shares)
        }
        _ = try await bench.machine().certifyIssuing(bench.generation, request: good, shares: shares)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyRequest)) {
            _ = try await bench.machine().certifyIssuing(
                bench.generation, request: Bench.pkcs10(key), shares: shares)
        }
    }

    @Test func `The root revokes an issuing authority, and the service says so`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        try await bench.installation().install(CeremonyBundle.read(stage.path))
        let issuing = try Certificate(der: stage.bytes("\(bench.generation).cer"))
        bench.clock.turn(seconds: 3600)
        let shares = try bench.shares(2, 4, 5)
        await #expect(throws: Refusal(CertificateRecordsRefusal.unknownCertificate)) {
            _ = try await bench.machine().publishList(
                shares,
                revoking: [.init(serialNumber: .random(in: bench.surroundings), reason: .superseded)])
        }
        await #expect(throws: Refusal(RevocationRefusal.wrongReason)) {
            _ = try await bench.machine().publishList(
                shares, revoking: [.init(serialNumber: issuing.serialNumber, reason: .certificateHold)])
        }
        let renewed = try await bench.machine().publishList(shares)
        let revoked = try await bench.machine().publishList(
            shares, revoking: [.init(serialNumber: issuing.serialNumber, reason: .cessationOfOperation)])
        let newest = try CeremonyBundle.read(revoked.path)
        #expect(newest.list.number == 3 && newest.list.entries.count == 1 && newest.issuing == nil)

        try await bench.installation().importList(CeremonyBundle.read(renewed.path))
        try await bench.installation().importList(newest)
        try await bench.installation().importList(newest)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyArtefact)) {
            try await bench.installation().importList(CeremonyBundle.read(renewed.path))
        }
        let authority = try await bench.open()
        #expect(try await authority.status.status(of: issuing.serialNumber) == .revoked)
        #expect(try await authority.status.crl(issuer: bench.rootGeneration, shard: 0).der == newest.list.der)

        // A clock that was set back signs nothing.
        bench.clock.turn(seconds: -7200)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyClock)) {
            _ = try await bench.machine().publishList(shares)
        }
    }

    @Test func `A later generation comes from the same root while the service runs`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        try await bench.installation().install(CeremonyBundle.read(stage.path))
        let running = try await bench.open()
        let second = "p256-entity-2"
        bench.clock.turn(seconds: 86_400)
        let next = try await bench.machine().certifyIssuing(
            second, request: bench.request(second), shares: bench.shares(1, 2, 4))
        try await bench.installation().install(CeremonyBundle.read(next.path))
        #expect(await running.knows(generation: second))
        #expect(running.issuers.issuing.map(\.generation) == [bench.generation, second])
        #expect(running.anchors.count == 1)
    }
}

extension Authority {
    fileprivate var anchors: [Certificate] { issuers.anchors }
}

import Audit
import Ceremony
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// What a ceremony stands on: its script, its machine, its witnesses, the order of its stages.
@Suite struct CeremonyTrustTests {
    private static let online = MachineFacts(lines: [], networks: ["eth0"])
    private static let unattended = SilentTable(SilentTable.Manner(isUnattended: true))

    private func evaluation(_ family: AlgorithmFamily = .p256) -> String {
        CeremonyBench.script(family).replacing("evaluation: false", with: "evaluation: true")
    }

    @Test func `A root stays what its own ceremony's script said`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let shares = try bench.shares(1, 2, 3)
        let request = try await bench.request()
        let earnest = CeremonyBench.script(.p256)
        for (script, part) in [
            (evaluation(), "evaluation"), (earnest.replacing("name: 张三", with: "name: 张山"), "custodians"),
            (earnest.replacing("threshold: 3", with: "threshold: 4"), "custodians"),
            (earnest.replacing(Bench.base, with: "http://127.0.0.9:1"), "statusAddress"),
        ] {
            // Online and with nobody there, as only an evaluation may be.
            for attempt in 0..<2 {
                do {
                    let machine = try bench.machine(script: script, table: Self.unattended, facts: Self.online)
                    _ =
                        attempt == 0
                        ? try await machine.publishList(shares)
                        : try await machine.certifyIssuing(bench.generation, request: request, shares: shares)
                    Issue.record("\(part) is taken")
                } catch let refusal as Refusal {
                    #expect(refusal.isBecause(CeremonyRefusal.ceremonyOtherScript))
                    #expect(refusal.message.en.contains(part))
                }
            }
        }
        #expect(bench.stages == ["001-root"])
        // Who leads and watches may be others.
        _ = try await bench.machine(script: earnest.replacing("周婷", with: "吴敏")).publishList(shares)
    }

    @Test func `What an evaluation made is not taken over in earnest`() async throws {
        let bench = try CeremonyBench()
        let script = evaluation()
        func machine() throws -> RootMachine {
            try bench.machine(script: script, table: Self.unattended, facts: Self.online)
        }
        _ = try await machine().makeRoot()
        let stage = try await machine().certifyIssuing(
            bench.generation, request: bench.request(), shares: bench.shares(1, 2, 3))
        let bundle = try CeremonyBundle.read(stage.path)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyEvaluation)) {
            try await bench.installation().install(bundle)
        }
        try await bench.installation(isEvaluation: true).install(bundle)
        let list = try await CeremonyBundle.read(machine().publishList(bench.shares(1, 2, 3)).path)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyEvaluation)) {
            try await bench.installation().importList(list)
        }
        try await bench.installation(isEvaluation: true).importList(list)
        let text = try stage.text("transcript.txt")
        #expect(text.contains("network: eth0 is up; for evaluation only"))
        #expect(text.matches(of: /answer .*: [0-9a-f]{8} \(unattended\)\n/).count == 9)
    }

    @Test func `Interfaces count as up unless they are down for certain`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-net-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(MachineFacts.networksUp(in: folder.path) == ["? (\(folder.path))"])
        for (name, flags, state) in [
            ("lo", "0x9", "unknown"), ("eth0", "0x1003", "up"), ("wg0", "0x90", "unknown"),
            ("tun0", "0x1091", "unknown"),
            ("eth1", "0x1002", "down"), ("eth2", "0x1003", "down"), ("wlan0", "0x1002", "dormant"),
            ("dummy0", "0x82", "notpresent"), ("odd", nil, "down"), ("mute", "0x1002", nil),
        ] as [(String, String?, String?)] {
            let path = folder.appending(path: name)
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
            try flags.map { try Data("\($0)\n".utf8).write(to: path.appending(path: "flags")) }
            try state.map { try Data("\($0)\n".utf8).write(to: path.appending(path: "operstate")) }
        }
        try Data().write(to: folder.appending(path: "bonding_masters"))
        #expect(
            MachineFacts.networksUp(in: folder.path) == ["eth0", "eth2", "mute", "odd", "tun0", "wg0", "wlan0"])
        // This machine's own folder is read: its loopback is none.
        #expect(!MachineFacts.networksUp().contains { $0 == "lo" || $0.hasPrefix("?") })
    }

    @Test func `Memory that is not locked ends a ceremony in earnest and is noted in an evaluation`() async throws {
        let bench = try CeremonyBench()
        let facts = MachineFacts(lines: [], networks: [], unlockedMemory: "RLIMIT_MEMLOCK is 65536 bytes")
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyMemory)) {
            _ = try await bench.machine(facts: facts).makeRoot()
        }
        #expect(!FileManager.default.fileExists(atPath: bench.path))
        let earnest = try await bench.machine().makeRoot().text("transcript.txt")
        #expect(earnest.contains("memory: every page of this process is locked (mlockall)"))
        #expect(earnest.contains(#/check     memory: (every secret|[0-9]+ secrets) of this process had /#))

        let other = try CeremonyBench()
        let noted = try await other.machine(script: evaluation(), facts: facts).makeRoot().text("transcript.txt")
        #expect(noted.contains("memory: not locked (RLIMIT_MEMLOCK is 65536 bytes); for evaluation only"))
    }

    @Test func `Each witness answers under their own name, and one who differs stops the ceremony`() async throws {
        let bench = try CeremonyBench()
        let table = SilentTable(SilentTable.Manner(others: ["孙强": "0000000"]))
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyStopped)) {
            _ = try await bench.machine(table: table).makeRoot()
        }
        #expect(table.shown.contains { $0.hasSuffix("stopped: the answer of 孙强 was another one") })
        #expect(table.shown.count { $0.contains("answer    孙强: 0000000") } == 3)
        #expect(bench.stages.isEmpty)

        let text = try await bench.machine().makeRoot().text("transcript.txt")
        // What the interrupted try left stands before.
        let whole = try #require(text.split(separator: " resumed ").last)
        var answers: [String: [String]] = [:]
        for match in whole.matches(of: /answer    (\S+): ([0-9a-f]{8})\n/) {
            answers[String(match.1), default: []].append(String(match.2))
        }
        // The script, the certificate, the list: each by each.
        #expect(Set(answers.keys) == ["陈建国", "周婷", "孙强"])
        #expect(Set(answers.values).count == 1 && answers["周婷"].map { Set($0).count } == 3)
        for (_, digits) in whole.matches(of: /to be signed sha256: ([0-9a-f]{8})/).map(\.output) {
            #expect(answers["孙强"]?.contains(String(digits)) == true)
        }
    }

    @Test func `A root's list that leaves out what was revoked is not taken over`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        try await bench.installation().install(CeremonyBundle.read(stage.path))
        // A copy of the folder, whole.
        let copy = bench.folder.path + "/copy"
        try FileManager.default.copyItem(atPath: bench.path, toPath: copy)
        let issuing = try Certificate(der: stage.bytes("\(bench.generation).cer"))
        bench.clock.turn(seconds: 3600)
        let shares = try bench.shares(2, 4, 5)
        let revoked = try await bench.machine().publishList(
            shares, revoking: [.init(serialNumber: issuing.serialNumber, reason: .keyCompromise)])
        try await bench.installation().importList(CeremonyBundle.read(revoked.path))

        for number in 2...3 {
            let older = try await bench.machine(path: copy).publishList(shares)
            let bundle = try CeremonyBundle.read(older.path)
            #expect(bundle.list.number == number && bundle.list.entries.isEmpty)
            let reason: CeremonyRefusal = number == 2 ? .ceremonyArtefact : .ceremonyListShrunk
            await #expect(throws: Refusal(reason)) { try await bench.installation().importList(bundle) }
        }
        let authority = try await bench.open()
        #expect(try await authority.status.status(of: issuing.serialNumber) == .revoked)
        let served = try CertificateList(der: await authority.status.crl(issuer: bench.rootGeneration, shard: 0).der)
        #expect(served.number == 2 && served.entries.count == 1)
    }

    @Test func `A folder that was put back by halves signs nothing`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let shares = try bench.shares(1, 2, 3)
        let manager = FileManager.default
        let name = try #require(manager.contentsOfDirectory(atPath: bench.path).first { $0.hasSuffix(".signed") })
        let journal = "\(bench.path)/\(name)"
        let before = try CeremonyFile.read(journal)
        let stage = try await bench.machine().publishList(shares)
        let after = try CeremonyFile.read(journal)
        func refused() async {
            await #expect(throws: Refusal(CeremonyRefusal.ceremonyArtefact)) {
                _ = try await bench.machine().publishList(shares)
            }
        }
        // The journal is older than the stages.
        try CeremonyFile.write(before, journal)
        await refused()
        try CeremonyFile.write(after, journal)
        // The stages are older than the journal.
        try manager.moveItem(atPath: stage.path, toPath: bench.folder.path + "/away")
        await refused()
        try manager.moveItem(atPath: bench.folder.path + "/away", toPath: stage.path)
        // A line of the journal is gone.
        var lines = String(decoding: after, as: UTF8.self).split(separator: "\n").map(String.init)
        lines.remove(at: 1)
        try CeremonyFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), journal)
        await refused()
        try CeremonyFile.write(after, journal)
        // A transcript's own artefact was exchanged.
        let script = "\(bench.path)/001-root/script.yaml"
        let text = try CeremonyFile.read(script)
        try CeremonyFile.write(text + Array("# later\n".utf8), script)
        await refused()
        try CeremonyFile.write(text, script)
        #expect(bench.stages == ["001-root", "002-list-2"])
        #expect(
            try await CertificateList(der: bench.machine().publishList(shares).bytes("p256-root-1.crl")).number == 3)
    }

    @Test func `A sealed root without shares is refused, not a crash`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.machine().makeRoot()
        let shares = try bench.shares(1, 2, 3)
        let path = "\(stage.path)/p256-root-1.sealed.yaml"
        let text = try stage.text("p256-root-1.sealed.yaml")
        for (threshold, count) in [(3, 0), (3, 2), (2, 1)] {
            let altered = text.replacing(/shares: 5/, with: "shares: \(count)")
                .replacing(/threshold: 3/, with: "threshold: \(threshold)")
                .replacing(/(custodians|commitments):\n(?:\s*- .*\n)+/) { match in
                    count == 0
                        ? "\(match.1): []\n"
                        : "\(match.1):\n" + (0..<count).map { "  - a\($0)\n" }.joined()
                }
            #expect(altered.contains("shares: \(count)") && altered != text)
            try CeremonyFile.write(Array(altered.utf8), path)
            await #expect(throws: Refusal(CeremonyRefusal.ceremonyArtefact)) {
                _ = try await bench.machine().publishList(shares)
            }
        }
    }

    /// Another process takes its turn at the first moment at which the folder is free.
    @Test func `Two processes never sign two lists of one number`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let shares = try bench.shares(1, 2, 3)
        let manager = FileManager.default
        let elsewhere = bench.folder.path + "/elsewhere"
        try manager.copyItem(atPath: bench.path, toPath: elsewhere)
        let theirs = try await bench.machine(path: elsewhere).publishList(shares)
        let took = Mutex(false)
        let path = bench.path
        var surroundings = bench.surroundings
        let now = surroundings.now
        surroundings.now = {
            took.withLock { took in
                let folder = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                defer { close(folder) }
                guard !took, flock(folder, LOCK_EX | LOCK_NB) == 0 else { return }
                took = (try? FileManager.default.copyItem(atPath: theirs.path, toPath: "\(path)/\(theirs.name)")) != nil
            }
            return now()
        }
        _ = try? await bench.machine(surroundings: surroundings).publishList(shares)
        let numbers = try CeremonyFolder(path: bench.path).stages().map {
            try CertificateList(der: $0.bytes("p256-root-1.crl")).number
        }
        #expect(numbers.count >= 2 && Set(numbers).count == numbers.count, "\(numbers)")
    }

    @Test func `Each stage of the offline part is an event of the audit, once`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        try await bench.installation().install(CeremonyBundle.read(stage.path))
        func stages() async throws -> [String] {
            try await bench.database.read { transaction in
                try transaction.query("SELECT line FROM audit_event ORDER BY rowid").compactMap { row in
                    let line = String(decoding: try row.blob("line"), as: UTF8.self)
                    guard line.contains("authority.ceremony.stage") else { return nil }
                    return line.firstMatch(of: /"subject":"([^"]+)"/).map { String($0.1) }
                }
            }
        }
        #expect(try await stages() == ["001-root", "002-issuing-p256-entity-1"])
        bench.clock.turn(seconds: 60)
        let shares = try bench.shares(1, 2, 3)
        for _ in 0..<2 { _ = try await bench.machine().publishList(shares) }
        let last = try await bench.machine().publishList(shares)
        // The last list's folder alone is brought: its transcript names the one before.
        let alone = bench.folder.path + "/brought/\(last.name)"
        try FileManager.default.createDirectory(
            atPath: bench.folder.path + "/brought", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: last.path, toPath: alone)
        try await bench.installation().importList(CeremonyBundle.read(alone))
        #expect(try await stages().suffix(2) == ["004-list-3", "005-list-4"])
        // The whole folder is brought: the one in between comes to light, none stands twice.
        let newest = try await bench.machine().publishList(shares)
        try await bench.installation().importList(CeremonyBundle.read(newest.path))
        #expect(
            try await stages() == [
                "001-root", "002-issuing-p256-entity-1", "004-list-3", "005-list-4", "003-list-2", "006-list-5",
            ])
    }
}

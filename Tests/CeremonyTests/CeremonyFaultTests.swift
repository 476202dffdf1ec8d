import Audit
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Officers
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// Killed, without room, tampered with: running again is harmless, and what was tampered with is found.
@Suite struct CeremonyFaultTests {
    private static let rootSteps: [CeremonyStep] = [
        .opened, .rootKeyMade, .rootBuilt, .rootSigned, .listSigned, .keyDivided, .shareWritten, .sharesProved,
        .artefactsWritten, .transcriptSigned, .committed,
    ]

    @Test(arguments: rootSteps)
    func `Killed while the root is made, it begins again or is there`(_ step: CeremonyStep) async throws {
        let bench = try CeremonyBench()
        await #expect(throws: CeremonyStop.Killed.self) {
            _ = try await bench.machine(observer: CeremonyStop.at(step)).makeRoot()
        }
        #expect(bench.stages == (step == .committed ? ["001-root"] : []))
        _ = try await bench.machine().makeRoot()
        #expect(bench.stages == ["001-root"])
        let reading = try TranscriptReading.verify(CeremonyFolder(path: bench.path)).stages[0]
        #expect(reading.resumptions == (step == .committed ? 0 : 1))
        // The shares that count are the last ones.
        _ = try await bench.machine().publishList(bench.shares(1, 2, 3))
        _ = try await bench.machine().publishList(bench.shares(3, 4, 5))
    }

    @Test(arguments: [
        CeremonyStep.opened, .sharesJoined, .issuingBuilt, .issuingSigned, .artefactsWritten, .transcriptSigned,
        .committed,
    ])
    func `Killed while an issuing authority is signed, one certificate comes of it`(_ step: CeremonyStep) async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let request = try await bench.request()
        let shares = try bench.shares(1, 2, 3)
        await #expect(throws: CeremonyStop.Killed.self) {
            _ = try await bench.machine(observer: CeremonyStop.at(step)).certifyIssuing(
                bench.generation, request: request, shares: shares)
        }
        let stage = try await bench.machine().certifyIssuing(bench.generation, request: request, shares: shares)
        #expect(bench.stages == ["001-root", "002-issuing-p256-entity-1"])
        try await bench.installation().install(CeremonyBundle.read(stage.path))
        #expect(try await bench.open().issuers.issuing.count == 1)
    }

    @Test(arguments: [
        CeremonyStep.requestOrdered, .requestMade, .bundleChecked, .authorityStored, .serviceCertified, .completed,
    ])
    func `Killed on the service's machine, the next call goes on`(_ step: CeremonyStep) async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        try await bench.installation().prepare(Bench.filesWithSuccessors(), statusBase: Bench.base)
        let killed = bench.installation(observer: CeremonyStop.at(step))
        _ = try? await killed.request(bench.generation)
        let request = try await bench.installation().request(bench.generation).der
        #expect(try await bench.installation().request(bench.generation).der == request)
        let stage = try await bench.machine().certifyIssuing(
            bench.generation, request: request, shares: bench.shares(2, 3, 4))
        let bundle = try CeremonyBundle.read(stage.path)
        try? await killed.install(bundle)
        if [.bundleChecked, .authorityStored, .serviceCertified].contains(step) {
            try await bench.installation().install(bundle)
        }
        let authority = try await bench.open()
        #expect(authority.services.count == ServiceRole.allCases.count)
        for table in ["authority_issuer", "certificate WHERE purpose = 'authority'"] {
            #expect(try await bench.count("SELECT count(*) AS n FROM \(table)") == 2)
        }
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM audit_event WHERE instr(CAST(line AS TEXT), 'ceremony.installed') > 0") == 1)
    }

    /// The disk fills up at each write in turn.
    @Test func `Without room nothing half-made stays, and the next try makes it`() async throws {
        let bench = try CeremonyBench()
        var failures = 0
        for limit in 0..<200 {
            let room = Room(limit)
            do {
                _ = try await bench.machine(write: room.write).makeRoot()
                break
            } catch let refusal as Refusal {
                #expect(refusal.isBecause(CeremonyRefusal.ceremonyFile))
                #expect(bench.stages.isEmpty)
                failures += 1
            }
        }
        #expect(failures > 20)
        #expect(bench.stages == ["001-root"])
        _ = try await bench.machine().publishList(bench.shares(1, 3, 5))
    }

    @Test func `A full database installs nothing by halves`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        let bundle = try CeremonyBundle.read(stage.path)
        // No page more than there are.
        var options = DatabaseOptions()
        options.maximumPages = 1
        let (small, _) = try Bench.open(bench.folder, bench.surroundings, options: options)
        await #expect(throws: Refusal.self) { try await bench.installation(in: small).install(bundle) }
        await small.close()
        #expect(try await bench.count("SELECT count(*) AS n FROM authority_setting WHERE name LIKE 'complete/%'") == 0)
        try await bench.installation().install(bundle)
        #expect(try await bench.open().issuers.issuing.count == 1)
    }

    @Test func `Two at one folder: the second waits its turn`() async throws {
        let bench = try CeremonyBench()
        let refused = Mutex(0)
        _ = try await bench.machine(observer: { step in
            guard [.opened, .shareWritten, .transcriptSigned].contains(step) else { return }
            await #expect(throws: Refusal(CeremonyRefusal.ceremonyBusy)) {
                _ = try await bench.machine().makeRoot()
            }
            refused.withLock { $0 += 1 }
        }).makeRoot()
        #expect(refused.withLock { $0 } == 7)
        #expect(bench.stages == ["001-root"])
        #expect(try TranscriptReading.verify(CeremonyFolder(path: bench.path)).stages[0].resumptions == 0)
    }

    @Test func `Two processes install at once: one authority comes of it`() async throws {
        let bench = try CeremonyBench()
        let bundle = try await CeremonyBundle.read(bench.issuingStage().path)
        let (other, _) = try Bench.open(bench.folder, bench.surroundings)
        async let first: Void? = try? bench.installation().install(bundle)
        async let second: Void? = try? bench.installation(in: other).install(bundle)
        _ = await (first, second)
        try? await bench.installation().install(bundle)
        let authority = try await bench.open()
        #expect(authority.issuers.issuing.count == 1)
        #expect(authority.services.count == ServiceRole.allCases.count)
        #expect(try await bench.count("SELECT count(*) AS n FROM authority_issuer") == 2)
        await other.close()
    }

    @Test func `The custody fails when the issuing key is made, and again when it is needed`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let gone = CeremonyInstallation(
            database: bench.database, audit: bench.audit, keys: NoCustody(), surroundings: bench.surroundings)
        try await gone.prepare(Bench.filesWithSuccessors(), statusBase: Bench.base)
        await #expect(throws: NoCustody.Gone.self) { _ = try await gone.request(bench.generation) }
        let stage = try await bench.machine().certifyIssuing(
            bench.generation, request: bench.request(), shares: bench.shares(1, 2, 3))
        let bundle = try CeremonyBundle.read(stage.path)
        await #expect(throws: NoCustody.Gone.self) { try await gone.install(bundle) }
        try await bench.installation().install(bundle)
        #expect(try await bench.open().issuers.issuing.count == 1)
    }

    @Test func `A clock that is behind what was signed last signs nothing`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.machine().makeRoot()
        let request = try await bench.request()
        bench.clock.turn(seconds: -60)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyClock)) {
            _ = try await bench.machine().certifyIssuing(
                bench.generation, request: request, shares: bench.shares(1, 2, 3))
        }
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyClock)) {
            _ = try await bench.machine().publishList(bench.shares(1, 2, 3))
        }
        bench.clock.turn(seconds: 60)
        let stage = try await bench.machine().certifyIssuing(
            bench.generation, request: request, shares: bench.shares(1, 2, 3))
        // The service's machine is behind: what it is brought lies in the future.
        bench.clock.turn(seconds: -60)
        await #expect(throws: Refusal.self) { try await bench.installation().install(CeremonyBundle.read(stage.path)) }
        bench.clock.turn(seconds: 60)
        try await bench.installation().install(CeremonyBundle.read(stage.path))
    }

    @Test func `Whatever is altered, taken away or exchanged is found`() async throws {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        _ = try await bench.machine().publishList(bench.shares(1, 2, 3))
        let folder = CeremonyFolder(path: bench.path)
        let root = try Certificate(der: folder.stages()[0].bytes("p256-root-1.cer"))
        #expect(try TranscriptReading.verify(folder, anchor: root).stages.map(\.purpose).count == 3)

        let other = try CeremonyBench()
        _ = try await other.machine().makeRoot()
        let stranger = try Certificate(
            der: CeremonyFolder(path: other.path).stages()[0].bytes("p256-root-1.cer"))
        #expect(throws: Refusal(CeremonyRefusal.ceremonyTranscript)) {
            try TranscriptReading.verify(folder, anchor: stranger)
        }

        func exchanging(_ name: String, _ change: (inout [UInt8]) -> Void, _ reason: CeremonyRefusal) throws {
            let file = URL(filePath: "\(stage.path)/\(name)")
            let original = try Data(contentsOf: file)
            var bytes = Array(original)
            change(&bytes)
            try Data(bytes).write(to: file)
            #expect(throws: Refusal(reason), "\(name)") { try TranscriptReading.verify(folder) }
            #expect(throws: Refusal.self, "\(name)") { try CeremonyBundle.read(stage.path) }
            try original.write(to: file)
        }
        try exchanging("transcript.txt", { $0[200] ^= 1 }, .ceremonyTranscript)
        try exchanging("transcript.txt", { $0 += Array("more\n".utf8) }, .ceremonyTranscript)
        try exchanging("transcript.sig", { $0[$0.count - 1] ^= 1 }, .ceremonyTranscript)
        try exchanging("p256-entity-1.cer", { $0[$0.count - 1] ^= 1 }, .ceremonyArtefact)
        try exchanging("script.yaml", { $0 += Array("# more\n".utf8) }, .ceremonyArtefact)
        _ = try TranscriptReading.verify(folder)

        // A stage is missing: the one after it follows another.
        try FileManager.default.moveItem(atPath: stage.path, toPath: bench.folder.path + "/taken")
        #expect(throws: Refusal(CeremonyRefusal.ceremonyTranscript)) {
            try TranscriptReading.verify(folder)
        }
    }

    @Test func `Another authority's ceremony is not installed`() async throws {
        let bench = try CeremonyBench()
        _ = try await bench.request()
        let other = try CeremonyBench()
        let stage = try await other.issuingStage()
        let bundle = try CeremonyBundle.read(stage.path)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyRequest)) {
            try await bench.installation().install(bundle)
        }
        // Long afterwards the list that it brings is not current any more.
        other.clock.turn(seconds: 400 * 86_400)
        await #expect(throws: Refusal(CeremonyRefusal.ceremonyArtefact)) {
            try await other.installation().install(bundle)
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.notInitialised)) { try await other.open() }
    }

    @Test func `Only the officers whom the ceremony named are enrolled first`() async throws {
        let bench = try CeremonyBench()
        try await bench.installation().install(CeremonyBundle.read(bench.issuingStage().path))
        try await bench.database.read { transaction in
            try FirstOfficers.check(
                [("李秀英", [.auditAdministrator, .reviewer]), ("王建国", [.superAdministrator, .operator])],
                in: transaction)
        }
        for officers in [
            [("王建国", Set([.superAdministrator, .operator]))],
            [("李秀英", [.auditAdministrator]), ("王建国", [.superAdministrator, .operator])],
            [("李秀英", [.auditAdministrator, .reviewer]), ("别人", [.superAdministrator, .operator])],
        ] as [[(name: String, roles: Set<OfficerRole>)]] {
            await #expect(throws: Refusal(CeremonyRefusal.otherFirstOfficers)) {
                try await bench.database.read { try FirstOfficers.check(officers, in: $0) }
            }
        }
    }
}

/// A disk that takes a number of files.
private final class Room: Sendable {
    private let left: Mutex<Int>
    init(_ files: Int) { left = Mutex(files) }

    var write: @Sendable ([UInt8], String) throws -> Void {
        { bytes, path in
            let isFull = self.left.withLock { left in
                left -= 1
                return left < 0
            }
            if isFull { throw Refusal(CeremonyRefusal.ceremonyFile, facts: ["path": path]) }
            try CeremonyFile.write(bytes, path)
        }
    }
}

/// A place for keys that is gone.
private struct NoCustody: SigningKeys {
    struct Gone: Error {}
    func contains(_ name: String) async throws -> Bool { throw Gone() }
    func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer { throw Gone() }
    func signer(_ name: String) async throws -> any Signer { throw Gone() }
}

import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import OtherPrograms
import Revocation
import Storage
import Testing
import TimeStamping

@testable import AuthorityFixtures
@testable import Ceremony
@testable import CertificateRecords
@testable import Installation
@testable import KeyCustody

/// The checkpoints' key is exchanged because others may have it: what it signed in its time holds, and what a thief
/// signs with it does not, for our verifier and for the one that knows nothing of this program.
@Suite struct ExchangedCheckpointKeyTests {
    private struct Scene {
        let bench: Bench
        let officers: BenchOfficers
        let stranger: Stranger
        /// The first key, as a thief has it.
        let stolen: ServiceKey

        init(_ family: AlgorithmFamily = .p256) async throws {
            bench = try await Bench.create(family)
            officers = try await BenchOfficers(bench)
            stranger = try Stranger()
            stolen = try bench.authority.service(.checkpoints)
        }

        var trust: AuditTrust {
            AuditTrust(
                checkpointKeys: bench.authority.checkpointKeys, anchors: bench.authority.issuers.anchors,
                intermediates: bench.authority.issuers.issuing.map(\.certificate))
        }

        /// Something happens, and some time later the service signs.
        @discardableResult
        func live(by authority: Authority? = nil) async throws -> SignedCheckpoint {
            _ = try await bench.active()
            bench.clock.turn(seconds: 60)
            return try await (authority ?? bench.authority).checkpoint()
        }

        func exchange(_ reason: RevocationReason = .keyCompromise, since: Instant? = nil) async throws {
            let generation = "\(bench.family.rawValue)-entity-1"
            let order = try await officers.order(
                CeremonyInstallation.request(
                    for: .exchange(
                        generation: generation, role: .checkpoints, reason: reason, invalidSince: since),
                    justification: "stolen", in: bench.surroundings))
            _ = try await bench.authority.exchangeService(
                .checkpoints, issuer: generation, because: reason, invalidSince: since, by: order)
        }

        /// What the thief makes of the log, with time stamps that anybody gets.
        func forge(backdatedBy seconds: Int64 = 0) async throws {
            _ = try await bench.active()
            var surroundings = bench.surroundings
            let time = surroundings.now().adding(seconds: -seconds)
            if seconds > 0 { surroundings.now = { time } }
            let timeStamps = bench.authority.timeStamps
            _ = try await AuditLog(surroundings: surroundings).checkpoint(
                database: bench.database, signer: stolen.signer, trusting: trust.keys,
                timeStamp: { try await timeStamps.token(over: $0) })
        }

        /// Both verifiers on an export of this moment.
        func verify(_ faults: [AuditFault] = []) async throws {
            let folder = stranger.folder.path + "/audit"
            try await bench.audit.export(to: folder, database: bench.database, trust: trust)
            try await check(faults)
            let trust = trust
            let stored = try await bench.database.read { try AuditStoreCheck(trust: trust, transaction: $0).verdict() }
            #expect(stored.faults == faults)
        }

        /// On the export that is there, by its own keys.
        func check(_ faults: [AuditFault]) async throws {
            let folder = stranger.folder.path + "/audit"
            let keys = try CheckpointKey.keys(in: stranger.read("audit/key.pem"))
            let read = AuditTrust(checkpointKeys: keys, anchors: trust.anchors, intermediates: trust.intermediates)
            #expect(try AuditVerifier(trust: read).verify(directory: folder).faults == faults)
            let said = try stranger.run("\(TransparencyTests.tool) audit", expecting: faults.isEmpty ? 0 : 1)
            #expect(said.contains("is not shown to be of its key's time") == faults.contains(where: isEnded), "\(said)")
        }

        private func isEnded(_ fault: AuditFault) -> Bool {
            if case .checkpointKeyEnded = fault { true } else { false }
        }

        static let ended = AuditFault.checkpointKeyEnded(number: 2)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func anHonestLogHoldsAndAThiefsContinuationDoesNot(family: AlgorithmFamily) async throws {
        let scene = try await Scene(family)
        defer { scene.stranger.clean() }
        for _ in 0..<2 { try await scene.live() }
        try await scene.verify()
        try await scene.exchange()
        // In the second of the exchange, before the new key has signed anything.
        try await scene.verify()
        let text = String(decoding: try scene.stranger.read("audit/key.pem"), as: UTF8.self)
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("Ended: ") }.count == 1)
        #expect(!text.hasPrefix("Ended: "), "the newest is the first, and in use")

        // A minute later the thief signs.
        scene.bench.clock.turn(seconds: 60)
        try await scene.forge()
        try await scene.verify([Scene.ended])
        // Where the trusted keys have no ends, as before this was written, nobody sees it.
        let old = scene.trust.keys.map(\.pem).joined()
        try scene.stranger.write(Array(old.utf8), "audit/key.pem")
        try await scene.check([])
        // Nor is a proof under it believed.
        let audit = scene.bench.audit
        let proof = try await scene.bench.database.read { transaction in
            try audit.proof(of: [audit.event(at: 0, in: transaction)], in: transaction)
        }
        #expect(throws: Refusal(AuditRefusal.proofFails)) { try proof.verify(trust: scene.trust) }
        try proof.verify(trust: AuditTrust(keys: scene.trust.keys, anchors: scene.trust.anchors))

        let pem = try #require(scene.trust.keys.first).pem
        for text in MalformedKeys.texts(pem) {
            try scene.stranger.write(Array(text.utf8), "audit/key.pem")
            let said = try scene.stranger.run("\(TransparencyTests.tool) audit", expecting: 1)
            #expect(said.contains("DOES NOT HOLD"), "\(text)\n\(said)")
            #expect(throws: Refusal(AuditRefusal.malformedKeys), "\(text)") {
                try CheckpointKey.keys(in: Array(text.utf8))
            }
        }
    }

    @Test func aTimeBeforeTheEndWithALaterStampIsNoTime() async throws {
        for seconds in [120, 900] as [Int64] {
            let scene = try await Scene()
            defer { scene.stranger.clean() }
            for _ in 0..<2 { try await scene.live() }
            try await scene.exchange()
            scene.bench.clock.turn(seconds: seconds - 60)
            try await scene.forge(backdatedBy: seconds)
            // Within five minutes the stamp is the checkpoint's; of the key's time it is not.
            try await scene.verify((seconds > 300 ? [.checkpointToken(number: 2)] : []) + [Scene.ended])
        }
    }

    @Test func theExchangeTakesEffectAtOnceInEveryProcess() async throws {
        let scene = try await Scene()
        defer { scene.stranger.clean() }
        let running = try await scene.bench.another()
        for _ in 0..<2 { try await scene.live(by: running) }
        // It knows of nothing yet, and signs with the old key: what that signed is not kept.
        try await scene.exchange()
        #expect(try running.service(.checkpoints).certificate == scene.stolen.certificate)
        let third = try await scene.live(by: running)
        let next = try scene.bench.authority.service(.checkpoints).certificate.publicKey
        #expect(next.verifies(third.signature, over: third.checkpoint.body))
        try await scene.verify()

        // Exchanged while the stamp was being made: neither.
        let (bench, key) = (scene.bench, try scene.bench.authority.service(.checkpoints))
        _ = try await bench.active()
        let refused = await #expect(throws: Refusal.self) {
            try await bench.audit.checkpoint(
                database: bench.database, signer: key.signer, trusting: scene.trust.keys,
                timeStamp: { bytes in
                    let token = try await bench.authority.timeStamps.token(over: bytes)
                    try await scene.exchange()
                    return token
                },
                mayStore: { transaction in
                    guard try StoredAuthority.stands(key.certificate.serialNumber, in: transaction) else {
                        throw Refusal(KeyCustodyRefusal.noSigner)
                    }
                })
        }
        #expect(refused?.isBecause(KeyCustodyRefusal.noSigner) == true)
        try await scene.verify()
        #expect(try await scene.live().checkpoint.number == 3)
        #expect(scene.bench.authority.checkpointKeys.map { $0.endsAt == nil } == [true, false, false])
        try await scene.verify()
    }

    @Test func keysThatAreReplacedInGoodOrderEndToo() async throws {
        let scene = try await Scene()
        defer { scene.stranger.clean() }
        for reason in [RevocationReason.superseded, .cessationOfOperation] {
            try await scene.live()
            try await scene.exchange(reason)
        }
        try await scene.live()
        try await scene.verify()
        try await scene.forge()
        try await scene.verify([.checkpointKeyEnded(number: 3)])
    }

    /// What ends a key besides: its own hold for as long as that lasts, and the revocation of the authority above.
    @Test func aKeyEndsWithItsHoldAndWithItsAuthority() async throws {
        let scene = try await Scene()
        defer { scene.stranger.clean() }
        let (bench, serial) = (scene.bench, scene.stolen.certificate.serialNumber)
        func ends() async throws -> [Instant?] {
            try await bench.authority.refresh()
            return bench.authority.checkpointKeys.map(\.endsAt)
        }
        #expect(try await ends() == [nil])
        let revocations = bench.authority.revocation
        try await revocations.suspend(serial, on: Bench.automatic)
        #expect(try await ends() == [bench.surroundings.now().truncatedToSecond])
        await #expect(throws: Refusal(KeyCustodyRefusal.noSigner)) { try await bench.authority.checkpoint() }
        try await revocations.resume(serial, on: Bench.automatic)
        #expect(try await ends() == [nil])
        bench.clock.turn(seconds: 3600)
        let since = bench.surroundings.now().adding(seconds: -600).truncatedToSecond
        try await revocations.revoke(
            bench.issuing.certificate.serialNumber, reason: .keyCompromise, invalidSince: since, on: Bench.automatic)
        #expect(try await ends() == [since])
    }

    /// The key is said to have been misused for an hour: what it signed in that hour counts by the new key's word alone.
    @Test func fromTheMisuseOnOnlyTheNewKeyVouches() async throws {
        let scene = try await Scene()
        defer { scene.stranger.clean() }
        for _ in 0..<2 { try await scene.live() }
        let since = scene.bench.surroundings.now().adding(seconds: 30)
        try await scene.live()
        let audit = scene.bench.audit
        let receipt = try await scene.bench.database.read { transaction in
            try audit.proof(of: [audit.event(at: 0, in: transaction)], in: transaction)
        }
        try receipt.verify(trust: scene.trust)
        scene.bench.clock.turn(seconds: 3600)
        try await scene.exchange(since: since)
        try await scene.verify([Scene.ended])
        #expect(throws: Refusal(AuditRefusal.proofFails)) { try receipt.verify(trust: scene.trust) }
        try await scene.live()
        try await scene.verify()
    }
}

/// Files of keys that no verifier takes.
private enum MalformedKeys {
    static func texts(_ pem: String) -> [String] {
        let ended = "Ended: 2026-09-21T14:13:20Z\n"
        return [
            "", pem + "\n", pem + pem, pem + ended, "# a key\n" + pem, ended + ended + pem, ended + "\n" + pem,
            "ended: 2026-09-21T14:13:20Z\n" + pem, "Ended: 2026-09-21T14:13:20+00:00\n" + pem,
            "Ended: 2026-02-30T14:13:20Z\n" + pem, "Ended: 2026-09-21T14:13:60Z\n" + pem,
            "Ended: 2026-09-21T14:13:20Z \n" + pem, ended.replacing("\n", with: "\r\n") + pem,
            pem.replacing("PUBLIC", with: "PRIVATE"), pem.replacing("-----\nM", with: "-----\nEnded: x\nM"),
        ]
    }
}

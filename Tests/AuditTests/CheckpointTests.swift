import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Storage
import Testing

@testable import Audit

/// Signs only after something else has happened, such as another process's checkpoint.
private struct SlowSigner: Signer {
    let inner: SoftwareSigner
    let before: @Sendable () async throws -> Void
    var algorithm: SignatureAlgorithm { inner.algorithm }
    var publicKey: PublicKey { inner.publicKey }
    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        try await before()
        return try await inner.sign(message)
    }
}

@Suite struct CheckpointTests {
    @Test func checkpointsAreChained() async throws {
        let house = try AuditHouse()
        await #expect(throws: Refusal(AuditRefusal.nothingToSign)) { try await house.checkpoint() }
        try await house.record(3)
        let first = try await house.checkpoint()
        #expect(try await house.checkpoint() == first)
        try await house.record(1)
        let second = try await house.checkpoint()
        #expect(second.checkpoint.previous == DigestAlgorithm.sha256.hash(first.checkpoint.body))
        #expect((first.checkpoint.number, second.checkpoint.number) == (0, 1))
        #expect(Checkpoint(body: second.checkpoint.body) == second.checkpoint)
        #expect(SignedCheckpoint(line: second.line) == second)
        #expect(Checkpoint(body: second.checkpoint.body + [0x20]) == nil)
        let proof = try await house.database.read { try house.log.consistencyProof(from: 3, to: 4, in: $0) }
        #expect(
            MerkleProof.isConsistent(
                old: 3, oldRoot: first.checkpoint.root, size: 4, root: second.checkpoint.root, proof: proof))
    }

    @Test func twoLogsNeverShareAnOrigin() async throws {
        let houses = [try AuditHouse(), try AuditHouse()]
        for house in houses { try await house.record(1) }
        let origins = [try await houses[0].checkpoint(), try await houses[1].checkpoint()].map(\.checkpoint.origin)
        #expect(origins[0] != origins[1])
    }

    @Test func aFasterProcessWins() async throws {
        let house = try AuditHouse()
        try await house.record(2)
        let slow = SlowSigner(inner: house.signer) {
            try await house.record(1)
            try await house.checkpoint()
        }
        let signed = try await house.log.checkpoint(database: house.database, signer: slow)
        #expect(signed.checkpoint.size == 3)
        #expect(try await house.exportAndVerify().checkpoints == 1)
    }

    @Test func theTimeStampIsOverBodyAndSignature() async throws {
        let house = try AuditHouse()
        try await house.record(1)
        struct Unreachable: Error {}
        await #expect(throws: Unreachable.self) {
            try await house.log.checkpoint(
                database: house.database, signer: house.signer, timeStamp: { _ in throw Unreachable() })
        }
        #expect(try await house.database.read { try house.log.newestCheckpoint(in: $0) } == nil)
        let signed = try await house.log.checkpoint(
            database: house.database, signer: house.signer, timeStamp: { DigestAlgorithm.sha256.hash($0) })
        #expect(signed.token == DigestAlgorithm.sha256.hash(signed.checkpoint.body + signed.signature))
        try await house.log.export(to: house.export, database: house.database, trust: house.trust)
        let time = signed.checkpoint.time
        let good = AuditVerifier(
            trust: AuditTrust(keys: [house.key.publicKey]) { DigestAlgorithm.sha256.hash($0) == $1 ? time : nil })
        let verdict = try good.verify(directory: house.export)
        #expect(verdict.holds && verdict.stamped == 1)
        let bad = AuditVerifier(trust: AuditTrust(keys: [house.key.publicKey]) { _, _ in nil })
        #expect(try bad.verify(directory: house.export).faults == [.checkpointToken(number: 0)])
        // A stamp of another time is none of this checkpoint's, earlier or later.
        for (seconds, holds) in [(300, true), (301, false), (-300, true), (-301, false), (9_999_999, false)] {
            let elsewhen = AuditVerifier(
                trust: AuditTrust(keys: [house.key.publicKey]) { _, _ in time.adding(seconds: Int64(seconds)) })
            let verdict = try elsewhen.verify(directory: house.export)
            #expect(verdict.faults == (holds ? [] : [.checkpointToken(number: 0)]), "\(seconds)")
            #expect(verdict.stampedWithin == abs(Int64(seconds)))
        }
    }

    @Test(arguments: AlgorithmFamily.allCases) func opensslVerifiesTheNewest(family: AlgorithmFamily) async throws {
        let house = try AuditHouse(family: family)
        try await house.record(5)
        try await house.checkpoint()
        #expect(try await house.exportAndVerify().holds)
        let digest = family == .sm2 ? ["-sm3", "-sigopt", "distid:1234567812345678"] : ["-sha256"]
        let outcome = try OtherProgram.run(
            ["openssl", "dgst"] + digest + ["-verify", "key.pem", "-signature", "newest.sig", "newest.json"],
            in: house.export)
        #expect(outcome.status == 0, "\(outcome.said)")
    }
}

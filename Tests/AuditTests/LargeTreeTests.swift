import Cryptography
import Foundation
import Groundwork
import Storage
import Testing

@testable import Audit

/// Proofs over as many leaves as the real thing has.
@Suite struct LargeTreeTests {
    /// A tree whose leaves are all the same: a subtree of one level has one hash, wherever it stands.
    private static let hashes: [[UInt8]] = (1...40).reduce(into: [MerkleHash.leaf([0x7B, 0x7D])]) { hashes, _ in
        hashes.append(MerkleHash.node(hashes[hashes.count - 1], hashes[hashes.count - 1]))
    }

    /// Counts look-ups; confined to one test.
    private final class Counter { var count = 0 }

    @Test(arguments: [100_000, 1_000_000, 30_000_001, (1 << 35) - 1])
    func aProofCostsTheLogarithmOfTheTree(size: Int) throws {
        let counter = Counter()
        let prover = MerkleProver { place in
            counter.count += 1
            return Self.hashes[place.level]
        }
        let root = try prover.root(size: size)
        let bound = 2 * (Int.bitWidth - size.leadingZeroBitCount) + 2
        #expect(counter.count <= bound)
        for leaf in [0, 1, size / 3, size / 2, size - 2, size - 1] {
            counter.count = 0
            let path = try prover.inclusion(of: leaf, size: size)
            #expect(counter.count <= bound, "\(counter.count) look-ups for leaf \(leaf) of \(size)")
            #expect(
                MerkleProof.includes(leafHash: Self.hashes[0], leaf: leaf, size: size, path: path, root: root))
        }
        for old in [1, 2, size / 3, size / 2, size - 1] {
            let oldRoot = try prover.root(size: old)
            counter.count = 0
            let path = try prover.consistency(from: old, to: size)
            #expect(counter.count <= bound, "\(counter.count) look-ups from \(old) to \(size)")
            #expect(MerkleProof.isConsistent(old: old, oldRoot: oldRoot, size: size, root: root, proof: path))
        }
    }

    /// 200,000 equal events, inserted in bulk; their stored tree is right.
    private func house() async throws -> AuditHouse {
        let house = try AuditHouse()
        let size = 200_000
        try await house.database.write { transaction in
            try transaction.execute("INSERT INTO audit_tree (id, origin, size) VALUES (1, 'large', $1)", size)
            try transaction.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)
                INSERT INTO audit_event (id, line, leaf) SELECT randomblob(16), $2, i FROM n
                """, size, [0x7B, 0x7D] as [UInt8])
            for level in 0..<18 where size >> level > 0 {
                try transaction.execute(
                    """
                    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)
                    INSERT INTO audit_node (level, position, hash) SELECT $2, i, $3 FROM n
                    """, size >> level, level, Self.hashes[level])
            }
            let root = try AuditTree.prover(in: transaction).root(size: size)
            let checkpoint = Checkpoint(
                origin: "large", number: 0, size: size, root: root, time: Surroundings.real.now(), previous: nil)
            try CheckpointStore.insert(
                SignedCheckpoint(
                    checkpoint: checkpoint, signature: try house.key.sign(checkpoint.body), token: nil), in: transaction
            )
        }
        return house
    }

    @Test func aLargeLogGoesOnAndProves() async throws {
        let house = try await house()
        let held = try #require(try await house.database.read { try house.log.newestCheckpoint(in: $0) }).checkpoint
        let events = try await house.record(10)
        let next = try await house.checkpoint().checkpoint
        let proof = try await house.database.read { try house.log.proof(of: [events[5]], held: held, in: $0) }
        #expect(next.size == 200_010)
        try proof.verify(trust: house.trust, held: held)
        let publication = AuditPublication(database: house.database) { [] }
        let answer = try await publication.consistency(first: 131_073, second: 200_010)
        #expect(answer["path"]?.array.map { $0.count <= 36 } == true)
        let inclusion = try await publication.inclusion(of: .number(123_456), size: 200_000)
        let path = try #require(AuditProof.path(inclusion["path"]))
        #expect(
            MerkleProof.includes(
                leafHash: Self.hashes[0], leaf: 123_456, size: 200_000, path: path, root: held.root))
    }
}

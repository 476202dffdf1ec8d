import Cryptography
import Groundwork
import Testing

@testable import Audit

/// The leaves that the implementations of Certificate Transparency test themselves with.
private let knownLeaves: [[UInt8]] = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
].compactMap { Hex.decode($0) }

private let knownRoots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

/// RFC 6962, 2.1, word for word.
private func naiveRoot(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    if leaves.isEmpty { return DigestAlgorithm.sha256.hash([]) }
    if leaves.count == 1 { return DigestAlgorithm.sha256.hash([0] + leaves.first!) }
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    return DigestAlgorithm.sha256.hash([1] + naiveRoot(leaves.prefix(k)) + naiveRoot(leaves.dropFirst(k)))
}

private func naivePath(_ leaf: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
    if leaves.count <= 1 { return [] }
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    return leaf < k
        ? naivePath(leaf, leaves.prefix(k)) + [naiveRoot(leaves.dropFirst(k))]
        : naivePath(leaf - k, leaves.dropFirst(k)) + [naiveRoot(leaves.prefix(k))]
}

private func naiveProof(_ m: Int, _ leaves: ArraySlice<[UInt8]>, _ whole: Bool) -> [[UInt8]] {
    if m == leaves.count { return whole ? [] : [naiveRoot(leaves)] }
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    return m <= k
        ? naiveProof(m, leaves.prefix(k), whole) + [naiveRoot(leaves.dropFirst(k))]
        : naiveProof(m - k, leaves.dropFirst(k), false) + [naiveRoot(leaves.prefix(k))]
}

private struct Tree {
    var frontier = MerkleFrontier()
    var nodes: [MerklePosition: [UInt8]] = [:]

    init(_ leaves: [[UInt8]]) {
        for leaf in leaves {
            for (place, hash) in frontier.append(leafHash: MerkleHash.leaf(leaf)) { nodes[place] = hash }
        }
    }

    var prover: MerkleProver {
        MerkleProver { place in
            guard let hash = nodes[place] else { throw Refusal(AuditRefusal.treeDamaged) }
            return hash
        }
    }
}

@Suite struct MerkleTests {
    @Test(arguments: 0...8) func givesTheKnownRoots(size: Int) throws {
        let tree = Tree(Array(knownLeaves.prefix(size)))
        #expect(Hex.encode(tree.frontier.root) == knownRoots[size])
        #expect(Hex.encode(try Tree(knownLeaves).prover.root(size: size)) == knownRoots[size])
    }

    @Test func givesAKnownPath() throws {
        let path = try Tree(knownLeaves).prover.inclusion(of: 0, size: 8)
        #expect(
            path.map { Hex.encode($0) } == [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ])
    }

    @Test func agreesWithTheDefinition() throws {
        let leaves = (0..<37).map { index in [UInt8](repeating: UInt8(index), count: index % 5) + [UInt8(index)] }
        let prover = Tree(leaves).prover
        for size in 1...leaves.count {
            let some = leaves[0..<size]
            let root = naiveRoot(some)
            #expect(Tree(Array(some)).frontier.root == root)
            #expect(try prover.root(size: size) == root)
            for leaf in 0..<size {
                let path = try prover.inclusion(of: leaf, size: size)
                #expect(path == naivePath(leaf, some))
                let hash = MerkleHash.leaf(leaves[leaf])
                #expect(MerkleProof.includes(leafHash: hash, leaf: leaf, size: size, path: path, root: root))
                #expect(
                    !MerkleProof.includes(leafHash: root, leaf: leaf, size: size, path: path, root: root) || size == 1)
                #expect(!MerkleProof.includes(leafHash: hash, leaf: leaf, size: size, path: path + [hash], root: root))
                #expect(
                    !MerkleProof.includes(leafHash: hash, leaf: (leaf + 1) % size, size: size, path: path, root: root)
                        || size == 1)
            }
            for old in 1...size {
                let proof = try prover.consistency(from: old, to: size)
                #expect(proof == naiveProof(old, some, true))
                let oldRoot = naiveRoot(leaves[0..<old])
                #expect(MerkleProof.isConsistent(old: old, oldRoot: oldRoot, size: size, root: root, proof: proof))
                if old < size {
                    let other = naiveRoot(leaves[1...old])
                    #expect(!MerkleProof.isConsistent(old: old, oldRoot: other, size: size, root: root, proof: proof))
                    #expect(
                        !MerkleProof.isConsistent(old: old, oldRoot: oldRoot, size: size, root: other, proof: proof))
                    #expect(
                        !MerkleProof.isConsistent(
                            old: old, oldRoot: oldRoot, size: size, root: root, proof: proof.dropLast()))
                }
            }
        }
    }

    @Test func theFrontierIsItsPeaks() throws {
        let tree = Tree((0..<21).map { [UInt8($0)] })
        let places = MerkleFrontier.places(size: 21)
        #expect(places.map(\.level) == [4, 2, 0])
        var again = try #require(MerkleFrontier(size: 21, peaks: places.compactMap { tree.nodes[$0] }))
        #expect(again == tree.frontier)
        again.append(leafHash: MerkleHash.leaf([21]))
        #expect(again.root == Tree((0..<22).map { [UInt8($0)] }).frontier.root)
        #expect(MerkleFrontier(size: 21, peaks: []) == nil)
        #expect(MerkleFrontier(size: -1, peaks: []) == nil)
    }
}

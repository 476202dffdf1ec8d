internal import Cryptography

/// The hashes of RFC 6962, 2.1: SHA-256 with one byte before it, so that a leaf can never pass for a node.
package enum MerkleHash {
    package static func leaf(_ data: some Collection<UInt8>) -> [UInt8] {
        DigestAlgorithm.sha256.hash([0x00] + data)
    }

    package static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        DigestAlgorithm.sha256.hash([0x01] + left + right)
    }

    /// The root of the tree without leaves.
    package static let empty: [UInt8] = DigestAlgorithm.sha256.hash([])
}

/// A complete subtree: level 0 are the leaves, a node of level k covers leaves `position · 2ᵏ` up to the next one's.
package struct MerklePosition: Hashable, Sendable {
    package let level: Int
    package let position: Int

    package init(level: Int, position: Int) {
        self.level = level
        self.position = position
    }
}

/// The right edge of a tree: the roots of the complete subtrees that its leaves fall into, the largest first.
///
/// That is all that appending needs: at most 64 hashes, whatever the number of leaves.
package struct MerkleFrontier: Hashable, Sendable {
    package private(set) var size: Int
    private var peaks: [[UInt8]]

    package init() {
        size = 0
        peaks = []
    }

    /// The frontier of a tree of `size` leaves; `nil` unless there is one hash for each bit that is set.
    package init?(size: Int, peaks: [[UInt8]]) {
        guard size >= 0, peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Where the peaks of a tree of that size stand, the largest first.
    package static func places(size: Int) -> [MerklePosition] {
        (0..<Int.bitWidth - 1).reversed().filter { size >> $0 & 1 == 1 }.map {
            MerklePosition(level: $0, position: (size >> $0) - 1)
        }
    }

    /// Appends a leaf and says which subtrees became complete, the leaf first: with every leaf one, and on average one
    /// more.
    @discardableResult
    package mutating func append(leafHash: [UInt8]) -> [(place: MerklePosition, hash: [UInt8])] {
        var hash = leafHash
        var place = MerklePosition(level: 0, position: size)
        var complete = [(place, hash)]
        while place.position & 1 == 1, let left = peaks.popLast() {
            hash = MerkleHash.node(left, hash)
            place = MerklePosition(level: place.level + 1, position: place.position >> 1)
            complete.append((place, hash))
        }
        peaks.append(hash)
        size += 1
        return complete
    }

    /// The Merkle tree hash of the leaves so far (RFC 6962, 2.1).
    package var root: [UInt8] {
        guard var hash = peaks.last else { return MerkleHash.empty }
        for peak in peaks.dropLast().reversed() { hash = MerkleHash.node(peak, hash) }
        return hash
    }
}

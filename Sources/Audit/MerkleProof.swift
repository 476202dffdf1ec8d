/// Proofs over a tree whose complete subtrees can be looked up. Of the siblings on a path at most one is no complete
/// subtree (the one at the tree's right edge), so that each proof costs at most 2 · log₂ n look-ups.
package struct MerkleProver {
    /// The hash of a complete subtree.
    private let node: (MerklePosition) throws -> [UInt8]

    package init(node: @escaping (MerklePosition) throws -> [UInt8]) { self.node = node }

    /// The root of the first `size` leaves.
    package func root(size: Int) throws -> [UInt8] {
        size <= 0 ? MerkleHash.empty : try hash(0..<size)
    }

    /// PATH(m, D[n]): the audit path of a leaf in the tree of the first `size` leaves (RFC 6962, 2.1.1).
    package func inclusion(of leaf: Int, size: Int) throws -> [[UInt8]] {
        guard leaf >= 0, leaf < size else { return [] }
        return try path(leaf, 0..<size)
    }

    /// PROOF(m, D[n]): that the tree of the first `old` leaves is the beginning of that of `size` (RFC 6962, 2.1.2).
    package func consistency(from old: Int, to size: Int) throws -> [[UInt8]] {
        guard old > 0, old < size else { return [] }
        return try subproof(old, 0..<size, isWhole: true)
    }

    private func path(_ leaf: Int, _ range: Range<Int>) throws -> [[UInt8]] {
        guard range.count > 1 else { return [] }
        let middle = MerkleProver.split(range)
        return leaf < middle
            ? try path(leaf, range.lowerBound..<middle) + [hash(middle..<range.upperBound)]
            : try path(leaf, middle..<range.upperBound) + [hash(range.lowerBound..<middle)]
    }

    private func subproof(_ old: Int, _ range: Range<Int>, isWhole: Bool) throws -> [[UInt8]] {
        if old == range.upperBound { return isWhole ? [] : [try hash(range)] }
        let middle = MerkleProver.split(range)
        return old <= middle
            ? try subproof(old, range.lowerBound..<middle, isWhole: isWhole) + [hash(middle..<range.upperBound)]
            : try subproof(old, middle..<range.upperBound, isWhole: false) + [hash(range.lowerBound..<middle)]
    }

    /// MTH of a range that starts where a split may start one.
    private func hash(_ range: Range<Int>) throws -> [UInt8] {
        let count = range.count
        if count.nonzeroBitCount == 1 {
            let level = count.trailingZeroBitCount
            return try node(MerklePosition(level: level, position: range.lowerBound >> level))
        }
        let middle = MerkleProver.split(range)
        return MerkleHash.node(try hash(range.lowerBound..<middle), try hash(middle..<range.upperBound))
    }

    /// The largest power of two smaller than the number of leaves, from the start.
    private static func split(_ range: Range<Int>) -> Int {
        range.lowerBound + 1 << (Int.bitWidth - 1 - (range.count - 1).leadingZeroBitCount)
    }
}

/// What anybody checks with nothing but hashes.
package enum MerkleProof {
    /// RFC 9162, 2.1.3.2.
    package static func includes(
        leafHash: [UInt8], leaf: Int, size: Int, path: [[UInt8]], root: [UInt8]
    ) -> Bool {
        guard leaf >= 0, leaf < size else { return false }
        var (position, last, hash) = (leaf, size - 1, leafHash)
        for sibling in path {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                hash = MerkleHash.node(sibling, hash)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// RFC 9162, 2.1.4.2.
    package static func isConsistent(
        old: Int, oldRoot: [UInt8], size: Int, root: [UInt8], proof: [[UInt8]]
    ) -> Bool {
        if old == size { return proof.isEmpty && oldRoot == root }
        guard old > 0, old < size else { return false }
        var path = old.nonzeroBitCount == 1 ? [oldRoot] + proof : proof
        guard !path.isEmpty else { return false }
        var (position, last) = (old - 1, size - 1)
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        let first = path.removeFirst()
        var (oldHash, hash) = (first, first)
        for sibling in path {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                oldHash = MerkleHash.node(sibling, oldHash)
                hash = MerkleHash.node(sibling, hash)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == oldRoot && hash == root
    }
}

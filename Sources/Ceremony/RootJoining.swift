internal import Cryptography
internal import Groundwork

/// From custodians' shares to the root's private key, in memory alone.
struct RootJoining {
    let sealed: SealedRoot

    /// What is wrong with the files is said before anybody enters a passphrase: a foreign, repeated, altered share, too
    /// few of them.
    func check(_ shares: [(file: String, share: CustodianShare)]) throws(Refusal) {
        var seen: [Int: String] = [:]
        for (file, share) in shares {
            guard share.key == sealed.key, share.generation == sealed.generation else {
                throw Refusal(
                    CeremonyRefusal.shareForeign, detail: "of \(share.generation), key \(share.key)",
                    facts: ["file": file, "generation": sealed.generation])
            }
            guard (1...sealed.division.shares).contains(share.share), share.of == sealed.division.shares,
                share.threshold == sealed.division.threshold,
                share.custodian == sealed.division.custodians[share.share - 1]
            else { throw Refusal(CeremonyRefusal.shareAltered, facts: ["file": file]) }
            if let other = seen[share.share] {
                throw Refusal(
                    CeremonyRefusal.shareRepeated,
                    facts: ["number": String(share.share), "file": file, "other": other])
            }
            seen[share.share] = file
        }
        guard shares.count >= sealed.division.threshold else {
            throw Refusal(
                CeremonyRefusal.tooFewShares,
                facts: ["needed": String(sealed.division.threshold), "given": String(shares.count)])
        }
    }

    /// Opens one share and holds it against its commitment.
    func open(_ share: CustodianShare, file: String, passphrase: borrowing SecretBytes) throws(Refusal) -> SecretShare {
        let opened = try share.open(with: passphrase)
        let context = SealedRoot.context(key: sealed.key, generation: sealed.generation)
        guard Hex.encode(opened.commitment(context: context)) == sealed.division.commitments[share.share - 1] else {
            throw Refusal(CeremonyRefusal.shareWrong, facts: ["custodian": share.custodian, "file": file])
        }
        return opened
    }

    /// More shares than the threshold must say the same: so all that were given are used.
    func join(_ shares: [SecretShare]) throws(Refusal) -> PrivateKey {
        let encryption = try SecretSharing.join(shares)
        return try sealed.open(with: encryption)
    }

    /// Whether each set of as many shares as are needed gives the same key-encryption key.
    static func everySubsetJoins(
        _ shares: [SecretShare], threshold: Int, to secret: borrowing SecretBytes
    ) throws(Refusal) -> Bool {
        for mask in 0..<(1 << shares.count) where mask.nonzeroBitCount == threshold {
            let chosen = shares.indices.filter { mask & (1 << $0) != 0 }.map { shares[$0] }
            let joined = try SecretSharing.join(chosen)
            guard joined.equals(secret) else { return false }
        }
        return true
    }
}

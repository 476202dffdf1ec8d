package import Cryptography
package import Groundwork

/// What may go: certificates that ended before the law's horizon, and whose records, as they are now, are in an archive
/// that was verified a moment ago.
package struct RetentionPlan: Hashable, Sendable {
    package let archive: [UInt8]
    package let serials: [SerialNumber]
    package let horizon: Instant

    init(archive: [UInt8], serials: [SerialNumber], horizon: Instant) {
        self.archive = archive
        self.serials = serials.sorted()
        self.horizon = horizon
    }

    /// Names the plan: what the officers sign is exactly these serial numbers.
    package var hash: [UInt8] {
        let json: CanonicalJSON = [
            "archive": .string(Hex.encode(archive)), "serials": .array(serials.map { .string($0.hex) }),
        ]
        return DigestAlgorithm.sha256.hash(json.bytes)
    }
}

/// The named steps of pruning.
package enum RetentionStep: Sendable, Hashable {
    case ordered
    case pruned(Int)
    case done
}

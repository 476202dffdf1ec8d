package import Cryptography
package import Groundwork

/// What may go: certificates that ended before the law's horizon, and of which an archive of ours, verified a moment
/// ago from our own roots, holds everything as it is now. Only ``RetentionService/plan(archiveAt:)`` makes one.
package struct RetentionPlan: Sendable {
    /// A certificate that is old enough, and of which the archive lacks something.
    package struct Kept: Hashable, Sendable {
        package let serial: SerialNumber
        package let gap: ArchiveGap
    }

    package let serials: [SerialNumber]
    package let kept: [Kept]
    package let horizon: Instant
    let source: VerifiedArchive

    init(of source: VerifiedArchive, serials: [SerialNumber], kept: [Kept], horizon: Instant) {
        self.source = source
        self.serials = serials.sorted()
        self.kept = kept.sorted { $0.serial < $1.serial }
        self.horizon = horizon
    }

    package var archive: [UInt8] { source.manifest.hash }

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

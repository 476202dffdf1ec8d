package import Groundwork

/// What a verification found.
package struct AuditVerdict: Hashable, Sendable {
    package var events: Int
    package var checkpoints: Int
    /// So many events are under a signed checkpoint; those after it are promised by nobody yet.
    package var covered: Int
    /// So many time stamps were verified.
    package var stamped: Int
    /// So many seconds lie at the most between a checkpoint's time and its stamp's.
    package var stampedWithin: Int64
    /// The last checkpoint that an officer counter-signed, and with it everything before.
    package var countersigned: Checkpoint?
    /// When that was.
    package var countersignedAt: Instant?
    /// So many personal data were deleted, each recorded in the log under a checkpoint.
    package var deletedPersonal: Int
    /// Empty when everything holds.
    package var faults: [AuditFault]

    package init(
        events: Int, checkpoints: Int, covered: Int, stamped: Int = 0, stampedWithin: Int64 = 0,
        countersigned: Checkpoint? = nil,
        countersignedAt: Instant? = nil, deletedPersonal: Int = 0, faults: [AuditFault]
    ) {
        self.events = events
        self.checkpoints = checkpoints
        self.covered = covered
        self.stamped = stamped
        self.stampedWithin = stampedWithin
        self.countersigned = countersigned
        self.countersignedAt = countersignedAt
        self.deletedPersonal = deletedPersonal
        self.faults = faults
    }

    package var holds: Bool { faults.isEmpty }
    /// The first event that cannot be trusted.
    package var firstBadLeaf: Int? { faults.compactMap(\.leaf).min() }

    /// The first fault as a Refusal; `nil` when everything holds.
    package var refusal: Refusal? { AuditVerdict.refusal(for: faults) }

    static func refusal(for faults: [AuditFault]) -> Refusal? {
        faults.first.map { fault in
            Refusal(
                AuditRefusal.tampered, detail: faults.prefix(20).map(\.text.en).joined(separator: "; "),
                facts: ["fault": "\(fault.text.zh) / \(fault.text.en)"])
        }
    }
}

/// The named moments of the audit's own flows, told to an observer: the shipped one says nothing, tests stop there.
package enum AuditStep: String, Sendable, CaseIterable {
    case checkpointDrafted = "checkpoint.drafted"
    case checkpointSigned = "checkpoint.signed"
    case checkpointStamped = "checkpoint.stamped"
    case checkpointStored = "checkpoint.stored"
    case countersignatureOrdered = "countersignature.ordered"
    case countersignatureStored = "countersignature.stored"
    case forgettingOrdered = "forgetting.ordered"
    case forgettingDone = "forgetting.done"
}

/// Hears each step as it is reached; what it throws ends the flow there, as a killed process would.
package typealias AuditObserver = @Sendable (AuditStep) async throws -> Void

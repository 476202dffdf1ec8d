import Audit

/// What this room writes to the audit.
package enum ElectronicSealsAct: String, AuditAct {
    case made = "seal.made"
    case activated = "seal.activated"
    case suspended = "seal.suspended"
    case resumed = "seal.resumed"
    case closed = "seal.closed"
    case stamped = "seal.stamped"
    case stampRefused = "seal.stamp.refused"

    init(_ transition: SealTransition) {
        self =
            switch transition {
            case .activate: .activated
            case .suspend: .suspended
            case .resume: .resumed
            case .close: .closed
            }
    }
}

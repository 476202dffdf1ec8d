internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum TimeStampingAct: String, AuditAct, CaseIterable {
    case clockStepped = "clock.stepped"
    case clockSettled = "clock.settled"
    case clockTrusted = "clock.trusted"
}

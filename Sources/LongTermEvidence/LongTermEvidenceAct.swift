internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum LongTermEvidenceAct: String, AuditAct, CaseIterable {
    case historyDisputed = "history.disputed"
    case archiveMade = "archive.made"
    case archiveTaken = "archive.taken-over.begun"
    case archiveTakenWhole = "archive.taken-over"
    case archiveOpened = "archive.opened"
    case pruningOrdered = "retention.ordered"
    case pruned = "retention.pruned"
}

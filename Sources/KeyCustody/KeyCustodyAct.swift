internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum KeyCustodyAct: String, AuditAct, CaseIterable {
    case custodyFailed = "authority.custody-failed"
    case custodyRecovered = "authority.custody-recovered"
}

internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum ReconciliationAct: String, AuditAct, CaseIterable {
    case reconciled = "authority.reconciled"
    case restored = "authority.store.restored"
    case recheckDone = "lint.recheck.done"
}

internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum RevocationAct: String, AuditAct, CaseIterable {
    case bulkBegun = "revocation.bulk.begun"
    case bulkDone = "revocation.bulk.done"
}

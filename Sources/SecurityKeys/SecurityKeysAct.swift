internal import Audit

/// What this room writes into the audit.
package enum SecurityKeysAct: String, AuditAct {
    case rewrapBegun = "escrow.rewrap.begun"
    case rewrapDone = "escrow.rewrap.done"
}

internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
package enum CertificateRecordsAct: String, AuditAct, CaseIterable {
    case issuanceIntended = "certificate.issue.intended"
    case issuanceDone = "certificate.issue.done"
    case issuanceClosed = "certificate.issue.closed"
    case activated = "certificate.activated"
    case suspended = "certificate.suspended"
    case resumed = "certificate.resumed"
    case revoked = "certificate.revoked"
    case reasonRevised = "certificate.reason-revised"
    case weakKeysListed = "certificate.weak-keys-listed"
    case policyStored = "policy.stored"
    case policyApplied = "policy.applied"
}

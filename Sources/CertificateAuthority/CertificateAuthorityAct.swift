internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum CertificateAuthorityAct: String, AuditAct, CaseIterable {
    case keyCreated = "authority.key-created"
    case authorityCreated = "authority.created"
    case custodyFailed = "authority.custody-failed"
    case custodyRecovered = "authority.custody-recovered"
    case ceremonyRequested = "authority.ceremony.requested"
    case ceremonyInstalled = "authority.ceremony.installed"
    case ceremonyListImported = "authority.ceremony.list-imported"
    case issuanceIntended = "certificate.issue.intended"
    case issuanceDone = "certificate.issue.done"
    case issuanceClosed = "certificate.issue.closed"
    case activated = "certificate.activated"
    case suspended = "certificate.suspended"
    case resumed = "certificate.resumed"
    case revoked = "certificate.revoked"
    case clockStepped = "clock.stepped"
    case clockSettled = "clock.settled"
    case clockTrusted = "clock.trusted"
    case policyStored = "policy.stored"
    case policyApplied = "policy.applied"
    case reconciled = "authority.reconciled"
}

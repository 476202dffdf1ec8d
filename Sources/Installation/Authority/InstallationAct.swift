internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum InstallationAct: String, AuditAct, CaseIterable {
    case responderRenewed = "authority.responder-renewed"
    case serviceKeyExchanged = "authority.service-key-exchanged"
}

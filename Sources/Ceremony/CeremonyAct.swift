internal import Audit

/// What this room writes into the audit. Raw values are stored and never renamed.
enum CeremonyAct: String, AuditAct, CaseIterable {
    case keyCreated = "authority.key-created"
    case authorityCreated = "authority.created"
    case ceremonyRequested = "authority.ceremony.requested"
    case ceremonyInstalled = "authority.ceremony.installed"
    case ceremonyStage = "authority.ceremony.stage"
    case ceremonyListImported = "authority.ceremony.list-imported"
}

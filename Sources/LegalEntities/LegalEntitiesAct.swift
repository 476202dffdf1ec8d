internal import Audit

/// What this room writes into the audit.
package enum LegalEntitiesAct: String, AuditAct {
    case importBegun = "registry.import.begun"
    case importDone = "registry.import.done"
    case codeOverridden = "registry.code.overridden"
    case entityKnown = "entity.known"
    case entityCodeChanged = "entity.code.changed"
}

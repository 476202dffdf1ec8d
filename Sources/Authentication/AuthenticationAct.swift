import Audit

/// What this room writes to the audit.
package enum AuthenticationAct: String, AuditAct {
    case applicationRegistered = "authentication.application.registered"
    case loggedIn = "authentication.login.done"
    case loginRefused = "authentication.login.refused"
}

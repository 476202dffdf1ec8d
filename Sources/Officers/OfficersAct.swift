internal import Audit

/// What this room writes into the audit.
package enum OfficersAct: String, AuditAct {
    case bootstrapOpened = "officer.bootstrap.opened"
    case bootstrapReopened = "officer.bootstrap.reopened"
    case bootstrapSpent = "officer.bootstrap.spent"
    case authorisationGranted = "officer.authorisation.granted"
    case authorisationRefused = "officer.authorisation.refused"
    case loggedIn = "officer.login.done"
    case authorisationSpent = "officer.authorisation.spent"
    case enrolled = "officer.enrolled"
    case rolesChanged = "officer.roles.changed"
    case certificateChanged = "officer.certificate.changed"
    case suspended = "officer.suspended"
    case resumed = "officer.resumed"
    case retired = "officer.retired"
}

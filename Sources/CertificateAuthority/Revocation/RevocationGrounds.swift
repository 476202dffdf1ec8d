package import Audit
package import Officers

/// On whose word a certificate's status changes.
package enum RevocationGrounds: Sendable {
    /// Officers ordered exactly this act on this serial number.
    case authorised(Authorisation)
    /// A rule of this authority, such as a missed activation.
    case system(reason: String)
    /// A plan or case whose own order covers it, such as a reissue that ends the lost key's certificates.
    case onBehalf(AuditActor, reason: String)

    var actor: AuditActor {
        switch self {
        case .authorised(let authorisation): authorisation.actor
        case .system: .system
        case .onBehalf(let actor, _): actor
        }
    }

    var reason: String {
        switch self {
        case .authorised(let authorisation): authorisation.request.reason
        case .system(let reason), .onBehalf(_, let reason): reason
        }
    }
}

package import Audit
package import Officers

/// On whose word a certificate's status changes.
package enum RevocationAuthority: Sendable {
    /// Officers ordered exactly this act on this serial number.
    case authorised(Authorisation)
    /// Officers ordered a list of certificates that this one stands in; only ``BulkRevocation`` makes one.
    case bulk(BulkOrder)
    /// Officers ordered that a service key be exchanged, which ends what it had; only
    /// ``Authority/exchangeService(_:issuer:because:invalidSince:by:)`` makes one.
    case exchange(AuditActor, reason: String)
    /// An order that is used up and names the certificate among what it concerns, revokes or replaces: an officer's
    /// retirement, a lost key.
    case within(SpentOrder)
    /// A rule of this authority, such as a missed activation.
    case system(reason: String)
    /// A plan or case whose own order covers it, such as a reissue that ends the lost key's certificates.
    case onBehalf(AuditActor, reason: String)

    var actor: AuditActor {
        switch self {
        case .authorised(let authorisation): authorisation.actor
        case .bulk(let order): order.actor
        case .within(let order): order.actor
        case .system: .system
        case .exchange(let actor, _), .onBehalf(let actor, _): actor
        }
    }

    var reason: String {
        switch self {
        case .authorised(let authorisation): authorisation.request.reason
        case .bulk(let order): order.justification
        case .within(let order): order.request.reason
        case .system(let reason), .exchange(_, let reason), .onBehalf(_, let reason): reason
        }
    }

    var requester: RevocationRule.RequesterClass {
        switch self {
        case .authorised, .bulk, .exchange, .within: .officers
        case .system: .system
        case .onBehalf: .holder
        }
    }
}

/// An order of two officers over a list, spent when the work on the list began.
package struct BulkOrder: Sendable {
    let job: BulkRevocationIdentifier
    let actor: AuditActor
    let justification: String
}

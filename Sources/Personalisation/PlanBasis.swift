internal import Audit
internal import Groundwork
package import Officers
internal import SecurityKeys
internal import Storage

/// On whose word something is done to a security key: an order that is spent in the act's own transaction.
///
/// Only this room makes one, out of an officer's Authorisation; its subject is the medium number in hexadecimal digits.
package struct PlanBasis: Sendable {
    let actor: AuditActor
    private let spending: @Sendable ([OfficerAct], String, any Transaction) throws(Refusal) -> Void
    private let authorisation: Authorisation?

    init(
        actor: AuditActor, authorisation: Authorisation? = nil,
        spending: @escaping @Sendable ([OfficerAct], String, any Transaction) throws(Refusal) -> Void
    ) {
        self.actor = actor
        self.authorisation = authorisation
        self.spending = spending
    }

    /// An order by officers, or the bootstrap for the keys of the first ones.
    package static func authorised(_ authorisation: Authorisation) -> PlanBasis {
        PlanBasis(actor: authorisation.actor, authorisation: authorisation) {
            acts, subject, transaction throws(Refusal) in
            if !acts.contains(where: { authorisation.permits($0, subject: subject) }), let act = acts.first {
                try authorisation.require(act, subject: subject, parameters: [:])
            }
            try authorisation.spend(in: transaction)
        }
    }

    /// The same, where an order for this act must also have been given with exactly these parameters.
    func requiring(_ parameters: [String: CanonicalJSON], of act: OfficerAct) -> PlanBasis {
        guard let authorisation, authorisation.act == act else { return self }
        return PlanBasis(actor: actor, authorisation: authorisation) {
            [spending] acts, subject, transaction throws(Refusal) in
            try authorisation.require(act, subject: subject, parameters: parameters)
            try spending(acts, subject, transaction)
        }
    }

    /// Spends the order, which must be for one of these acts on this key.
    func spend(for acts: [OfficerAct], on medium: String, in transaction: any Transaction) throws(Refusal) {
        try spending(acts, medium, transaction)
    }
}

extension KeyPlan.Kind {
    /// The orders under which such a plan may begin. The last ones of stock-in and enrolment are the bootstrap's: the
    /// first officers' keys are made before there are officers.
    var acts: [OfficerAct] {
        switch self {
        case .stockIn: [.stockInKey, .enrolOfficer]
        case .enrol: [.enrolKey, .issueOfficerCertificate]
        case .renewStaged, .renewInPlace: [.renewKey, .changeKey]
        case .reissue: [.reissueKey]
        case .unlock: [.unlockKey]
        }
    }
}

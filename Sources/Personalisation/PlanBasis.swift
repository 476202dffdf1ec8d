internal import Audit
package import Groundwork
package import Officers
internal import SecurityKeys
internal import Storage

/// On whose word something is done to a security key: an order that is spent in the act's own transaction, and that
/// says exactly what is done.
package struct PlanBasis: Sendable {
    let authorisation: Authorisation
    /// For an officer's key: what the order is about, as the room of officers has it.
    private let officersForm: (subject: String, parameters: [String: CanonicalJSON])?

    /// An order by officers for what the act on the key binds, or the bootstrap for the keys of the first ones.
    package static func authorised(_ authorisation: Authorisation) -> PlanBasis {
        PlanBasis(authorisation: authorisation, officersForm: nil)
    }

    /// An order about an officer, which covers the making of that officer's key: with exactly this subject and these
    /// parameters.
    package static func officers(
        _ authorisation: Authorisation, subject: String, parameters: [String: CanonicalJSON]
    ) -> PlanBasis {
        PlanBasis(authorisation: authorisation, officersForm: (subject, parameters))
    }

    var actor: AuditActor { authorisation.actor }

    /// What a plan notes of it.
    var noted: KeyPlan.Order {
        switch authorisation.origin {
        case .officers: .officers(nonce: authorisation.request.nonce)
        case .bootstrap: .bootstrap
        }
    }

    /// Spends the order, which must be for one of these acts, on this key, with these parameters and no others.
    /// - Throws: `officers.wrong-act`, `officers.wrong-subject`, `officers.wrong-parameters`, `officers.already-used`.
    func spend(_ order: KeyOrder, in transaction: any Transaction) throws(Refusal) {
        switch authorisation.origin {
        case .bootstrap:
            guard order.acts.contains(where: { authorisation.permits($0, subject: order.subject) }) else {
                try authorisation.require(order.act, subject: order.subject, parameters: order.parameters)
                return
            }
        case .officers:
            let act = order.acts.contains(authorisation.act) ? authorisation.act : order.act
            if let officersForm, order.isAboutOfficer {
                guard officersForm.parameters["replaces"] == order.parameters["replaces"] else {
                    throw Refusal(OfficersRefusal.wrongParameters, detail: "it replaces other certificates")
                }
                try authorisation.require(act, subject: officersForm.subject, parameters: officersForm.parameters)
            } else {
                try authorisation.require(act, subject: order.subject, parameters: order.parameters)
            }
        }
        try authorisation.spend(in: transaction)
    }
}

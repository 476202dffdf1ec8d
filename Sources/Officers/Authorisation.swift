package import Audit
package import Groundwork
package import Storage

/// Proof that entitled officers ordered one act, made by ``OfficerRegister`` alone and good for one use.
///
/// The room that does the act calls ``require(_:subject:parameters:)`` and then, in the act's own transaction,
/// ``spend(in:)``: what the act changes and the fact that the order is used up are stored together or not at all.
package struct Authorisation: Sendable {
    /// On whose word.
    package enum Origin: Sendable {
        /// The requester first, then who approved.
        case officers([OfficerIdentifier])
        /// The founding of the authority, before there were officers.
        case bootstrap
    }

    package let request: CanonicalRequest
    package let origin: Origin
    private let spending: @Sendable (any Transaction) throws(Refusal) -> Void
    private let keeping: @Sendable (any ReadTransaction) throws(Refusal) -> Void

    /// Only this room's register makes one.
    init(
        request: CanonicalRequest, origin: Origin,
        spending: @escaping @Sendable (any Transaction) throws(Refusal) -> Void,
        keeping: @escaping @Sendable (any ReadTransaction) throws(Refusal) -> Void = { (_) throws(Refusal) in }
    ) {
        self.request = request
        self.origin = origin
        self.spending = spending
        self.keeping = keeping
    }

    package var act: OfficerAct { request.act }
    package var subject: String { request.subject }
    package var parameters: CanonicalJSON { request.parameters }

    /// Who is answerable, as the audit of the act names it: the requester.
    package var actor: AuditActor {
        switch origin {
        case .officers(let officers): officers.first.map { .officer($0.shown) } ?? .bootstrap
        case .bootstrap: .bootstrap
        }
    }

    /// Whether this is the order for that act on that subject. The bootstrap orders the first officers' certificates
    /// and their enrolment, whatever the subject.
    package func permits(_ act: OfficerAct, subject: String) -> Bool {
        switch origin {
        case .officers: self.act == act && self.subject == subject
        case .bootstrap: act == .issueOfficerCertificate || act == .enrolOfficer
        }
    }

    /// Refuses unless this is the order for that act on that subject with exactly these parameters: all that the act
    /// will do. The bootstrap's own act has no others.
    /// - Throws: `officers.wrong-act`, `officers.wrong-subject`, `officers.wrong-parameters`.
    package func require(
        _ act: OfficerAct, subject: String, parameters: [String: CanonicalJSON]
    ) throws(Refusal) {
        if case .bootstrap = origin {
            guard permits(act, subject: subject) else { throw request.wrongAct(act) }
            return
        }
        try request.require(act, subject: subject, parameters: parameters)
    }

    /// Uses the order up, inside the act's own transaction: looks once more at its expiry, at the officers' status
    /// and at their certificates, stores the request with its signatures, and audits it.
    ///
    /// The bootstrap is only looked at, for it covers certificates and enrolment; enrolling the first officers ends it.
    /// - Throws: `officers.already-used` the second time, wherever the first was committed.
    package func spend(in transaction: any Transaction) throws(Refusal) { try spending(transaction) }

    /// Refuses, at the end of a transaction that stopped an officer's certificate or what stands above it, where nobody
    /// could enrol officers any more.
    /// - Throws: `officers.last-administrator`
    package func requireSomebodyIsLeft(in transaction: any ReadTransaction) throws(Refusal) {
        try keeping(transaction)
    }
}

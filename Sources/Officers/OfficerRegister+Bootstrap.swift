internal import Audit
package import Groundwork
package import Storage

/// How the first two officers come to be when nobody is there to authorise them.
extension OfficerRegister {
    /// Whether there are officers: from then on nothing of the authority's own is done without their order.
    package static func hasOfficers(in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first("SELECT 1 AS known FROM officer LIMIT 1") != nil
    }

    /// Opens the bootstrap: the one Authorisation that no officer signed. It permits the first two officers'
    /// certificates and their enrolment, and nothing else.
    ///
    /// While it is unspent, `init` may open it again after an interruption, which makes the earlier one void; once
    /// officers are enrolled, never again.
    package func openBootstrap(in transaction: any Transaction) throws(Refusal) -> Authorisation {
        guard try OfficerStore.all(in: transaction).isEmpty else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        let now = surroundings.now()
        let request = CanonicalRequest(
            .enrolOfficer, subject: "first-officers", reason: "bootstrap", in: surroundings)
        let opened = try transaction.execute(
            """
            INSERT INTO officer_bootstrap (id, nonce, opened_at, spent_at) VALUES (1, $1, $2, NULL)
            ON CONFLICT (id) DO UPDATE SET nonce = excluded.nonce, opened_at = excluded.opened_at
            WHERE officer_bootstrap.spent_at IS NULL
            """, request.nonce, now)
        guard opened == 1 else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        try record(.bootstrapOpened, actor: .system, subject: request.subject, in: transaction)
        return Authorisation(request: request, origin: .bootstrap) { (transaction) throws(Refusal) in
            guard
                try transaction.first(
                    "SELECT 1 AS open FROM officer_bootstrap WHERE nonce = $1 AND spent_at IS NULL", request.nonce)
                    != nil
            else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        }
    }

    /// Enrols the first two officers together and ends the bootstrap in the same transaction.
    ///
    /// Between them they must be able to enrol others: the requester's and the approver's part of `enrolOfficer`.
    package func enrolFirstOfficers(
        _ enrolments: [OfficerEnrolment], authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) -> [Officer] {
        guard case .bootstrap = authorisation.origin else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        try authorisation.spend(in: transaction)
        guard enrolments.count == 2 else { throw Refusal(OfficersRefusal.firstOfficers) }
        let spent = try transaction.execute(
            "UPDATE officer_bootstrap SET spent_at = $1 WHERE id = 1 AND nonce = $2 AND spent_at IS NULL",
            surroundings.now(), authorisation.request.nonce)
        guard spent == 1 else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        var officers: [Officer] = []
        for enrolment in enrolments { officers.append(try add(enrolment, actor: .system, in: transaction)) }
        let rule = policy.rule(for: .enrolOfficer)
        let sufficient = zip(officers, officers.reversed()).contains { requester, approver in
            !requester.roles.isDisjoint(with: rule.requesters) && !approver.roles.isDisjoint(with: rule.approvers)
        }
        guard sufficient else { throw Refusal(OfficersRefusal.firstOfficers) }
        try record(
            .bootstrapSpent, actor: .system, subject: authorisation.subject,
            facts: ["officers": .array(officers.map { .string($0.identifier.shown) })], in: transaction)
        return officers
    }
}

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
    /// While it is unspent, `init` may open it again after an interruption, which makes the earlier one void. Once
    /// officers are enrolled it opens on a statement of the root's key alone (``takeIn(_:signature:root:facts:in:)``),
    /// and for the officers whom that names.
    /// - Throws: `officers.bootstrap-void`
    package func openBootstrap(in transaction: any Transaction) throws(Refusal) -> Authorisation {
        let now = surroundings.now()
        if let statement = try openStatement(in: transaction) { return try reopened(by: statement, in: transaction) }
        guard try OfficerStore.all(in: transaction).isEmpty else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        let request = CanonicalRequest(
            .enrolOfficer, subject: Self.firstOfficersSubject, reason: "bootstrap", in: surroundings)
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

    static let firstOfficersSubject = "first-officers"

    private func reopened(
        by statement: BootstrapStatement, in transaction: any Transaction
    ) throws(Refusal) -> Authorisation {
        let request = CanonicalRequest(
            .enrolOfficer, subject: Self.firstOfficersSubject, reason: statement.reason, in: surroundings)
        guard try BootstrapStore.name(request.nonce, for: statement, in: transaction) else {
            throw Refusal(OfficersRefusal.bootstrapVoid)
        }
        try record(
            .bootstrapOpened, actor: .bootstrap, subject: request.subject,
            facts: ["statement": .string(Hex.encode(statement.digest))], in: transaction)
        let surroundings = surroundings
        return Authorisation(request: request, origin: .bootstrap) { (transaction) throws(Refusal) in
            guard let statement = try BootstrapStore.statement(nonce: request.nonce, in: transaction),
                surroundings.now() < statement.expiresAt
            else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        }
    }

    /// Enrols the first two officers together and ends the bootstrap in the same transaction.
    ///
    /// Between them they must be able to enrol others: the requester's and the approver's part of `enrolOfficer`. Where
    /// the root's key opened the bootstrap again, they are those whom its statement names, and whoever could enrol
    /// officers before is suspended in the same transaction.
    /// - Throws: `officers.bootstrap-void`, `officers.first-officers`, and what is wrong with an officer or a key.
    package func enrolFirstOfficers(
        _ enrolments: [OfficerEnrolment], authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) -> [Officer] {
        guard case .bootstrap = authorisation.origin else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        try authorisation.spend(in: transaction)
        guard enrolments.count == 2 else { throw Refusal(OfficersRefusal.firstOfficers) }
        let (now, nonce) = (surroundings.now(), authorisation.request.nonce)
        let statement = try BootstrapStore.statement(nonce: nonce, in: transaction)
        if let statement {
            let named = enrolments.map { BootstrapStatement.Named(name: $0.name, roles: $0.roles) }
            guard Set(named) == Set(statement.officers),
                try BootstrapStore.spend(nonce: nonce, at: now, in: transaction)
            else { throw Refusal(OfficersRefusal.firstOfficers) }
        } else {
            let spent = try transaction.execute(
                "UPDATE officer_bootstrap SET spent_at = $1 WHERE id = 1 AND nonce = $2 AND spent_at IS NULL", now,
                nonce)
            guard spent == 1 else { throw Refusal(OfficersRefusal.bootstrapVoid) }
        }
        let actor: AuditActor = statement == nil ? .system : .bootstrap
        var officers: [Officer] = []
        for enrolment in enrolments { officers.append(try add(enrolment, actor: actor, in: transaction)) }
        guard canEnrolOthers(officers.map(\.roles)) else { throw Refusal(OfficersRefusal.firstOfficers) }
        if statement != nil { try suspendAdministrators(except: officers, in: transaction) }
        try record(
            .bootstrapSpent, actor: actor, subject: authorisation.subject,
            facts: ["officers": .array(officers.map { .string($0.identifier.shown) })], in: transaction)
        return officers
    }
}

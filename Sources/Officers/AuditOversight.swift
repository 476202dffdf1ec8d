package import Audit
package import Cryptography
package import Groundwork
package import Storage

/// What officers do with the audit itself: counter-sign it, forget or open the personal data in it. Each is an order,
/// spent in the transaction that does it.
package struct AuditOversight: Sendable {
    private let database: Database
    private let audit: AuditLog
    private let surroundings: Surroundings
    private let observer: AuditObserver

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, observer: @escaping AuditObserver = { _ in }
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.observer = observer
    }

    // MARK: Counter-signing

    /// The order to counter-sign a checkpoint, and with it everything before. It carries the checkpoint's signed bytes.
    package func request(toCountersign checkpoint: Checkpoint, reason: String) -> CanonicalRequest {
        CanonicalRequest(
            .countersignCheckpoint, subject: Countersignature.subject(for: checkpoint),
            parameters: Countersignature.parameters(for: checkpoint), reason: reason, in: surroundings)
    }

    /// Keeps the officers' signatures under the checkpoint.
    ///
    /// - Parameter chain: the certificates between the officers' and the root, so that an export can be checked alone.
    /// - Throws: `audit.unknown-checkpoint` if this log has another one of that number, and the order's refusals.
    package func countersign(
        _ checkpoint: Checkpoint, chain: [Certificate], authorisedBy authorisation: Authorisation
    ) async throws -> Countersignature {
        try authorisation.require(
            .countersignCheckpoint, subject: Countersignature.subject(for: checkpoint),
            parameters: Countersignature.parameters(for: checkpoint))
        try await observer(.countersignatureOrdered)
        let audit = audit
        let made = try await database.write { transaction in
            try authorisation.spend(in: transaction)
            let countersignature = Countersignature(
                number: checkpoint.number, request: authorisation.request.bytes,
                signatures: try OfficerStore.signatures(under: authorisation.request, in: transaction)
                    .map { Countersignature.Signature(certificate: $0.certificate, signature: $0.signature) },
                chain: chain.map(\.der))
            try audit.store(countersignature, by: authorisation.actor, in: transaction)
            return countersignature
        }
        try await observer(.countersignatureStored)
        return made
    }

    // MARK: Export

    private static let wholeLog = "audit"

    package func request(toExportBecause reason: String) -> CanonicalRequest {
        CanonicalRequest(.exportAudit, subject: Self.wholeLog, reason: reason, in: surroundings)
    }

    /// Writes the whole log with its proofs to a directory. The order is spent first and stands in what is written: who
    /// took a copy away is in every copy.
    ///
    /// - Parameter checkpoint: makes a checkpoint that covers everything so far.
    package func export(
        to directory: String, trust: AuditTrust, authorisedBy authorisation: Authorisation,
        checkpoint: @Sendable () async throws -> Void
    ) async throws {
        try authorisation.require(.exportAudit, subject: Self.wholeLog, parameters: [:])
        try await database.write { try authorisation.spend(in: $0) }
        try await checkpoint()
        try await audit.export(to: directory, database: database, trust: trust)
    }

    // MARK: Personal data

    /// Whose personal data an order is about.
    package enum Scope: Sendable, Hashable {
        case event(AuditEventIdentifier)
        /// Every event about this subject.
        case subject(String)

        /// An event's identifier is one; everything else names a subject.
        package init(_ text: String) {
            self = AuditEventIdentifier(shown: text).map { .event($0) } ?? .subject(text)
        }

        package var text: String {
            switch self {
            case .event(let event): event.shown
            case .subject(let subject): subject
            }
        }
    }

    package func request(
        toForget scope: Scope, named name: String? = nil, reason: String
    ) -> CanonicalRequest {
        CanonicalRequest(
            .forgetPersonalData, subject: scope.text, parameters: Self.parameters(name), reason: reason,
            in: surroundings)
    }

    /// Destroys data and salts, and says so in the log.
    ///
    /// - Returns: the events that record it, for a receipt.
    /// - Throws: `audit.unknown-event` where nothing is left to forget.
    package func forget(
        _ scope: Scope, named name: String? = nil, authorisedBy authorisation: Authorisation
    ) async throws -> [AuditEventIdentifier] {
        try authorisation.require(.forgetPersonalData, subject: scope.text, parameters: Self.parameters(name))
        try await observer(.forgettingOrdered)
        let audit = audit
        let receipts = try await database.write { transaction in
            try authorisation.spend(in: transaction)
            var receipts: [AuditEventIdentifier] = []
            for event in try Self.events(scope, named: name, audit, in: transaction) {
                receipts.append(
                    try audit.forgetPersonalData(
                        of: event, named: name, actor: authorisation.actor, in: transaction))
            }
            return receipts
        }
        try await observer(.forgettingDone)
        return receipts
    }

    package func request(
        toOpen scope: Scope, named name: String? = nil, reason: String
    ) -> CanonicalRequest {
        CanonicalRequest(
            .openPersonalData, subject: scope.text, parameters: Self.parameters(name), reason: reason,
            in: surroundings)
    }

    /// Gives out data with the salts that open their commitments, and says so in the log.
    package func open(
        _ scope: Scope, named name: String? = nil, authorisedBy authorisation: Authorisation
    ) async throws -> [PersonalOpening] {
        try authorisation.require(.openPersonalData, subject: scope.text, parameters: Self.parameters(name))
        let audit = audit
        return try await database.write { transaction in
            try authorisation.spend(in: transaction)
            var openings: [PersonalOpening] = []
            for event in try Self.events(scope, named: name, audit, in: transaction) {
                openings += try audit.openPersonalData(
                    of: event, named: name, actor: authorisation.actor, in: transaction)
            }
            return openings
        }
    }

    private static func parameters(_ name: String?) -> [String: CanonicalJSON] {
        name.map { ["name": .string($0)] } ?? [:]
    }

    private static func events(
        _ scope: Scope, named name: String?, _ audit: AuditLog, in transaction: any ReadTransaction
    ) throws(Refusal) -> [AuditEventIdentifier] {
        switch scope {
        case .event(let event): return [event]
        case .subject(let subject):
            var events: [AuditEventIdentifier] = []
            for event in try audit.eventsWithPersonalData(about: subject, in: transaction) {
                let names = try audit.personalData(of: event, in: transaction).keys
                if name.map(names.contains) ?? true { events.append(event) }
            }
            guard !events.isEmpty else { throw Refusal(AuditRefusal.unknownEvent, detail: "no personal data left") }
            return events
        }
    }
}

// MARK: Officers' logins

extension OfficerRegister {
    /// The order by which an officer logs in: the subject is the session, which the order is good for alone.
    package static func request(toLogIn session: String, in surroundings: Surroundings) -> CanonicalRequest {
        CanonicalRequest(.logIn, subject: session, reason: "log in", in: surroundings)
    }

    /// Spends the order, records the login and says who it is.
    package func logIn(
        _ session: String, authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) -> Officer {
        try authorisation.require(.logIn, subject: session, parameters: [:])
        try authorisation.spend(in: transaction)
        guard case .officers(let officers) = authorisation.origin, let identifier = officers.first,
            let officer = try OfficerStore.officer(identifier, in: transaction)
        else { throw Refusal(OfficersRefusal.unknownOfficer) }
        try record(
            .loggedIn, actor: authorisation.actor, subject: session,
            facts: ["certificate": .string(Self.fingerprint(officer.certificate))], in: transaction)
        return officer
    }
}

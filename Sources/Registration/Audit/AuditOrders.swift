package import Audit
internal import Cryptography
internal import Foundation
internal import Groundwork
package import KeyCustody
package import Officers
package import Storage

/// What officers order of the audit itself: counter-signatures, exports, personal data; and proofs of events.
package struct AuditOrders: Sendable {
    let ordering: Ordering
    let database: Database
    let audit: AuditLog
    let issuers: IssuerDirectory
    /// Signs and time-stamps the state of the log, if anything happened since the last time.
    let makeCheckpoint: @Sendable () async throws -> SignedCheckpoint
    /// What this authority's log is judged by.
    let trust: @Sendable () async -> AuditTrust

    /// - Parameters:
    ///   - checkpoint: signs and time-stamps the state of the log, if anything happened since the last time.
    ///   - trust: what this authority's log is judged by.
    package init(
        ordering: Ordering, database: Database, audit: AuditLog, issuers: IssuerDirectory,
        checkpoint: @escaping @Sendable () async throws -> SignedCheckpoint,
        trust: @escaping @Sendable () async -> AuditTrust
    ) {
        self.ordering = ordering
        self.database = database
        self.audit = audit
        self.issuers = issuers
        self.makeCheckpoint = checkpoint
        self.trust = trust
    }

    private var oversight: AuditOversight {
        AuditOversight(database: database, audit: audit, surroundings: ordering.surroundings)
    }

    /// An auditor's order, a checkpoint that covers it and everything, then the export.
    package func exportAudit(to directory: String, reason: String, by keys: OrderingKeys) async throws {
        let order = try await ordering.order(oversight.request(toExportBecause: reason), by: keys)
        try await oversight.export(to: directory, trust: await trust(), authorisedBy: order) {
            _ = try await makeCheckpoint()
        }
    }

    /// The newest checkpoint, made now if anything happened, with the audit administrator's signature.
    package func countersign(reason: String, by keys: OrderingKeys) async throws -> Countersignature {
        let checkpoint = try await makeCheckpoint().checkpoint
        let order = try await ordering.order(oversight.request(toCountersign: checkpoint, reason: reason), by: keys)
        let made = try await oversight.countersign(
            checkpoint, chain: try await chain(behind: order), authorisedBy: order)
        // The counter-signature's own event is covered too, before anybody can take it away.
        _ = try await makeCheckpoint()
        return made
    }

    /// The issuing certificates between the ordering officers' and the roots.
    private func chain(behind order: Authorisation) async throws -> [Certificate] {
        guard case .officers(let identifiers) = order.origin else { return [] }
        let names = Set(
            try await ordering.officers.officers().filter { identifiers.contains($0.identifier) }.map(
                \.certificate.issuer))
        return issuers.issuing.map(\.certificate).filter { names.contains($0.subject) }
    }

    /// Destroys personal data, and gives the receipt: a proof of the events that record it.
    package func forget(
        _ scope: AuditOversight.Scope, named name: String?, reason: String, by keys: OrderingKeys
    ) async throws -> AuditProof {
        let order = try await ordering.order(oversight.request(toForget: scope, named: name, reason: reason), by: keys)
        let events = try await oversight.forget(scope, named: name, authorisedBy: order)
        return try await prove(events)
    }

    /// Personal data with what opens their commitments, and a proof of the events that committed to them.
    package func openPersonal(
        _ scope: AuditOversight.Scope, named name: String?, reason: String, by keys: OrderingKeys
    ) async throws -> AuditProof {
        let order = try await ordering.order(oversight.request(toOpen: scope, named: name, reason: reason), by: keys)
        let openings = try await oversight.open(scope, named: name, authorisedBy: order)
        var events: [AuditEventIdentifier] = []
        for opening in openings where !events.contains(opening.event) { events.append(opening.event) }
        return try await prove(events, openings: openings)
    }

    /// A proof of these events under the newest checkpoint, which is made now if anything happened.
    package func prove(
        _ events: [AuditEventIdentifier], held: Checkpoint? = nil, openings: [PersonalOpening] = []
    ) async throws -> AuditProof {
        _ = try await makeCheckpoint()
        let audit = audit
        return try await database.read { transaction in
            try audit.proof(of: events, held: held, openings: openings, in: transaction)
        }
    }
}

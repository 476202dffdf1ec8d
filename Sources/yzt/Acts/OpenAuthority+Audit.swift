import Audit
import CertificateAuthority
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage

extension OpenAuthority {
    /// What this authority's log is judged by: every key that ever signed checkpoints, and its own roots.
    func auditTrust() async -> AuditTrust {
        AuditTrust(
            checkpointKeys: authority.checkpointKeys, anchors: authority.issuers.anchors,
            intermediates: authority.issuers.issuing.map(\.certificate))
    }

    /// The last checkpoint, beside the store: a store that was set back contradicts it.
    var heldCheckpoint: HeldCheckpointFile { HeldCheckpointFile(path: configuration.data + "/audit-head.jsonl") }

    var oversight: AuditOversight { AuditOversight(database: database, audit: audit, surroundings: surroundings) }

    /// Signs and time-stamps the state of the log, if anything happened since the last time and its end still follows
    /// from the last checkpoint; keeps the checkpoint beside the store.
    @discardableResult
    func checkpoint() async throws -> SignedCheckpoint {
        let signed = try await authority.checkpoint(held: heldCheckpoint.read()?.checkpoint)
        try heldCheckpoint.keep(signed, in: surroundings)
        return signed
    }

    /// An auditor's order, a checkpoint that covers it and everything, then the export.
    func exportAudit(to directory: String, reason: String, by keys: OrderingKeys) async throws {
        let order = try await order(oversight.request(toExportBecause: reason), by: keys)
        try await oversight.export(to: directory, trust: await auditTrust(), authorisedBy: order) {
            try await checkpoint()
        }
    }

    /// Whether the end of the log follows from its last checkpoint.
    /// - Throws: `audit.tampered`.
    func checkAuditHead() async throws {
        let (trust, held) = (await auditTrust(), try heldCheckpoint.read()?.checkpoint)
        let faults = try await database.read { transaction in
            try AuditHeadCheck(trust: trust, held: held, transaction: transaction).faults()
        }
        if let refusal = AuditVerdict(events: 0, checkpoints: 0, covered: 0, faults: faults).refusal { throw refusal }
    }

    /// The whole stored log against itself, the file beside the store, and what somebody holds and trusts: our own keys
    /// and roots where nobody gives others.
    func verifyAuditStore(held: [Checkpoint] = [], trust: AuditTrust? = nil) async throws -> AuditVerdict {
        let own = await auditTrust()
        let trust = trust ?? own
        let all = held + [try heldCheckpoint.read()?.checkpoint].compactMap { $0 }
        return try await database.read { transaction in
            try AuditStoreCheck(trust: trust, held: all, transaction: transaction).verdict()
        }
    }

    /// `audit.countersignature-overdue`, if a working day passed without.
    func countersigningAlarm() async throws -> Refusal? {
        let (duty, now) = (countersigningDuty, surroundings.now())
        return try await database.read { try duty.alarm(at: now, in: $0) }
    }

    /// `certificate-authority.revocation-overdue`, if an order lies longer than the policy allows.
    func revocationAlarm() async throws -> Refusal? {
        try await authority.bulkRevocation.overdue(authority.policies.current().certificates)
    }

    /// The newest checkpoint, made now if anything happened, with the audit administrator's signature.
    func countersign(reason: String, by keys: OrderingKeys) async throws -> Countersignature {
        let checkpoint = try await checkpoint().checkpoint
        let order = try await order(oversight.request(toCountersign: checkpoint, reason: reason), by: keys)
        let made = try await oversight.countersign(
            checkpoint, chain: try await chain(behind: order), authorisedBy: order)
        // The counter-signature's own event is covered too, before anybody can take it away.
        try await self.checkpoint()
        return made
    }

    /// The issuing certificates between the ordering officers' and the roots.
    private func chain(behind order: Authorisation) async throws -> [Certificate] {
        guard case .officers(let identifiers) = order.origin else { return [] }
        let names = Set(
            try await officers.officers().filter { identifiers.contains($0.identifier) }.map(\.certificate.issuer))
        return authority.issuers.issuing.map(\.certificate).filter { names.contains($0.subject) }
    }

    /// Destroys personal data, and gives the receipt: a proof of the events that record it.
    func forget(
        _ scope: AuditOversight.Scope, named name: String?, reason: String, by keys: OrderingKeys
    ) async throws -> AuditProof {
        let order = try await order(oversight.request(toForget: scope, named: name, reason: reason), by: keys)
        let events = try await oversight.forget(scope, named: name, authorisedBy: order)
        return try await prove(events)
    }

    /// Personal data with what opens their commitments, and a proof of the events that committed to them.
    func openPersonal(
        _ scope: AuditOversight.Scope, named name: String?, reason: String, by keys: OrderingKeys
    ) async throws -> AuditProof {
        let order = try await order(oversight.request(toOpen: scope, named: name, reason: reason), by: keys)
        let openings = try await oversight.open(scope, named: name, authorisedBy: order)
        var events: [AuditEventIdentifier] = []
        for opening in openings where !events.contains(opening.event) { events.append(opening.event) }
        return try await prove(events, openings: openings)
    }

    /// A proof of these events under the newest checkpoint, which is made now if anything happened.
    func prove(
        _ events: [AuditEventIdentifier], held: Checkpoint? = nil, openings: [PersonalOpening] = []
    ) async throws -> AuditProof {
        try await checkpoint()
        let audit = audit
        return try await database.read { transaction in
            try audit.proof(of: events, held: held, openings: openings, in: transaction)
        }
    }

    /// What everybody may ask of the log over HTTP.
    var auditPublication: AuditPublication {
        AuditPublication(database: database) { authority.checkpointKeys }
    }
}

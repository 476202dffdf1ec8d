package import Audit
internal import CertificateRecords
internal import Cryptography
internal import Foundation
package import Groundwork
internal import KeyCustody
internal import Revocation
internal import Storage

extension OpenInstallation {
    /// What this authority's log is judged by: every key that ever signed checkpoints, and its own roots.
    package func auditTrust() async -> AuditTrust {
        AuditTrust(
            checkpointKeys: authority.checkpointKeys, anchors: authority.issuers.anchors,
            intermediates: authority.issuers.issuing.map(\.certificate))
    }

    /// The last checkpoint, beside the store: a store that was set back contradicts it.
    package var heldCheckpoint: HeldCheckpointFile {
        HeldCheckpointFile(path: configuration.data + "/audit-head.jsonl")
    }

    /// Signs and time-stamps the state of the log, if anything happened since the last time and its end still follows
    /// from the last checkpoint; keeps the checkpoint beside the store.
    @discardableResult
    package func checkpoint() async throws -> SignedCheckpoint {
        let signed = try await authority.checkpoint(held: heldCheckpoint.read()?.checkpoint)
        try heldCheckpoint.keep(signed)
        return signed
    }

    /// Whether the end of the log follows from its last checkpoint.
    /// - Throws: `audit.tampered`.
    package func checkAuditHead() async throws {
        let (trust, held) = (await auditTrust(), try heldCheckpoint.read()?.checkpoint)
        let faults = try await database.read { transaction in
            try AuditHeadCheck(trust: trust, held: held, transaction: transaction).faults()
        }
        if let refusal = AuditVerdict(events: 0, checkpoints: 0, covered: 0, faults: faults).refusal { throw refusal }
    }

    /// The whole stored log against itself, the file beside the store, and what somebody holds and trusts: our own keys
    /// and roots where nobody gives others.
    package func verifyAuditStore(held: [Checkpoint] = [], trust: AuditTrust? = nil) async throws -> AuditVerdict {
        let own = await auditTrust()
        let trust = trust ?? own
        let all = held + [try heldCheckpoint.read()?.checkpoint].compactMap { $0 }
        return try await database.read { transaction in
            try AuditStoreCheck(trust: trust, held: all, transaction: transaction).verdict()
        }
    }

    /// `audit.countersignature-overdue`, if a working day passed without.
    package func countersigningAlarm() async throws -> Refusal? {
        let (duty, now) = (countersigningDuty, surroundings.now())
        return try await database.read { try duty.alarm(at: now, in: $0) }
    }

    /// `certificate-authority.revocation-overdue`, if an order lies longer than the policy allows.
    package func revocationAlarm() async throws -> Refusal? {
        try await authority.bulkRevocation.overdue(authority.policies.current().certificates)
    }

    /// What everybody may ask of the log over HTTP.
    package var auditPublication: AuditPublication {
        AuditPublication(database: database) { authority.checkpointKeys }
    }
}

internal import Audit
internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
import Groundwork
internal import Storage
internal import TimeStamping

/// Carrying an order out.
extension RetentionService {
    /// Whether an order waits to be finished.
    package func isUnfinished() async throws -> Bool {
        try await database.read { try $0.first("SELECT plan FROM retention_run WHERE done_at IS NULL") != nil }
    }

    /// Does what was ordered, some certificates at a time; interrupted, or done by two at once, it is called again.
    ///
    /// What has changed since the order, and what is not old enough by the clock as it is now, stays: it needs another
    /// archive and another order.
    /// - Returns: how many certificates' records went.
    /// - Throws: `clock-untrusted`.
    @discardableResult
    package func carryOut(
        observer: @Sendable (RetentionStep) async throws -> Void = { _ in }
    ) async throws -> Int {
        guard try await isUnfinished() else { return 0 }
        try await observer(.ordered)
        var count = 0
        while true {
            let now = try await clock.time().now
            let horizon = try await policies.current().retention.horizon(at: now)
            let done = try await database.write { transaction in
                try pruneSome(at: now, endedBefore: horizon, in: transaction)
            }
            guard let done else { break }
            count += done
            try await observer(.pruned(count))
        }
        try await observer(.done)
        return count
    }

    /// - Returns: how many went; `nil` where nothing is left to do.
    private func pruneSome(
        at now: Instant, endedBefore horizon: Instant, in transaction: any Transaction
    ) throws -> Int? {
        let rows = try transaction.query(
            """
            SELECT p.serial AS serial, p.plan AS plan, p.held AS held
            FROM pruned_certificate p JOIN retention_run r ON r.plan = p.plan
            WHERE p.pruned_at IS NULL AND r.done_at IS NULL ORDER BY p.plan, p.serial LIMIT $1
            """, RetentionService.batch)
        guard let plan = try rows.first?.blob("plan") else {
            try transaction.execute(
                """
                UPDATE retention_run SET done_at = $1 WHERE done_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM pruned_certificate p WHERE p.plan = retention_run.plan AND p.pruned_at IS NULL)
                """, now)
            return nil
        }
        var gone: [SerialNumber] = []
        var kept: [SerialNumber] = []
        for row in rows where try row.blob("plan") == plan {
            let serial = try row.serial("serial")
            guard let stored = try CertificateRecordBundle(serial, companions, in: transaction),
                stored.record.isPast(horizon), try row.optionalBlob("held") == stored.hash
            else {
                try transaction.execute("DELETE FROM pruned_certificate WHERE serial = $1", serial.bytes)
                kept.append(serial)
                continue
            }
            try remove(stored, at: now, in: transaction)
            gone.append(serial)
        }
        var facts: [String: CanonicalJSON] = ["serials": .array(gone.map { .string($0.hex) })]
        if !kept.isEmpty { facts["kept"] = .array(kept.map { .string($0.hex) }) }
        try audit.record(
            AuditEvent(
                act: LongTermEvidenceAct.pruned, actor: .system, subject: Hex.encode(plan), facts: facts),
            in: transaction)
        return gone.count
    }

    private func remove(_ stored: CertificateRecordBundle, at now: Instant, in transaction: any Transaction) throws {
        let serial = stored.record.serialNumber
        for event in stored.history.compactMap(\.event)
        where try !audit.personalData(of: event, in: transaction).isEmpty {
            try audit.forgetPersonalData(of: event, actor: .system, in: transaction)
        }
        for companion in companions { try companion.remove?(stored.record, transaction) }
        try StatusService.forgetAnswers(about: serial, in: transaction)
        try CertificateRegister.remove(serial, in: transaction)
        try transaction.execute("UPDATE pruned_certificate SET pruned_at = $2 WHERE serial = $1", serial.bytes, now)
    }
}

internal import Audit
internal import Cryptography
internal import Groundwork
package import Officers
internal import Storage

/// Lets go of what need not be kept any longer: on two officers' order, only what an archive holds, and never the audit.
package struct RetentionDesk: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let policies: PolicyStore

    private static let batch = 50

    /// What of this archive may go now.
    /// - Throws: `archive-other` for an archive that another authority made.
    package func plan(_ archive: VerifiedArchive) async throws -> RetentionPlan {
        let horizon = try await policies.current().retention.horizon(at: surroundings.now())
        var versions: [(SerialNumber, Int64)] = []
        for serial in archive.serials {
            guard let last = try archive.record(serial).history.last else { continue }
            versions.append((serial, last.version))
        }
        let archived = versions
        let serials = try await database.read { transaction in
            guard try AuditLog.origin(in: transaction) == archive.manifest.origin else {
                throw Refusal(ArchiveRefusal.archiveOther, facts: ["path": archive.path])
            }
            return try archived.filter {
                try RetentionDesk.mayGo($0.0, archivedVersion: $0.1, horizon: horizon, in: transaction)
            }.map(\.0)
        }
        return RetentionPlan(archive: archive.manifest.hash, serials: serials, horizon: horizon)
    }

    /// The authority's own certificates stay for ever: what they signed must remain verifiable.
    private static func mayGo(
        _ serial: SerialNumber, archivedVersion: Int64, horizon: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        guard let record = try CertificateStore.certificate(serial, in: transaction) else { return false }
        return record.notAfter < horizon && !record.purpose.isTheAuthoritysOwn
            && record.statusVersion == archivedVersion
    }

    /// What two officers sign.
    package func request(toPrune plan: RetentionPlan, words: String) -> CanonicalRequest {
        CanonicalRequest(
            .pruneRecords, subject: "retention:\(Hex.encode(plan.hash))",
            parameters: [
                "archive": .string(Hex.encode(plan.archive)), "certificates": .integer(Int64(plan.serials.count)),
                "endedBefore": .string(plan.horizon.rfc3339),
            ], reason: words, in: surroundings)
    }

    /// Stores the order: from here on the pruning is decided, and ``carryOut(observer:)`` finishes it.
    package func begin(_ plan: RetentionPlan, of archive: VerifiedArchive, by authorisation: Authorisation) async throws
    {
        guard !plan.serials.isEmpty else { throw Refusal(ArchiveRefusal.nothingToPrune) }
        try authorisation.require(.pruneRecords, subject: "retention:\(Hex.encode(plan.hash))")
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            try authorisation.spend(in: transaction)
            try transaction.execute(
                """
                INSERT INTO archive (hash, produced_at, certificates) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
                """, plan.archive, archive.manifest.producedAt, archive.manifest.certificates)
            try transaction.execute(
                "INSERT INTO retention_run (plan, archive, officer, begun_at) VALUES ($1, $2, $3, $4)", plan.hash,
                plan.archive, "\(authorisation.actor)", now)
            for serial in plan.serials {
                // Nobody changes a certificate that ended years ago; if somebody did, the archive is not whole.
                let version = try archive.record(serial).history.last?.version ?? 0
                guard
                    try RetentionDesk.mayGo(serial, archivedVersion: version, horizon: plan.horizon, in: transaction)
                else { throw Refusal(CertificateAuthorityRefusal.statusBusy, detail: serial.hex) }
                try transaction.execute(
                    "INSERT INTO pruned_certificate (serial, archive, plan) VALUES ($1, $2, $3)", serial.bytes,
                    plan.archive, plan.hash)
            }
            try audit.record(
                AuditEvent(
                    act: CertificateAuthorityAct.pruningOrdered, actor: authorisation.actor,
                    subject: Hex.encode(plan.hash),
                    facts: [
                        "archive": .string(Hex.encode(plan.archive)),
                        "certificates": .integer(Int64(plan.serials.count)),
                    ]), in: transaction)
        }
    }

    /// Whether an order waits to be finished.
    package func isUnfinished() async throws -> Bool {
        try await database.read { try $0.first("SELECT plan FROM retention_run WHERE done_at IS NULL") != nil }
    }

    /// Does what was ordered, some certificates at a time; interrupted, or done by two at once, it is called again.
    ///
    /// - Parameter companions: what other rooms keep about a certificate goes in the same step.
    /// - Returns: how many certificates' records went.
    @discardableResult
    package func carryOut(
        with companions: [CertificateCompanion] = [],
        observer: @Sendable (RetentionStep) async throws -> Void = { _ in }
    ) async throws -> Int {
        try await observer(.ordered)
        var count = 0
        while true {
            let now = surroundings.now()
            let gone = try await database.write { [audit] transaction in
                try RetentionDesk.pruneSome(at: now, companions, audit, in: transaction)
            }
            if gone == 0 { break }
            count += gone
            try await observer(.pruned(count))
        }
        try await observer(.done)
        return count
    }

    private static func pruneSome(
        at now: Instant, _ companions: [CertificateCompanion], _ audit: AuditLog, in transaction: any Transaction
    ) throws -> Int {
        let rows = try transaction.query(
            """
            SELECT p.serial AS serial, p.plan AS plan FROM pruned_certificate p JOIN retention_run r ON r.plan = p.plan
            WHERE p.pruned_at IS NULL AND r.done_at IS NULL ORDER BY p.plan, p.serial LIMIT $1
            """, batch)
        guard let plan = try rows.first?.blob("plan") else {
            try transaction.execute(
                """
                UPDATE retention_run SET done_at = $1 WHERE done_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM pruned_certificate p WHERE p.plan = retention_run.plan AND p.pruned_at IS NULL)
                """, now)
            return 0
        }
        var gone: [SerialNumber] = []
        for row in rows where try row.blob("plan") == plan {
            let serial = try row.serial("serial")
            for event in try StatusHistory.events(of: serial, in: transaction).compactMap(\.event)
            where try !audit.personalData(of: event, in: transaction).isEmpty {
                try audit.forgetPersonalData(of: event, actor: .system, in: transaction)
            }
            if let record = try CertificateStore.certificate(serial, in: transaction) {
                for companion in companions { try companion.remove?(record, transaction) }
            }
            try transaction.execute("DELETE FROM ocsp_answer WHERE serial = $1", serial.bytes)
            try transaction.execute("DELETE FROM certificate_status_event WHERE serial = $1", serial.bytes)
            try transaction.execute("DELETE FROM certificate WHERE serial = $1", serial.bytes)
            try transaction.execute(
                "UPDATE pruned_certificate SET pruned_at = $2 WHERE serial = $1", serial.bytes, now)
            gone.append(serial)
        }
        try audit.record(
            AuditEvent(
                act: CertificateAuthorityAct.pruned, actor: .system, subject: Hex.encode(plan),
                facts: ["serials": .array(gone.map { .string($0.hex) })]), in: transaction)
        return gone.count
    }

    /// Stored OCSP answers that ended long ago.
    /// - Returns: how many went.
    @discardableResult
    package func forgetEndedAnswers(limit: Int = 10_000) async throws -> Int {
        let days = try await policies.current().retention.statusAnswers.daysAfterEnd
        let before = surroundings.now().adding(days: -Int64(days))
        return try await database.write { transaction in
            try transaction.execute(
                """
                DELETE FROM ocsp_answer WHERE rowid IN (
                    SELECT rowid FROM ocsp_answer WHERE next_update < $1 LIMIT $2)
                """, before, limit)
        }
    }
}

extension CertificatePurpose {
    /// What proves everything else.
    var isTheAuthoritysOwn: Bool { [.authority, .ocspResponder, .timeStamping, .service].contains(self) }
}

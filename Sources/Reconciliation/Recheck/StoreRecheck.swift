package import Audit
internal import CertificateProfiles
package import CertificateRecords
internal import Cryptography
package import Groundwork
package import Storage

/// Judges everything that was ever signed and stored by the rules of today.
///
/// A pass goes through the store in the order of its keys, a batch at a time: what was found and the place that was
/// reached are stored together, under a lease. Killed anywhere, the next call goes on at that place; while another
/// process is at it, a call is told to come later.
package struct StoreRecheck: Sendable {
    let database: Database
    let surroundings: Surroundings
    let subjects: RecheckSubjects
    let record: @Sendable (RecheckReport, any Transaction) throws -> Void
    let observer: RecheckObserver
    /// Names this process's pass.
    let owner: [UInt8]

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, policies: PolicyStore,
        observer: @escaping RecheckObserver = { _ in }
    ) {
        self.database = database
        self.surroundings = surroundings
        self.observer = observer
        owner = surroundings.randomBytes(16)
        subjects = RecheckSubjects(database: database, policies: policies)
        record = { report, transaction in
            try audit.record(
                AuditEvent(
                    act: ReconciliationAct.recheckDone, actor: .system, subject: "store",
                    facts: [
                        "judged": .integer(Int64(report.judged)),
                        "errors": .integer(Int64(report.counts[.error] ?? 0)),
                        "warnings": .integer(Int64(report.counts[.warning] ?? 0)),
                        "notices": .integer(Int64(report.counts[.notice] ?? 0)),
                    ]), in: transaction)
        }
    }

    private static let leaseSeconds: Int64 = 120

    /// Takes up the pass that was interrupted, or begins one, and goes on to its end.
    ///
    /// - Parameters:
    ///   - since: only what began then or later; an unfinished pass over another span is given up for it.
    ///   - progress: told after each batch.
    package func run(
        since: Instant? = nil, batch: Int = 500, progress: @Sendable (RecheckProgress) -> Void = { _ in }
    ) async throws -> RecheckReport {
        var pass = try await begin(since ?? Instant(milliseconds: 0))
        try await forgetEnded()
        pass.counts = try await counts(of: pass.id)
        try await observer(.begun)
        while pass.phase != .done {
            let (objects, place) = try await subjects.next(
                pass.phase, after: pass.place, since: pass.since, limit: batch)
            let findings = try await ConcurrentMap.map(objects) { object in (object.name, object.findings()) }
            try await observer(.judged(pass.phase))
            let before = pass
            pass.judged += objects.count
            pass.place = place ?? ""
            if place == nil { pass.phase = pass.phase.next }
            pass.counts = try await store(findings, of: before, now: pass)
            try await observer(.stored(before.phase))
            progress(RecheckProgress(phase: before.phase, judged: pass.judged))
        }
        return pass.report
    }

    private struct Pass: Sendable {
        let id: Int64
        let since: Instant
        var phase: RecheckPhase
        /// The key after which to go on; empty at a phase's beginning.
        var place: String
        var judged: Int
        /// Of the findings that are stored.
        var counts: [LintRule.Severity: Int] = [:]

        var report: RecheckReport { RecheckReport(run: id, judged: judged, counts: counts) }
    }

    private func begin(_ since: Instant) async throws -> Pass {
        try await database.write { [self] transaction in
            let now = surroundings.now()
            let leaseUntil = now.adding(seconds: Self.leaseSeconds)
            if let row = try transaction.first(
                """
                SELECT id, since, phase, place, judged, owner, lease_until FROM lint_run WHERE ended_at IS NULL
                """)
            {
                guard try row.instant("lease_until") <= now || row.blob("owner") == owner else {
                    throw Refusal(ReconciliationRefusal.recheckRunning)
                }
                let id = try row.integer("id")
                if try row.instant("since") == since {
                    try transaction.execute(
                        "UPDATE lint_run SET owner = $1, lease_until = $2 WHERE id = $3", owner, leaseUntil, id)
                    return Pass(
                        id: id, since: since, phase: try row.choice("phase"), place: try row.text("place"),
                        judged: Int(try row.integer("judged")))
                }
                try transaction.execute("UPDATE lint_run SET ended_at = $1 WHERE id = $2", now, id)
            }
            let id = (try transaction.first("SELECT max(id) AS n FROM lint_run")?.optionalInteger("n") ?? 0) + 1
            try transaction.execute(
                """
                INSERT INTO lint_run (id, since, phase, place, judged, owner, lease_until, began_at, ended_at)
                VALUES ($1, $2, $3, '', 0, $4, $5, $6, NULL)
                """, id, since, RecheckPhase.certificates.rawValue, owner, leaseUntil, now)
            return Pass(id: id, since: since, phase: .certificates, place: "", judged: 0)
        }
    }

    /// Findings, place and lease in one transaction; refused if somebody else took the pass up meanwhile.
    /// - Returns: the pass's counts with what was found now.
    private func store(
        _ found: [(String, [LintFinding])], of before: Pass, now pass: Pass
    ) async throws -> [LintRule.Severity: Int] {
        try await database.write { [self] transaction in
            let now = surroundings.now()
            let isOurs = try transaction.execute(
                """
                UPDATE lint_run SET phase = $1, place = $2, judged = $3, lease_until = $4, ended_at = $5
                WHERE id = $6 AND owner = $7 AND phase = $8 AND place = $9 AND ended_at IS NULL
                """, pass.phase.rawValue, pass.place, pass.judged, now.adding(seconds: Self.leaseSeconds),
                pass.phase == .done ? now : nil, pass.id, owner, before.phase.rawValue, before.place)
            guard isOurs == 1 else { throw Refusal(ReconciliationRefusal.recheckRunning) }
            var pass = pass
            for (subject, findings) in found {
                for finding in Set(findings) {
                    pass.counts[finding.severity, default: 0] += try transaction.execute(
                        """
                        INSERT INTO lint_finding (run, kind, subject, rule, severity, citation, detail)
                        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
                        """, pass.id, before.phase.kind, subject, finding.rule, finding.severity.rawValue,
                        finding.citation, finding.text)
                }
            }
            if pass.phase == .done { try record(pass.report, transaction) }
            return pass.counts
        }
    }
}

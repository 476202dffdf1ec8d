package import Audit
package import CertificateRecords
internal import Cryptography
package import Groundwork
package import Officers
package import Storage
package import TimeStamping

/// What is past its time, kind by kind, without any archive: fixed when it is planned, so that officers sign moments.
package struct TimedPlan: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package let kind: String
        package let before: Instant
        /// How many there were when it was planned.
        package let count: Int
    }

    package let parts: [Part]

    /// The kinds that have something to go.
    package var due: [Part] { parts.filter { $0.count > 0 } }

    var json: CanonicalJSON { .object(Dictionary(due.map { ($0.kind, .integer($0.before.milliseconds)) }) { $1 }) }

    /// Names the plan.
    package var hash: [UInt8] { DigestAlgorithm.sha256.hash(json.bytes) }
}

/// Lets go of what rooms keep for a time only: on two officers' order, some records at a time, each step audited.
package struct TimedPruning: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let policies: PolicyStore
    let clock: TrustedClock
    private let kinds: [RetainedRecords]

    private static let batch = 200

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, policies: PolicyStore, clock: TrustedClock,
        _ kinds: [RetainedRecords]
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.policies = policies
        self.clock = clock
        self.kinds = kinds
    }

    /// A dry run: every kind, and how much of it would go now.
    /// - Throws: `clock-untrusted`: what has ended, a clock that was set cannot say.
    package func plan() async throws -> TimedPlan {
        let limits = try await limits()
        return try await database.read { [kinds] transaction in
            TimedPlan(
                parts: try kinds.compactMap { kind in
                    guard let before = limits[kind.kind] else { return nil }
                    return TimedPlan.Part(kind: kind.kind, before: before, count: try kind.count(before, transaction))
                })
        }
    }

    /// By kind: what ended before this moment is past its time.
    private func limits() async throws -> [String: Instant] {
        let now = try await clock.time().now
        let kept = try await policies.current().retention.records
        return Dictionary(kept.compactMap { line in line.days.map { (line.kind, now.adding(days: -Int64($0))) } }) {
            $1
        }
    }

    /// What two officers sign.
    package func request(toPrune plan: TimedPlan, justification: String) -> CanonicalRequest {
        CanonicalRequest(
            .pruneRecords, subject: TimedPruning.subject(plan),
            parameters: TimedPruning.parameters(plan), reason: justification, in: surroundings)
    }

    private static func parameters(_ plan: TimedPlan) -> [String: CanonicalJSON] {
        let records = plan.due.map {
            ($0.kind, CanonicalJSON.object(["before": .string($0.before.rfc3339), "count": .integer(Int64($0.count))]))
        }
        return ["records": .object(Dictionary(records) { $1 })]
    }

    private static func subject(_ plan: TimedPlan) -> String { "retention:\(Hex.encode(plan.hash))" }

    /// Stores the order: from here on it is decided, and ``carryOut(observer:)`` finishes it.
    /// - Throws: `nothing-to-prune`, `clock-untrusted`.
    package func begin(_ plan: TimedPlan, by authorisation: Authorisation) async throws {
        guard !plan.due.isEmpty else { throw Refusal(ArchiveRefusal.nothingToPrune) }
        try authorisation.require(
            .pruneRecords, subject: TimedPruning.subject(plan), parameters: TimedPruning.parameters(plan))
        let now = try await clock.time().now
        try await database.write { [audit] transaction in
            try authorisation.spend(in: transaction)
            try transaction.execute(
                "INSERT INTO retention_order (plan, kinds, officer, begun_at) VALUES ($1, $2, $3, $4)", plan.hash,
                plan.json.text, authorisation.actor.stored, now)
            try audit.record(
                AuditEvent(
                    act: LongTermEvidenceAct.pruningOrdered, actor: authorisation.actor,
                    subject: Hex.encode(plan.hash),
                    facts: ["before": plan.json]), in: transaction)
        }
    }

    /// Whether an order waits to be finished.
    package func isUnfinished() async throws -> Bool { try await unfinished() != nil }

    private func unfinished() async throws -> (plan: [UInt8], kinds: [String: Instant])? {
        let row = try await database.read {
            try $0.first("SELECT plan, kinds FROM retention_order WHERE done_at IS NULL ORDER BY begun_at")
        }
        guard let row else { return nil }
        let json = try? CanonicalJSON(parsingCanonical: Array(row.text("kinds").utf8))
        let kinds = json?.object?.compactMapValues { $0.integer.map { Instant(milliseconds: $0) } }
        return (try row.blob("plan"), kinds ?? [:])
    }

    /// Does what was ordered; interrupted, or done by two at once, it is called again. What is not past its time by the
    /// clock and the policy as they are now stays.
    /// - Returns: how many records of each kind went.
    /// - Throws: `clock-untrusted`.
    @discardableResult
    package func carryOut(
        observer: @Sendable (RetentionStep) async throws -> Void = { _ in }
    ) async throws -> [String: Int] {
        var gone: [String: Int] = [:]
        while let order = try await unfinished() {
            try await observer(.ordered)
            let limits = try await limits()
            for kind in kinds {
                guard let ordered = order.kinds[kind.kind], let limit = limits[kind.kind] else { continue }
                let before = min(ordered, limit)
                while true {
                    let count = try await removeSome(kind, before, order.plan)
                    if count == 0 { break }
                    gone[kind.kind, default: 0] += count
                    try await observer(.pruned(count))
                }
            }
            let now = try await clock.time().now
            try await database.write { transaction in
                try transaction.execute(
                    "UPDATE retention_order SET done_at = $2 WHERE plan = $1 AND done_at IS NULL", order.plan, now)
            }
            try await observer(.done)
        }
        return gone
    }

    private func removeSome(_ kind: RetainedRecords, _ before: Instant, _ plan: [UInt8]) async throws -> Int {
        try await database.write { [audit] transaction in
            let count = try kind.remove(before, TimedPruning.batch, transaction)
            guard count > 0 else { return 0 }
            try transaction.execute("UPDATE retention_order SET removed = removed + $2 WHERE plan = $1", plan, count)
            try audit.record(
                AuditEvent(
                    act: LongTermEvidenceAct.pruned, actor: .system, subject: Hex.encode(plan),
                    facts: [
                        "kind": .string(kind.kind), "count": .integer(Int64(count)),
                        "before": .string(before.rfc3339),
                    ]), in: transaction)
            return count
        }
    }
}

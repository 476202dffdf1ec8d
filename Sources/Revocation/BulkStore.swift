internal import Audit
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// The SQL of revocation in bulk.
enum BulkStore {
    /// What was ordered, and how far it is.
    struct Order: Sendable {
        let progress: BulkProgress
        let invalidSince: Instant?
        let bulk: BulkOrder
    }

    private static let columns = """
        id, certificates, selection, reason, invalid_since, words, ordered_by, progress, cursor, revoked, left_out,
        created_at
        """

    static func insert(
        _ job: BulkRevocationIdentifier, _ plan: BulkPlan, _ reason: RevocationReason, _ invalidSince: Instant?,
        at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, invalid_since, progress, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'prepared', $7)
            """, job, plan.digest, plan.serials.count, plan.selection, reason.rawValue, invalidSince, now)
    }

    static func insert(
        _ serials: [[UInt8]], from position: Int, into job: BulkRevocationIdentifier, in transaction: any Transaction
    ) throws(Refusal) {
        for (index, serial) in serials.enumerated() {
            try transaction.execute(
                "INSERT INTO bulk_revocation_item (job, position, serial) VALUES ($1, $2, $3)", job, position + index,
                serial)
        }
    }

    /// Of the list as it is stored.
    static func digest(_ job: BulkRevocationIdentifier, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8]
    {
        var serials: [[UInt8]] = []
        try transaction.scan("SELECT serial FROM bulk_revocation_item WHERE job = $1 ORDER BY position", job) {
            row throws(Refusal) in serials.append(try row.blob(0))
        }
        return BulkPlan.digest(serials)
    }

    static func start(
        _ job: BulkRevocationIdentifier, by actor: AuditActor, justification: String, in transaction: any Transaction
    ) throws(Refusal) {
        let officer: String? = if case .officer(let shown) = actor { shown } else { nil }
        guard
            try transaction.execute(
                """
                UPDATE bulk_revocation SET progress = 'running', ordered_by = $2, words = $3
                WHERE id = $1 AND progress = 'prepared'
                """, job, officer, justification) == 1
        else { throw Refusal(RevocationRefusal.unknownBulk, detail: job.shown) }
    }

    static func order(_ job: BulkRevocationIdentifier, in transaction: any ReadTransaction) throws(Refusal) -> Order {
        guard let row = try transaction.first("SELECT \(columns) FROM bulk_revocation WHERE id = $1", job) else {
            throw Refusal(RevocationRefusal.unknownBulk, detail: job.shown)
        }
        return Order(
            progress: try progress(row), invalidSince: try row.optionalInstant("invalid_since"),
            bulk: BulkOrder(
                job: job, actor: try row.optionalText("ordered_by").map { .officer($0) } ?? .system,
                justification: try row.optionalText("words") ?? ""))
    }

    static func open(in transaction: any ReadTransaction) throws(Refusal) -> [BulkProgress] {
        var jobs: [BulkProgress] = []
        for row in try transaction.query(
            "SELECT \(columns) FROM bulk_revocation WHERE progress <> 'done' ORDER BY created_at")
        { jobs.append(try progress(row)) }
        return jobs
    }

    private static func progress(_ row: Row) throws(Refusal) -> BulkProgress {
        guard let reason = RevocationReason(rawValue: Int(try row.integer("reason"))) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "bulk_revocation.reason")
        }
        return BulkProgress(
            identifier: try row.identifier("id"), phase: try row.choice("progress"),
            selection: try row.text("selection"), reason: reason, certificates: Int(try row.integer("certificates")),
            cursor: Int(try row.integer("cursor")), revoked: Int(try row.integer("revoked")),
            leftOut: Int(try row.integer("left_out")), createdAt: try row.instant("created_at"))
    }

    static func items(
        _ job: BulkRevocationIdentifier, from cursor: Int, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [(position: Int, serial: SerialNumber)] {
        var items: [(position: Int, serial: SerialNumber)] = []
        for row in try transaction.query(
            """
            SELECT position, serial FROM bulk_revocation_item WHERE job = $1 AND position >= $2
            ORDER BY position LIMIT $3
            """, job, cursor, limit)
        { items.append((position: Int(try row.integer("position")), serial: try row.serial("serial"))) }
        return items
    }

    static func note(
        _ outcome: String, at position: Int, of job: BulkRevocationIdentifier, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            "UPDATE bulk_revocation_item SET outcome = $3 WHERE job = $1 AND position = $2", job, position, outcome)
    }

    static func move(
        _ job: BulkRevocationIdentifier, by count: Int, revoked: Int, isDone: Bool, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            UPDATE bulk_revocation SET cursor = cursor + $2, revoked = revoked + $3, left_out = left_out + $4,
                progress = $5, finished_at = $6 WHERE id = $1
            """, job, count, revoked, count - revoked, isDone ? "done" : "running", isDone ? now : nil)
    }

    /// Lists that were prepared and never ordered.
    static func sweep(createdBefore moment: Instant, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "DELETE FROM bulk_revocation WHERE progress = 'prepared' AND created_at < $1", moment)
    }
}

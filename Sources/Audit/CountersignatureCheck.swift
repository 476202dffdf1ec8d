package import Groundwork
package import Storage

/// Counter-signatures against the checkpoints, and against the events by which the log itself remembers them: none can
/// be added or taken away unseen.
struct CountersignatureCheck {
    private(set) var faults: [AuditFault] = []
    /// The counter-signed checkpoint that covers the most, and when it was counter-signed last.
    private(set) var last: (checkpoint: Checkpoint, time: Instant)?

    /// - Parameters:
    ///   - lines: ``Countersignature/line`` each, as stored or exported.
    ///   - recorded: what events say of them: each is an audit administrator's by the log itself, at its leaf.
    ///   - covered: so many events are under a checkpoint; what those after it say is promised by nobody yet.
    init(
        lines: [[UInt8]], recorded: RecordedCountersignatures, trust: AuditTrust, checkpoints: [Checkpoint],
        covered: Int
    ) {
        let byNumber = Dictionary(checkpoints.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var missing = recorded.records
        for line in lines {
            guard let countersignature = Countersignature(line: line), let time = countersignature.time,
                let checkpoint = byNumber[countersignature.number],
                let record = missing.removeValue(forKey: countersignature.requestHash),
                countersignature.holds(for: checkpoint, trust: trust)
            else {
                faults.append(.countersignature(number: Countersignature(line: line)?.number ?? 0))
                continue
            }
            guard record.signers.cover(countersignature.signatures) else {
                faults.append(.countersigner(number: checkpoint.number))
                continue
            }
            guard record.leaf < covered else { continue }
            if last.map({ ($0.checkpoint.size, $0.time) < (checkpoint.size, time) }) ?? true {
                last = (checkpoint, time)
            }
        }
        faults += missing.values.map(\.leaf).sorted().map { .countersignatureMissing(leaf: $0) }
    }
}

/// The counter-signatures' table.
enum CountersignatureStore {
    static func lines(in transaction: any ReadTransaction) throws(Refusal) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for row in try transaction.query("SELECT line FROM audit_countersignature ORDER BY id") {
            lines.append(try row.blob("line"))
        }
        return lines
    }

    /// Rows whose own columns say something else than the signed line.
    static func columnFaults(in transaction: any ReadTransaction) throws(Refusal) -> [AuditFault] {
        var faults: [AuditFault] = []
        for row in try transaction.query("SELECT number, made_at, line FROM audit_countersignature ORDER BY id") {
            let (number, time) = (Int(try row.integer("number")), try row.instant("made_at"))
            let made = Countersignature(line: try row.blob("line"))
            if made?.number != number || made?.time != time { faults.append(.countersignature(number: number)) }
        }
        return faults
    }

    static func newest(
        in transaction: any ReadTransaction
    ) throws(Refusal) -> (number: Int, time: Instant)? {
        let row = try transaction.first(
            "SELECT line FROM audit_countersignature ORDER BY number DESC, id DESC LIMIT 1")
        guard let row else { return nil }
        // What the officer signed, not what a column says of it.
        guard let made = Countersignature(line: try row.blob("line")), let time = made.time else {
            throw Refusal(AuditRefusal.treeDamaged, detail: "a counter-signature cannot be read")
        }
        return (made.number, time)
    }
}

extension AuditLog {
    /// Keeps a counter-signature and records it, in the transaction that spends its order. Whoever calls this has
    /// verified the order; that it is about this log's checkpoint is looked at here.
    package func store(
        _ countersignature: Countersignature, by actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        guard
            let checkpoint = try CheckpointStore.checkpoint(number: countersignature.number, in: transaction)?
                .checkpoint, let time = countersignature.time,
            countersignature.holds(for: checkpoint, trust: AuditTrust(keys: []))
        else { throw Refusal(AuditRefusal.unknownCheckpoint, facts: ["checkpoint": "\(countersignature.number)"]) }
        try transaction.execute(
            "INSERT INTO audit_countersignature (number, made_at, line) VALUES ($1, $2, $3)", countersignature.number,
            time, countersignature.line)
        try record(
            AuditEvent(
                act: AuditLogAct.checkpointCountersigned, actor: actor,
                subject: Countersignature.subject(for: checkpoint),
                facts: [
                    "number": .integer(Int64(checkpoint.number)), "size": .integer(Int64(checkpoint.size)),
                    "root": .string(Hex.encode(checkpoint.root)), "request": .string(countersignature.requestHash),
                ]), in: transaction)
    }

    /// The newest counter-signed checkpoint's number, and when an officer signed.
    package func lastCountersignature(
        in transaction: any ReadTransaction
    ) throws(Refusal) -> (number: Int, time: Instant)? {
        try CountersignatureStore.newest(in: transaction)
    }
}

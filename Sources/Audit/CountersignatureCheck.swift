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
    ///   - recorded: the orders' hashes that events name, with those events' leaves.
    init(lines: [[UInt8]], recorded: [String: Int], trust: AuditTrust, checkpoints: [Checkpoint]) {
        let byNumber = Dictionary(checkpoints.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var missing = recorded
        for line in lines {
            guard let countersignature = Countersignature(line: line), let time = countersignature.time,
                let checkpoint = byNumber[countersignature.number],
                missing.removeValue(forKey: countersignature.requestHash) != nil,
                countersignature.holds(for: checkpoint, trust: trust)
            else {
                faults.append(.countersignature(number: Countersignature(line: line)?.number ?? 0))
                continue
            }
            if last.map({ ($0.checkpoint.size, $0.time) < (checkpoint.size, time) }) ?? true {
                last = (checkpoint, time)
            }
        }
        faults += missing.values.sorted().map { .countersignatureMissing(leaf: $0) }
    }

    /// The order's hash, if the event records a counter-signature.
    static func recordedRequest(_ event: CanonicalJSON) -> String? {
        guard event["act"]?.string == AuditLogAct.checkpointCountersigned.rawValue else { return nil }
        return event["facts"]?["request"]?.string
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

    static func newest(
        in transaction: any ReadTransaction
    ) throws(Refusal) -> (number: Int, time: Instant)? {
        let row = try transaction.first(
            "SELECT number, made_at FROM audit_countersignature ORDER BY number DESC, id DESC LIMIT 1")
        guard let row else { return nil }
        return (Int(try row.integer("number")), try row.instant("made_at"))
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
                .checkpoint, countersignature.holds(for: checkpoint, trust: AuditTrust(keys: []))
        else { throw Refusal(AuditRefusal.unknownCheckpoint, facts: ["checkpoint": "\(countersignature.number)"]) }
        try transaction.execute(
            "INSERT INTO audit_countersignature (number, made_at, line) VALUES ($1, $2, $3)", countersignature.number,
            surroundings.now(), countersignature.line)
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

/// Checkpoints in order: each signed, stamped where it has a stamp, and following from the one before.
struct CheckpointChain {
    private let trust: AuditTrust
    private var before: Checkpoint?
    private var line = 0
    /// How many seconds lie between a checkpoint's time and its stamp's at the most.
    private(set) var widest: Int64 = 0

    init(trust: AuditTrust) { self.trust = trust }

    static func faults(_ lines: [SignedCheckpoint?], trust: AuditTrust) -> [AuditFault] {
        var chain = CheckpointChain(trust: trust)
        return lines.flatMap { chain.faults(of: $0) }
    }

    /// What is wrong with the next one; `nil` stands for a line that cannot be read.
    mutating func faults(of signed: SignedCheckpoint?) -> [AuditFault] {
        defer { line += 1 }
        guard let signed else { return [.checkpointForm(line: line)] }
        var faults: [AuditFault] = []
        let checkpoint = signed.checkpoint
        if !trust.signed(signed) { faults.append(.checkpointSignature(number: checkpoint.number)) }
        if trust.judgesTime {
            let distance = trust.stampDistance(signed)
            widest = max(widest, distance ?? 0)
            if distance.map({ $0 > AuditTrust.stampWithinSeconds }) ?? true {
                faults.append(.checkpointToken(number: checkpoint.number))
            }
        }
        // The times of two checkpoints are not compared: the clock may have been set back. The chain is the order.
        let follows =
            checkpoint.number == line && checkpoint.previous == before?.hash
            && checkpoint.size > before?.size ?? 0 && checkpoint.origin == before?.origin ?? checkpoint.origin
        if !follows { faults.append(.checkpointChain(number: checkpoint.number)) }
        before = checkpoint
        return faults
    }
}

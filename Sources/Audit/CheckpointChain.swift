/// Checkpoints in order: each signed, stamped where it has a stamp, and following from the one before.
enum CheckpointChain {
    static func faults(_ checkpoints: [SignedCheckpoint], trust: AuditTrust) -> [AuditFault] {
        faults(checkpoints.map { Optional($0) }, trust: trust)
    }

    /// `nil` stands for a line that cannot be read.
    static func faults(_ lines: [SignedCheckpoint?], trust: AuditTrust) -> [AuditFault] {
        var faults: [AuditFault] = []
        var before: Checkpoint?
        for (index, line) in lines.enumerated() {
            guard let signed = line else {
                faults.append(.checkpointForm(line: index))
                continue
            }
            let checkpoint = signed.checkpoint
            if !trust.signed(signed) { faults.append(.checkpointSignature(number: checkpoint.number)) }
            if !trust.stampHolds(signed) { faults.append(.checkpointToken(number: checkpoint.number)) }
            // Time is not compared: the clock may have been set back. The chain is the order.
            let follows =
                checkpoint.number == index && checkpoint.previous == before?.hash
                && checkpoint.size > before?.size ?? 0 && checkpoint.origin == before?.origin ?? checkpoint.origin
            if !follows { faults.append(.checkpointChain(number: checkpoint.number)) }
            before = checkpoint
        }
        return faults
    }
}

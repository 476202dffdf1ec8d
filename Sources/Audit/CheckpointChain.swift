internal import Groundwork

/// Checkpoints in order: each signed, stamped where it has a stamp, and following from the one before.
///
/// What a key signed after its end counts only where a checkpoint follows that counts by itself: that one vouches for
/// everything before it. So nothing is lost of a log that a new key carried on, and whoever has the old key carries on
/// none: time stamps of an earlier moment over his own bytes he has not.
struct CheckpointChain {
    private let trust: AuditTrust
    private var before: Checkpoint?
    private var line = 0
    /// How many seconds lie between a checkpoint's time and its stamp's at the most.
    private(set) var widest: Int64 = 0
    /// The first checkpoint of an ended key that none follows which counts.
    private var waiting: Int?

    init(trust: AuditTrust) { self.trust = trust }

    static func faults(_ lines: [SignedCheckpoint?], trust: AuditTrust) -> [AuditFault] {
        var chain = CheckpointChain(trust: trust)
        return lines.flatMap { chain.faults(of: $0) } + chain.endFaults
    }

    /// What is wrong once no more come.
    var endFaults: [AuditFault] { waiting.map { [.checkpointKeyEnded(number: $0)] } ?? [] }

    /// What is wrong with the next one; `nil` stands for a line that cannot be read.
    mutating func faults(of signed: SignedCheckpoint?) -> [AuditFault] {
        defer { line += 1 }
        guard let signed else { return [.checkpointForm(line: line)] }
        var faults: [AuditFault] = []
        let checkpoint = signed.checkpoint
        let stamp = trust.stampTime(of: signed)
        switch trust.signer(of: signed)?.covers(stamp) {
        case nil: faults.append(.checkpointSignature(number: checkpoint.number))
        case true: waiting = nil
        case false: waiting = waiting ?? checkpoint.number
        }
        widest = max(widest, stamp.map { abs($0.seconds - checkpoint.time.seconds) } ?? 0)
        if !trust.stampHolds(stamp, for: checkpoint) { faults.append(.checkpointToken(number: checkpoint.number)) }
        // The times of two checkpoints are not compared: the clock may have been set back. The chain is the order.
        let follows =
            checkpoint.number == line && checkpoint.previous == before?.hash
            && checkpoint.size > before?.size ?? 0 && checkpoint.origin == before?.origin ?? checkpoint.origin
        if !follows { faults.append(.checkpointChain(number: checkpoint.number)) }
        before = checkpoint
        return faults
    }
}

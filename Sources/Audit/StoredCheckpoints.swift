internal import Groundwork
internal import Storage

/// The stored checkpoints one after another, each against the one before: what a check of the whole log needs of them,
/// in the memory of one page.
struct StoredCheckpoints {
    private let held: [Checkpoint]
    /// The numbers that counter-signatures name.
    private let countersignedNumbers: Set<Int>
    private var chain: CheckpointChain
    private var numbers: [Int] = []
    private var last: Int = -1

    /// The next one to be met.
    private(set) var pending: Checkpoint?
    private(set) var count = 0
    private(set) var tokens = 0
    var stampedWithin: Int64 { chain.widest }
    private(set) var newest: Checkpoint?
    private(set) var countersigned: [Checkpoint] = []
    /// The held ones that are stored, byte for byte.
    private(set) var listed: Set<[UInt8]> = []
    private(set) var damaged: [AuditFault] = []
    private(set) var chainFaults: [AuditFault] = []
    /// What is wrong with them once all were met.
    var endFaults: [AuditFault] { chain.endFaults }

    init(trust: AuditTrust, held: [Checkpoint], countersigned: Set<Int>) {
        chain = CheckpointChain(trust: trust)
        self.held = held
        countersignedNumbers = countersigned
    }

    mutating func advance(in transaction: any ReadTransaction) throws(Refusal) {
        pending = nil
        while pending == nil {
            if numbers.isEmpty {
                for row in try transaction.query(
                    "SELECT number FROM audit_checkpoint WHERE number > $1 ORDER BY number LIMIT 500", last)
                { numbers.append(Int(try row.integer("number"))) }
                numbers.reverse()
            }
            guard let number = numbers.popLast() else { return }
            last = number
            do throws(Refusal) {
                if let signed = try CheckpointStore.checkpoint(number: number, in: transaction) { take(signed) }
            } catch {
                guard error.isBecause(AuditRefusal.treeDamaged) else { throw error }
                damaged.append(.checkpointForm(line: number))
            }
        }
    }

    private mutating func take(_ signed: SignedCheckpoint) {
        pending = signed.checkpoint
        newest = signed.checkpoint
        count += 1
        if signed.token != nil { tokens += 1 }
        if chainFaults.count < 1000 { chainFaults += chain.faults(of: signed) }
        if held.contains(where: { $0.body == signed.checkpoint.body }) { listed.insert(signed.checkpoint.body) }
        if countersignedNumbers.contains(signed.checkpoint.number) { countersigned.append(signed.checkpoint) }
    }
}

package import Groundwork

/// What is wrong with an export, each fault as narrow as it can be told.
package enum AuditFault: Hashable, Sendable {
    /// The line is not canonical JSON, or its bytes are not those that the tree was built over.
    case event(leaf: Int)
    /// An event was removed at this leaf; the later ones moved up.
    case missingEvent(leaf: Int)
    /// An event stands here that the tree does not know; the later ones moved down.
    case extraEvent(leaf: Int)
    /// The log ends here, below what a checkpoint covers.
    case truncated(leaf: Int, covered: Int)
    /// The events and their stored hashes agree, yet not with the checkpoint: tree and events were rewritten somewhere in
    /// this range.
    case rewritten(checkpoint: Int, leaves: Range<Int>)
    /// The event is right, and its stored hash is not.
    case leafHash(leaf: Int)
    case checkpointForm(line: Int)
    case checkpointSignature(number: Int)
    case checkpointToken(number: Int)
    /// Number, size, origin, time or hash does not follow from the checkpoint before.
    case checkpointChain(number: Int)
    /// The checkpoint that the verifier held is not the beginning of this log.
    case heldCheckpoint(number: Int)
    case proof(line: Int)

    /// The first leaf that cannot be trusted, if the fault is about events.
    package var leaf: Int? {
        switch self {
        case .event(let leaf), .missingEvent(let leaf), .extraEvent(let leaf), .truncated(let leaf, _): leaf
        case .rewritten(_, let leaves): leaves.lowerBound
        default: nil
        }
    }

    package var text: LocalisedText {
        switch self {
        case .event(let leaf): LocalisedText(zh: "第\(leaf)条事件被改动", en: "event \(leaf) was altered")
        case .missingEvent(let leaf): LocalisedText(zh: "第\(leaf)条事件被删除", en: "event \(leaf) was removed")
        case .extraEvent(let leaf): LocalisedText(zh: "第\(leaf)条处多出事件", en: "an event was inserted at \(leaf)")
        case .truncated(let leaf, let covered):
            LocalisedText(zh: "日志在第\(leaf)条处截断,应有\(covered)条", en: "the log ends at \(leaf) of \(covered) events")
        case .rewritten(let number, let leaves):
            LocalisedText(
                zh: "第\(leaves.lowerBound)至\(leaves.upperBound - 1)条事件与检查点\(number)不符",
                en: "events \(leaves.lowerBound) to \(leaves.upperBound - 1) do not agree with checkpoint \(number)")
        case .leafHash(let leaf):
            LocalisedText(zh: "第\(leaf)条事件存储的哈希值不符", en: "the stored hash of event \(leaf) was altered")
        case .checkpointForm(let line):
            LocalisedText(zh: "检查点第\(line + 1)行无法识别", en: "checkpoint line \(line + 1) is malformed")
        case .checkpointSignature(let number):
            LocalisedText(zh: "检查点\(number)的签名无效", en: "checkpoint \(number) is not signed by the given key")
        case .checkpointToken(let number):
            LocalisedText(zh: "检查点\(number)的时间戳无效", en: "the time stamp of checkpoint \(number) is not valid")
        case .checkpointChain(let number):
            LocalisedText(zh: "检查点\(number)与前一个不衔接", en: "checkpoint \(number) does not follow the one before")
        case .heldCheckpoint(let number):
            LocalisedText(zh: "与已持有的检查点\(number)不符", en: "it contradicts checkpoint \(number) that you hold")
        case .proof(let line): LocalisedText(zh: "证明第\(line + 1)行不成立", en: "proof line \(line + 1) does not hold")
        }
    }
}

/// What a verification found.
package struct AuditVerdict: Hashable, Sendable {
    package let events: Int
    package let checkpoints: Int
    /// So many events are under a signed checkpoint; those after it are promised by nobody yet.
    package let covered: Int
    /// Empty when everything holds.
    package let faults: [AuditFault]

    package init(events: Int, checkpoints: Int, covered: Int, faults: [AuditFault]) {
        self.events = events
        self.checkpoints = checkpoints
        self.covered = covered
        self.faults = faults
    }

    package var holds: Bool { faults.isEmpty }
    /// The first event that cannot be trusted.
    package var firstBadLeaf: Int? { faults.compactMap(\.leaf).min() }

    /// The first fault as a Refusal; `nil` when everything holds.
    package var refusal: Refusal? {
        faults.first.map { fault in
            Refusal(
                AuditRefusal.tampered, detail: faults.prefix(20).map(\.text.en).joined(separator: "; "),
                facts: ["fault": "\(fault.text.zh) / \(fault.text.en)"])
        }
    }
}

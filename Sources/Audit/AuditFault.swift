package import Groundwork

/// What is wrong with a log, each fault as narrow as it can be told.
package enum AuditFault: Hashable, Sendable {
    /// The line is not canonical JSON, or its bytes are not those that the tree was built over.
    case event(leaf: Int)
    /// An event was removed at this leaf; in an export the later ones moved up.
    case missingEvent(leaf: Int)
    /// An event stands here that the tree does not know; in an export the later ones moved down.
    case extraEvent(leaf: Int)
    /// The log ends here, below what a checkpoint covers.
    case truncated(leaf: Int, covered: Int)
    /// The events and their stored hashes agree, yet not with the checkpoint: tree and events were rewritten somewhere
    /// in this range.
    case rewritten(checkpoint: Int, leaves: Range<Int>)
    /// The event is right, and its stored hash is not.
    case leafHash(leaf: Int)
    /// A stored subtree's hash is not that of its two halves, or is missing.
    case node(level: Int, position: Int)
    /// The tree's table has so many nodes more or fewer than its leaves make.
    case nodeCount(difference: Int)
    /// The event's own columns (name, order of arrival) say something else than its line and its place.
    case eventColumns(leaf: Int)
    /// So many events have no place in the tree.
    case unsequenced(count: Int)
    case checkpointForm(line: Int)
    case checkpointSignature(number: Int)
    case checkpointToken(number: Int)
    /// Its key had ended, by all that is shown: no time stamp of that key's time, and no later checkpoint that counts.
    case checkpointKeyEnded(number: Int)
    /// Number, size, origin, time or hash does not follow from the checkpoint before.
    case checkpointChain(number: Int)
    /// The checkpoint that the verifier held is not the beginning of this log.
    case heldCheckpoint(number: Int)
    case countersignature(number: Int)
    /// It was signed by somebody who, by the log's own events, was no audit administrator there, or by a certificate
    /// that was held or revoked.
    case countersigner(number: Int)
    /// The log says that this checkpoint was counter-signed, and the counter-signature is not there.
    case countersignatureMissing(leaf: Int)
    /// A personal datum is listed otherwise than the log says, or went without a record.
    case personal(event: String, name: String)
    case proof(line: Int)

    /// The first leaf that cannot be trusted, if the fault is about events.
    package var leaf: Int? {
        switch self {
        case .event(let leaf), .missingEvent(let leaf), .extraEvent(let leaf), .truncated(let leaf, _),
            .eventColumns(let leaf):
            leaf
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
            LocalisedText(zh: "日志在第\(leaf)条处截断，应有\(covered)条", en: "the log ends at \(leaf) of \(covered) events")
        case .rewritten(let number, let leaves):
            LocalisedText(
                zh: "第\(leaves.lowerBound)至\(leaves.upperBound - 1)条事件与检查点\(number)不符",
                en: "events \(leaves.lowerBound) to \(leaves.upperBound - 1) do not agree with checkpoint \(number)")
        case .leafHash(let leaf):
            LocalisedText(zh: "第\(leaf)条事件存储的哈希值不符", en: "the stored hash of event \(leaf) was altered")
        case .node(let level, let position):
            LocalisedText(zh: "树节点\(level)/\(position)被改动", en: "tree node \(level)/\(position) was altered or removed")
        case .nodeCount(let difference):
            LocalisedText(zh: "树节点数目不符（\(difference)）", en: "the tree's nodes do not match its size (\(difference))")
        case .eventColumns(let leaf):
            LocalisedText(zh: "第\(leaf)条事件的编号或次序被改动", en: "the name or order of event \(leaf) was altered")
        case .unsequenced(let count):
            LocalisedText(zh: "有\(count)条事件不在树中", en: "\(count) event(s) have no place in the tree")
        case .checkpointForm(let line):
            LocalisedText(zh: "检查点第\(line + 1)行无法识别", en: "checkpoint line \(line + 1) is malformed")
        case .checkpointSignature(let number):
            LocalisedText(zh: "检查点\(number)的签名无效", en: "checkpoint \(number) is not signed by the given key")
        case .checkpointToken(let number):
            LocalisedText(zh: "检查点\(number)的时间戳无效", en: "the time stamp of checkpoint \(number) is not valid")
        case .checkpointKeyEnded(let number):
            LocalisedText(
                zh: "检查点\(number)由已停用的密钥签署，且没有停用前的时间戳，其后也没有有效检查点",
                en:
                    "checkpoint \(number) is signed by a key that ended, without a time stamp of that key's time, and no "
                    + "checkpoint that counts follows")
        case .checkpointChain(let number):
            LocalisedText(zh: "检查点\(number)与前一个不衔接", en: "checkpoint \(number) does not follow the one before")
        case .heldCheckpoint(let number):
            LocalisedText(zh: "与已持有的检查点\(number)不符", en: "it contradicts checkpoint \(number) that you hold")
        case .countersignature(let number):
            LocalisedText(zh: "检查点\(number)的会签无效", en: "a counter-signature of checkpoint \(number) does not hold")
        case .countersigner(let number):
            LocalisedText(
                zh: "检查点\(number)的会签人按日志当时不是审计管理员，或其证书已被冻结、吊销",
                en:
                    "who counter-signed checkpoint \(number) was no audit administrator by the log, or by a certificate "
                    + "that was held or revoked")
        case .countersignatureMissing(let leaf):
            LocalisedText(
                zh: "第\(leaf)条事件所记的会签不见了", en: "the counter-signature that event \(leaf) records is not there")
        case .personal(let event, let name):
            LocalisedText(
                zh: "\(event)的个人信息“\(name)”与日志不符",
                en: "the personal datum \(name) of \(event) is not what the log says")
        case .proof(let line): LocalisedText(zh: "证明第\(line + 1)行不成立", en: "proof line \(line + 1) does not hold")
        }
    }
}

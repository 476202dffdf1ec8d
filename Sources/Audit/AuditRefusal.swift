package import Groundwork

/// What this room refuses.
package enum AuditRefusal: String, RefusalReason {
    case malformedEvent = "malformed-event"
    case eventTooLarge = "event-too-large"
    case unknownEvent = "unknown-event"
    case treeDamaged = "tree-damaged"
    case nothingToSign = "nothing-to-sign"
    case checkpointContested = "checkpoint-contested"
    case stampedTooLate = "stamped-too-late"
    case exportFailed = "export-failed"
    case unreadableExport = "unreadable-export"
    case unknownCheckpoint = "unknown-checkpoint"
    case proofRange = "proof-range"
    case malformedKeys = "malformed-keys"
    case malformedProof = "malformed-proof"
    case proofFails = "proof-fails"
    case countersignatureOverdue = "countersignature-overdue"
    case calendar
    case tampered

    package static let room = "audit"

    package var message: LocalisedText {
        switch self {
        case .malformedEvent:
            LocalisedText(zh: "审计事件无法记录，操作未执行。", en: "The audit event cannot be recorded; the act was not done.")
        case .eventTooLarge:
            LocalisedText(zh: "审计事件过大，操作未执行。", en: "The audit event is too large; the act was not done.")
        case .unknownEvent: LocalisedText(zh: "没有这条审计事件。", en: "There is no such audit event.")
        case .treeDamaged: LocalisedText(zh: "审计日志的结构已损坏。", en: "The audit log's tree is damaged.")
        case .nothingToSign: LocalisedText(zh: "审计日志为空。", en: "The audit log is empty.")
        case .checkpointContested:
            LocalisedText(zh: "另一个进程刚刚签署了检查点。", en: "Another process has just signed a checkpoint.")
        case .stampedTooLate:
            LocalisedText(
                zh: "检查点的时间戳晚了{seconds}秒以上，未予保存。",
                en: "The checkpoint's time stamp came more than {seconds} seconds late; the checkpoint was not kept.")
        case .exportFailed: LocalisedText(zh: "审计日志导出失败。", en: "The audit log could not be exported.")
        case .unreadableExport: LocalisedText(zh: "审计导出文件无法读取：{file}。", en: "The export's {file} cannot be read.")
        case .unknownCheckpoint:
            LocalisedText(zh: "没有检查点{checkpoint}。", en: "There is no checkpoint {checkpoint}.")
        case .proofRange:
            LocalisedText(
                zh: "无法证明：参数须在最新检查点的{size}条以内。",
                en: "No such proof: the numbers must lie within the {size} events of the newest checkpoint.")
        case .malformedKeys:
            LocalisedText(
                zh: "审计公钥文件第{line}行有误：只能有公钥的PEM块，其前可有一行“Ended: 时刻”。",
                en:
                    "Line {line} of the audit's keys is not right: PEM blocks of public keys, before each at most a line "
                    + "\"Ended: moment\", and nothing else.")
        case .malformedProof: LocalisedText(zh: "证明文件无法识别。", en: "The proof file is malformed.")
        case .proofFails: LocalisedText(zh: "证明不成立：{fault}。", en: "The proof does not hold: {fault}.")
        case .countersignatureOverdue:
            LocalisedText(
                zh: "自{day}起有{count}个工作日没有会签审计检查点。",
                en: "{count} working day(s) since {day} passed without a counter-signed checkpoint.")
        case .calendar: LocalisedText(zh: "工作日历{file}不正确。", en: "The calendar {file} is not right.")
        case .tampered: LocalisedText(zh: "审计日志已被改动：{fault}。", en: "The audit log was tampered with: {fault}.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedEvent, .eventTooLarge:
            LocalisedText(zh: "请将错误代码告知技术支持。", en: "Give the code to technical support.")
        case .unknownEvent: LocalisedText(zh: "请核对事件编号。", en: "Check the event's identifier.")
        case .treeDamaged, .tampered:
            LocalisedText(
                zh: "请保留现场，与已持有的检查点和备份比对。", en: "Keep everything as it is; compare with checkpoints held elsewhere.")
        case .nothingToSign: LocalisedText(zh: "有事件之后再签署。", en: "Sign one after something has happened.")
        case .checkpointContested, .stampedTooLate: LocalisedText(zh: "请重试。", en: "Try again.")
        case .exportFailed: LocalisedText(zh: "请检查目标目录后重试。", en: "Check the target directory and try again.")
        case .unreadableExport: LocalisedText(zh: "请重新导出。", en: "Export it again.")
        case .unknownCheckpoint: LocalisedText(zh: "请核对检查点。", en: "Check the number or the size.")
        case .proofRange:
            LocalisedText(zh: "请先取得最新检查点。", en: "Ask for the newest checkpoint first.")
        case .malformedKeys:
            LocalisedText(
                zh: "请重新取得公钥文件（公开地址 /api/v1/audit/keys，或导出的 key.pem）。",
                en: "Get the keys again: /api/v1/audit/keys on the public address, or an export's key.pem.")
        case .malformedProof: LocalisedText(zh: "请重新取得证明。", en: "Get the proof again.")
        case .proofFails:
            LocalisedText(zh: "请保留该文件并联系审计管理员。", en: "Keep the file and ask the audit administrator.")
        case .countersignatureOverdue:
            LocalisedText(
                zh: "请审计管理员运行 yzt audit countersign。", en: "The audit administrator runs yzt audit countersign.")
        case .calendar: LocalisedText(zh: "请改正该文件。", en: "Correct that file.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .checkpointContested, .stampedTooLate, .exportFailed: .later
        default: .no
        }
    }
}

package import Groundwork

/// What this room refuses.
package enum AuditRefusal: String, RefusalReason {
    case malformedEvent = "malformed-event"
    case eventTooLarge = "event-too-large"
    case unknownEvent = "unknown-event"
    case treeDamaged = "tree-damaged"
    case nothingToSign = "nothing-to-sign"
    case checkpointContested = "checkpoint-contested"
    case exportFailed = "export-failed"
    case unreadableExport = "unreadable-export"
    case tampered

    package static let room = "audit"

    package var message: LocalisedText {
        switch self {
        case .malformedEvent:
            LocalisedText(zh: "审计事件无法记录,操作未执行。", en: "The audit event cannot be recorded; the act was not done.")
        case .eventTooLarge:
            LocalisedText(zh: "审计事件过大,操作未执行。", en: "The audit event is too large; the act was not done.")
        case .unknownEvent: LocalisedText(zh: "没有这条审计事件。", en: "There is no such audit event.")
        case .treeDamaged: LocalisedText(zh: "审计日志的结构已损坏。", en: "The audit log's tree is damaged.")
        case .nothingToSign: LocalisedText(zh: "审计日志为空。", en: "The audit log is empty.")
        case .checkpointContested:
            LocalisedText(zh: "另一个进程刚刚签署了检查点。", en: "Another process has just signed a checkpoint.")
        case .exportFailed: LocalisedText(zh: "审计日志导出失败。", en: "The audit log could not be exported.")
        case .unreadableExport: LocalisedText(zh: "审计导出文件无法读取:{file}。", en: "The export's {file} cannot be read.")
        case .tampered: LocalisedText(zh: "审计日志已被改动:{fault}。", en: "The audit log was tampered with: {fault}.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedEvent, .eventTooLarge:
            LocalisedText(zh: "请将错误代码告知技术支持。", en: "Give the code to technical support.")
        case .unknownEvent: LocalisedText(zh: "请核对事件编号。", en: "Check the event's identifier.")
        case .treeDamaged, .tampered:
            LocalisedText(
                zh: "请保留现场,与已持有的检查点和备份比对。", en: "Keep everything as it is; compare with checkpoints held elsewhere.")
        case .nothingToSign: LocalisedText(zh: "有事件之后再签署。", en: "Sign one after something has happened.")
        case .checkpointContested: LocalisedText(zh: "请重试。", en: "Try again.")
        case .exportFailed: LocalisedText(zh: "请检查目标目录后重试。", en: "Check the target directory and try again.")
        case .unreadableExport: LocalisedText(zh: "请重新导出。", en: "Export it again.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .checkpointContested, .exportFailed: .later
        default: .no
        }
    }
}

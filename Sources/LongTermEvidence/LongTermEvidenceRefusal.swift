package import Groundwork

/// What answers about the past refuse; archives have a table of their own, ``ArchiveRefusal``.
package enum LongTermEvidenceRefusal: String, RefusalReason {
    case momentToCome = "moment-to-come"
    case momentTooRecent = "moment-too-recent"
    case beforeRecords = "before-records"
    case malformedAnswer = "malformed-answer"
    case answerUnproved = "answer-unproved"
    case serialAmbiguous = "serial-ambiguous"
    case historyDisputed = "history-disputed"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .momentToCome:
            LocalisedText(zh: "不能答复将来的时刻。", en: "That moment is still to come.")
        case .momentTooRecent:
            LocalisedText(
                zh: "该时刻距今不足{seconds}秒，当时的操作可能尚未入库。",
                en: "That moment is less than {seconds} s ago; its acts may still be on their way.")
        case .beforeRecords:
            LocalisedText(
                zh: "状态记录始于{shown}，不能答复更早的时刻。", en: "The records begin at {since}; earlier moments cannot be answered.")
        case .malformedAnswer:
            LocalisedText(zh: "该文件不是证书有效性答复。", en: "This file is not a validity answer.")
        case .answerUnproved:
            LocalisedText(zh: "不能证明：{what}。", en: "It is not proved: {what}.")
        case .serialAmbiguous:
            LocalisedText(
                zh: "序列号{serial}属于不止一家机构的证书。", en: "More than one authority has a certificate with number {serial}.")
        case .historyDisputed:
            LocalisedText(
                zh: "证书{serial}的状态记录与审计日志不符，不出具答复。",
                en: "The records of certificate {serial} and the audit differ; nothing is said of it.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .momentToCome:
            LocalisedText(zh: "请给出过去的时刻。", en: "Ask for a moment in the past.")
        case .momentTooRecent:
            LocalisedText(zh: "请稍后重试；当前状态请查询 OCSP。", en: "Ask again in a moment; for the status now, ask OCSP.")
        case .beforeRecords:
            LocalisedText(zh: "请查阅更早的 CRL 存档。", en: "Look into archived revocation lists.")
        case .malformedAnswer:
            LocalisedText(zh: "请提供完整的答复文件。", en: "Give the answer's file as it was received.")
        case .answerUnproved:
            LocalisedText(zh: "请勿采信；核对信任锚后重试。", en: "Do not rely on it; check the anchor you trust and try again.")
        case .serialAmbiguous:
            LocalisedText(zh: "请提供证书文件。", en: "Ask with the certificate itself.")
        case .historyDisputed:
            LocalisedText(
                zh: "请运维人员运行 yzt reconcile 查明差异，并通知审计管理员。",
                en:
                    "Have the operator run yzt reconcile, which names each difference, and tell the audit administrator."
            )
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .momentTooRecent: .later
        default: .no
        }
    }
}

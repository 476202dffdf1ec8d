package import Groundwork

/// What revocation refuses, of one certificate or of many.
package enum RevocationRefusal: String, RefusalReason {
    case wrongReason = "wrong-reason"
    case invalidityDate = "invalidity-date"
    case malformedSelection = "malformed-selection"
    case nothingSelected = "nothing-selected"
    case selectionChanged = "selection-changed"
    case unknownBulk = "unknown-bulk"
    case bulkBusy = "bulk-busy"
    case overdue = "revocation-overdue"
    case notRevoked = "not-revoked"
    case wrongRevision = "wrong-revision"
    case ownCertificate = "own-certificate"
    case activationTooLate = "activation-too-late"

    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .wrongReason:
            LocalisedText(zh: "原因{reason}不能用于此操作。", en: "Reason {reason} cannot be given for this act.")
        case .invalidityDate:
            LocalisedText(
                zh: "失效时间须在证书生效之后、吊销时间之前。",
                en: "The invalidity date must lie within the certificate's life and not after its revocation.")
        case .notRevoked:
            LocalisedText(zh: "证书{serial}未被吊销。", en: "The certificate {serial} is not revoked.")
        case .wrongRevision:
            LocalisedText(
                zh: "吊销原因不能由{before}改为{after}，失效时间只能提前。",
                en: "The reason {before} cannot become {after}, or the invalidity date would become a later one.")
        case .ownCertificate:
            LocalisedText(
                zh: "此证书（{purpose}）不能这样冻结、吊销。",
                en: "A certificate of this purpose ({purpose}) cannot be suspended or revoked in this way.")
        case .malformedSelection:
            LocalisedText(zh: "清单有误的行：{lines}。", en: "These lines of the list cannot be read or found: {lines}.")
        case .nothingSelected:
            LocalisedText(zh: "没有可吊销的证书。", en: "There is no certificate to revoke.")
        case .selectionChanged:
            LocalisedText(zh: "清单与签署时不一致。", en: "The list is not the one that was signed.")
        case .activationTooLate:
            LocalisedText(zh: "激活期限已过，证书已作废。", en: "The time to activate is over; the certificate is void.")
        case .unknownBulk: LocalisedText(zh: "没有该批量吊销任务。", en: "There is no such bulk revocation.")
        case .overdue:
            LocalisedText(
                zh: "{order}已下令{hours}小时以上，吊销尚未完成。",
                en: "The revocation {order} was ordered more than {hours} hours ago and is not done.")
        case .bulkBusy:
            LocalisedText(zh: "另一进程正在办理该批量吊销。", en: "Another process is at this bulk revocation.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedSelection, .nothingSelected, .unknownBulk:
            LocalisedText(zh: "请核对后重试。", en: "Check it and try again.")
        case .wrongReason, .invalidityDate, .notRevoked, .wrongRevision:
            LocalisedText(zh: "请更正数据或策略后重试。", en: "Correct the data or the policy and try again.")
        case .ownCertificate:
            LocalisedText(
                zh: "签发机构由根的吊销列表吊销，服务密钥按密钥仪式的授权更换，人员证书逐张办理。",
                en: """
                    An authority is revoked by its root's list, a service key is exchanged on an order for a ceremony, \
                    officers' certificates are revoked one by one.
                    """)
        case .bulkBusy:
            LocalisedText(zh: "请重试。", en: "Try again.")
        case .overdue:
            LocalisedText(
                zh: "请用 yzt certificate revoke-resume 继续该任务，并查明原因。",
                en: "Go on with it by yzt certificate revoke-resume, and find out what holds it up.")
        case .activationTooLate: LocalisedText(zh: "请重新办理。", en: "Apply again.")
        case .selectionChanged:
            LocalisedText(zh: "请重新预演，再由管理人员签署。", en: "Do the dry run again and have that list signed.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .bulkBusy:
            .later
        default: .no
        }
    }
}

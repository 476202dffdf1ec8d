package import Groundwork

/// What this room refuses: keys whose origin or public key is not what was claimed, certificates that do not fit.
package enum PersonalisationRefusal: String, RefusalReason {
    case noCard = "no-card"
    case swappedKey = "swapped-key"
    case falseAttestation = "false-attestation"
    case badRequest = "bad-request"
    case otherCertificate = "other-certificate"
    case noCertificates = "no-certificates"
    case holderMissing = "holder-missing"
    case planRunning = "plan-running"
    case orderMissing = "order-missing"
    case holderChanged = "holder-changed"

    package static let room = "personalisation"

    package var message: LocalisedText {
        switch self {
        case .noCard: LocalisedText(zh: "未插入介质。", en: "No security key is inserted.")
        case .swappedKey:
            LocalisedText(zh: "收到的公钥不是介质中的公钥。", en: "The public key that arrived is not the security key's.")
        case .falseAttestation: LocalisedText(zh: "介质的来源证明无效。", en: "The security key's attestation is false.")
        case .badRequest: LocalisedText(zh: "证书请求无效。", en: "The certificate request is not valid.")
        case .otherCertificate:
            LocalisedText(zh: "签发的证书与密钥不符。", en: "The certificate that was issued is for another key.")
        case .noCertificates: LocalisedText(zh: "该介质上没有有效的证书。", en: "This security key has no active certificate.")
        case .holderMissing: LocalisedText(zh: "缺少持有单位信息。", en: "Whose security key this is was not said.")
        case .planRunning: LocalisedText(zh: "该介质正在处理中。", en: "This security key is being worked on.")
        case .orderMissing:
            LocalisedText(zh: "找不到这项办理所依据的授权。", en: "The order that this stands under is not in the store.")
        case .holderChanged:
            LocalisedText(
                zh: "法人库的记录刚刚变更。", en: "The registry's record changed at this very moment.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .noCard: LocalisedText(zh: "请插入介质后重试。", en: "Insert it and try again.")
        case .swappedKey, .falseAttestation, .badRequest, .otherCertificate:
            LocalisedText(zh: "请停止操作并报告安全管理员。", en: "Stop, and tell the security officer.")
        case .noCertificates: LocalisedText(zh: "请先用 yzt key enrol 申领。", en: "Enrol it first with yzt key enrol.")
        case .holderMissing: LocalisedText(zh: "请指明持有单位。", en: "Say whose it is.")
        case .planRunning: LocalisedText(zh: "请稍后重试。", en: "Try again in a moment.")
        case .orderMissing:
            LocalisedText(
                zh: "请运行 yzt doctor，并报告安全管理员。", en: "Run yzt doctor, and tell the security officer.")
        case .holderChanged:
            LocalisedText(zh: "请用 yzt key recover 继续。", en: "Go on with yzt key recover.")
        }
    }

    package var retry: Refusal.Retry {
        self == .noCard || self == .planRunning || self == .holderChanged ? .later : .no
    }
}

package import Groundwork

/// What this room refuses: seals that nobody may have or use, documents that may not be sealed, stamps that do not
/// hold.
package enum ElectronicSealsRefusal: String, RefusalReason {
    case malformedPolicy = "malformed-policy"
    case unknownKind = "unknown-kind"
    case sealUnknown = "seal-unknown"
    case certificateUnknown = "certificate-unknown"
    case wrongPurpose = "wrong-purpose"
    case entityMismatch = "entity-mismatch"
    case entityUnknown = "entity-unknown"
    case notActivated = "not-activated"
    case certificateSuspended = "certificate-suspended"
    case certificateRevoked = "certificate-revoked"
    case certificateReplaced = "certificate-replaced"
    case certificateExpired = "certificate-expired"
    case statusUnavailable = "status-unavailable"
    case sealNotActive = "seal-not-active"
    case transitionNotAllowed = "transition-not-allowed"
    case malformedSeal = "malformed-seal"
    case sealMakerUnfit = "seal-maker-unfit"
    case wrongSignature = "wrong-signature"
    case timeStampFailed = "time-stamp-failed"
    case verificationFailed = "verification-failed"
    case stampUnknown = "stamp-unknown"

    package static let room = "electronic-seals"

    package var message: LocalisedText {
        switch self {
        case .malformedPolicy: LocalisedText(zh: "印章种类配置不正确：{what}。", en: "The seal types are wrong: {what}.")
        case .unknownKind: LocalisedText(zh: "没有“{kind}”这种印章。", en: "There is no kind of seal '{kind}'.")
        case .sealUnknown: LocalisedText(zh: "没有这枚印章。", en: "There is no such seal.")
        case .certificateUnknown: LocalisedText(zh: "没有该证书的记录。", en: "There is no record of this certificate.")
        case .wrongPurpose:
            LocalisedText(
                zh: "印章只能使用签名密钥，不能使用{purpose}密钥。", en: "Only the signature key seals, not the {purpose} key.")
        case .entityMismatch:
            LocalisedText(
                zh: "证书属于{other}，不属于印章的单位{uscc}。",
                en: "The certificate belongs to {other}, not to the seal's entity {uscc}.")
        case .entityUnknown: LocalisedText(zh: "单位{uscc}不在法人库中。", en: "Entity {uscc} is not in the registry.")
        case .notActivated: LocalisedText(zh: "印章的证书尚未激活。", en: "The seal's certificate is not activated yet.")
        case .certificateSuspended:
            LocalisedText(zh: "印章的证书已冻结，印章不能使用。", en: "The seal's certificate is suspended; the seal cannot be used.")
        case .certificateRevoked:
            LocalisedText(zh: "印章的证书已吊销，印章不能使用。", en: "The seal's certificate is revoked; the seal cannot be used.")
        case .certificateReplaced:
            LocalisedText(
                zh: "印章绑定的是旧证书，证书更新、变更或补办后须重新制作印章。",
                en: "The seal is bound to an old certificate; after renewal, change or reissue a new seal is made.")
        case .certificateExpired:
            LocalisedText(zh: "印章或其证书不在有效期内。", en: "The seal or its certificate is outside its validity period.")
        case .statusUnavailable:
            LocalisedText(
                zh: "暂时无法确认证书状态，没有用印。",
                en: "The certificate's status cannot be established now; nothing was sealed.")
        case .sealNotActive:
            LocalisedText(zh: "印章状态为“{status}”，不能使用。", en: "The seal is {status} and cannot be used.")
        case .transitionNotAllowed:
            LocalisedText(zh: "印章状态为“{status}”，不能{act}。", en: "A seal that is {status} cannot be changed so: {act}.")
        case .malformedSeal: LocalisedText(zh: "印章数据无法解析：{what}。", en: "The seal data cannot be read: {what}.")
        case .sealMakerUnfit:
            LocalisedText(zh: "制章者证书不能用于制作印章。", en: "The seal maker's certificate cannot make seals.")
        case .wrongSignature:
            LocalisedText(zh: "签名与印章的证书不符。", en: "The signature does not fit the seal's certificate.")
        case .timeStampFailed: LocalisedText(zh: "未能取得时间戳。", en: "No time stamp could be had.")
        case .verificationFailed:
            LocalisedText(zh: "盖章结果未通过自检：{what}。", en: "The sealed document failed our own check: {what}.")
        case .stampUnknown: LocalisedText(zh: "文件中没有电子签章。", en: "The document has no stamp.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedPolicy: LocalisedText(zh: "请改正配置文件。", en: "Correct the file.")
        case .unknownKind: LocalisedText(zh: "请从印章种类中选择。", en: "Choose one of the kinds that the policy names.")
        case .sealUnknown, .certificateUnknown, .stampUnknown:
            LocalisedText(zh: "请核对后重试。", en: "Check it and try again.")
        case .wrongPurpose: LocalisedText(zh: "请选择签名证书。", en: "Choose the signature certificate.")
        case .entityMismatch: LocalisedText(zh: "请插入该单位的介质。", en: "Insert a key of that entity.")
        case .entityUnknown: LocalisedText(zh: "请核对法人库。", en: "Check the registry.")
        case .notActivated: LocalisedText(zh: "请先完成介质的办理。", en: "Finish the key's enrolment first.")
        case .certificateSuspended: LocalisedText(zh: "请先办理解冻。", en: "Have the key resumed first.")
        case .certificateRevoked, .certificateReplaced:
            LocalisedText(zh: "请用现有证书重新制作印章。", en: "Have a new seal made for the present certificate.")
        case .certificateExpired:
            LocalisedText(zh: "请办理证书更新并重新制作印章。", en: "Have the certificate renewed and a new seal made.")
        case .statusUnavailable, .timeStampFailed: LocalisedText(zh: "请稍后重试。", en: "Try again in a moment.")
        case .sealNotActive, .transitionNotAllowed:
            LocalisedText(zh: "请查看印章的状态记录。", en: "Look at the seal's record.")
        case .malformedSeal: LocalisedText(zh: "请核对印章数据的来源。", en: "Check where the seal data came from.")
        case .sealMakerUnfit: LocalisedText(zh: "请联系运维人员。", en: "Call the operator.")
        case .wrongSignature:
            LocalisedText(zh: "请确认插入的是印章所属介质后重试。", en: "Make sure that the seal's own key is inserted and try again.")
        case .verificationFailed:
            LocalisedText(zh: "文件没有交出；请联系运维人员。", en: "The document was not handed out; call the operator.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .statusUnavailable, .timeStampFailed: .later
        default: .no
        }
    }
}

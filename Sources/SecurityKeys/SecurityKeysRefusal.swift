package import Groundwork

/// What this room refuses: keys that it does not know, plans that cannot go on, secrets that do not open.
package enum SecurityKeysRefusal: String, RefusalReason {
    case badCardModel = "bad-card-model"
    case unknownModel = "unknown-model"
    case unknownKey = "unknown-key"
    case wrongStatus = "wrong-status"
    case noSlot = "no-place"
    case openPlan = "open-plan"
    case noOpenPlan = "no-open-plan"
    case malformedJournal = "malformed-journal"
    case secretMissing = "secret-missing"
    case secretUnreadable = "secret-unreadable"
    case badKeyFile = "bad-key-file"
    case stranger = "stranger"
    case nameTaken = "name-taken"
    case notProved = "not-proved"
    case tooFewTries = "too-few-tries"
    case unlockSecretUnknown = "unlock-secret-unknown"
    case unexpectedAnswer = "unexpected-answer"
    case otherKey = "other-key"
    case cannotRollBack = "cannot-roll-back"
    case certificateTooLarge = "certificate-too-large"
    case badStockLabel = "bad-stock-label"
    case vaultBehind = "escrow-behind"
    case vaultBusy = "escrow-busy"
    case keyFileUnwritable = "key-file-unwritable"
    case rewrapUnfinished = "rewrap-unfinished"
    case otherHolder = "other-holder"
    case officersKey = "officers-key"
    case certificateSuspended = "certificate-suspended"
    case certificateRevoked = "certificate-revoked"
    case certificateExpired = "certificate-expired"
    case familyUnsupported = "family-unsupported"
    case pinBlocked = "pin-blocked"
    case unlockBlocked = "unlock-blocked"
    case orderUnrecorded = "order-unrecorded"
    case orderRecorded = "order-recorded"

    package static let room = "security-keys"

    package var message: LocalisedText {
        switch self {
        case .badCardModel:
            LocalisedText(zh: "介质型号{model}的数据有误：{what}。", en: "The data of card model {model} are wrong: {what}.")
        case .unknownModel: LocalisedText(zh: "不支持该型号的介质。", en: "This model of security key is not supported.")
        case .unknownKey: LocalisedText(zh: "未登记该介质。", en: "This security key is not registered.")
        case .wrongStatus:
            LocalisedText(
                zh: "介质状态为“{status}”，不能{transition}。", en: "The security key is {statusEn}: it cannot {transitionEn}.")
        case .noSlot:
            LocalisedText(zh: "该型号介质没有存放{purpose}密钥的位置。", en: "This model has no place for the {purpose} key.")
        case .openPlan:
            LocalisedText(zh: "该介质上有未完成的操作，须先完成。", en: "Something unfinished on this security key comes first.")
        case .noOpenPlan: LocalisedText(zh: "该介质上没有未完成的操作。", en: "Nothing is unfinished on this security key.")
        case .malformedJournal: LocalisedText(zh: "操作记录无法读取。", en: "The plan's journal cannot be read.")
        case .secretMissing: LocalisedText(zh: "托管库中没有该介质的密码。", en: "The vault holds no such secret for this key.")
        case .secretUnreadable: LocalisedText(zh: "托管的密码无法解开。", en: "An escrowed secret does not open.")
        case .badKeyFile: LocalisedText(zh: "主密钥文件无法打开。", en: "The master key file does not open.")
        case .stranger: LocalisedText(zh: "这不是本机构的介质，也不是空白介质。", en: "This is neither one of our keys nor a blank one.")
        case .nameTaken: LocalisedText(zh: "另有一支介质使用相同编号。", en: "Another security key has this name.")
        case .notProved: LocalisedText(zh: "介质未能证明自己的身份。", en: "The security key did not prove what it claims to be.")
        case .tooFewTries:
            LocalisedText(
                zh: "剩余尝试次数不足，已停止以免锁死介质。", en: "Too few tries are left; stopped so that the key is not locked for good."
            )
        case .unlockSecretUnknown:
            LocalisedText(zh: "介质的解锁密码与托管不符。", en: "The key's unlock secret is not the escrowed one.")
        case .unexpectedAnswer:
            LocalisedText(zh: "介质的应答不符合当前步骤。", en: "The security key's answer does not fit the step.")
        case .otherKey:
            LocalisedText(
                zh: "证书请求中的公钥不是介质生成的公钥。", en: "The request's public key is not the one that the security key made.")
        case .cannotRollBack:
            LocalisedText(zh: "原密钥已失效，只能继续完成。", en: "The old key has ended; the plan can only go forward.")
        case .certificateTooLarge:
            LocalisedText(zh: "证书超过该介质的容量。", en: "The certificate is larger than this security key can hold.")
        case .vaultBehind:
            LocalisedText(
                zh: "托管密钥刚刚更换，本进程尚未读入。", en: "The escrow's keys have just changed; this process has not read them yet.")
        case .vaultBusy:
            LocalisedText(zh: "另一进程正在更换托管密钥。", en: "Another process is changing the escrow's keys.")
        case .keyFileUnwritable:
            LocalisedText(
                zh: "主密钥文件无法写入，原文件未变。", en: "The master key file cannot be written; the one before is as it was.")
        case .rewrapUnfinished:
            LocalisedText(zh: "上一次托管换钥尚未完成。", en: "The escrow is still moving to the key before.")
        case .otherHolder:
            LocalisedText(
                zh: "该介质的持有单位是{holder}，不是{entity}。", en: "This security key is held by {holder}, not by {entity}.")
        case .officersKey:
            LocalisedText(zh: "这是本机构人员的介质。", en: "This is the security key of one of the authority's officers.")
        case .certificateSuspended:
            LocalisedText(zh: "介质上的证书{serial}已冻结。", en: "Certificate {serial} on this security key is suspended.")
        case .certificateRevoked:
            LocalisedText(
                zh: "介质上已没有有效的{purpose}证书：{serial}已吊销。",
                en: "The {purposeEn} certificate on this security key, {serial}, is revoked.")
        case .certificateExpired:
            LocalisedText(
                zh: "介质上的{purpose}证书{serial}已过期。",
                en: "The {purposeEn} certificate on this security key, {serial}, has expired.")
        case .familyUnsupported:
            LocalisedText(zh: "该介质不能生成{family}密钥。", en: "This security key cannot make {family} keys.")
        case .pinBlocked:
            LocalisedText(
                zh: "该介质的 PIN 已锁定，办理中需要用到它。", en: "The PIN of this security key is blocked, and is needed here.")
        case .unlockBlocked:
            LocalisedText(
                zh: "该介质的解锁密码已锁定，无法再设置 PIN。",
                en: "The unlock secret of this security key is blocked: no PIN can be set on it any more.")
        case .orderUnrecorded:
            LocalisedText(
                zh: "这项办理由旧版程序开始，没有留下所依据的授权，不能据此签发证书。",
                en:
                    "An earlier version of this program began this without noting the order; no certificate is issued on it."
            )
        case .orderRecorded:
            LocalisedText(
                zh: "这项办理所依据的授权已有记录，无需重新授权。",
                en: "The order of what is unfinished on this key is on record; it needs no other.")
        case .badStockLabel:
            LocalisedText(
                zh: "批次或网点“{label}”不合要求。", en: "The batch or service point \"{label}\" cannot be used.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .badCardModel:
            LocalisedText(zh: "请改正 Policies/card-models.yaml。", en: "Correct Policies/card-models.yaml.")
        case .unknownModel, .noSlot, .certificateTooLarge: LocalisedText(zh: "请更换介质。", en: "Use another model.")
        case .unknownKey: LocalisedText(zh: "请先办理入库。", en: "Take it into stock first.")
        case .wrongStatus:
            LocalisedText(
                zh: "请用 yzt key status 核对介质状态。", en: "See yzt key status for the status of the security key.")
        case .openPlan:
            LocalisedText(
                zh: "请插入介质，用 yzt key recover 完成，或用 yzt key abandon 放弃。",
                en: "Insert it and finish with yzt key recover, or give it up with yzt key abandon.")
        case .otherHolder:
            LocalisedText(
                zh: "请核对代码；要把介质改发给另一单位，请由两名人员用 yzt key reissue 办理。",
                en: "Check the code; to give the key to another entity, two officers use yzt key reissue.")
        case .officersKey:
            LocalisedText(zh: "人员的介质请用 yzt officer 办理。", en: "Officers' keys are the matter of yzt officer.")
        case .certificateSuspended:
            LocalisedText(
                zh: "请先用 yzt certificate resume 解冻，或用 yzt key reissue 补办。",
                en: "Resume it first with yzt certificate resume, or reissue with yzt key reissue.")
        case .certificateRevoked, .certificateExpired:
            LocalisedText(
                zh: "请由两名人员用 yzt key reissue 补办，可发到同一介质。",
                en: "Two officers reissue it with yzt key reissue, onto this same key if you like.")
        case .familyUnsupported:
            LocalisedText(zh: "请换一支介质；介质上没有任何改动。", en: "Use another security key; nothing on this one was changed.")
        case .pinBlocked:
            LocalisedText(
                zh: "请用 yzt key unlock 解锁；未完成的办理随后继续。",
                en: "Unlock it with yzt key unlock; what was begun goes on afterwards.")
        case .unlockBlocked:
            LocalisedText(
                zh: "请用 yzt key reissue 补办到另一支介质，或用 yzt key retire 注销。",
                en: "Reissue on another key with yzt key reissue, or retire it with yzt key retire.")
        case .orderUnrecorded:
            LocalisedText(
                zh: "请由人员用 yzt key recover --order-anew 重新授权，或用 yzt key abandon 放弃后重新办理。",
                en:
                    "Have it ordered once more with yzt key recover --order-anew, or give it up with yzt key abandon and begin again."
            )
        case .orderRecorded:
            LocalisedText(zh: "请用 yzt key recover 继续。", en: "Go on with yzt key recover.")
        case .noOpenPlan: LocalisedText(zh: "无需处理。", en: "Nothing needs to be done.")
        case .unlockSecretUnknown:
            LocalisedText(
                zh: "请联系密钥管理员；介质不能再用时，用 yzt key reissue 补办或用 yzt key retire 注销。",
                en:
                    "Call the security officer; if the key is of no use any more, reissue it with yzt key reissue or retire it with yzt key retire."
            )
        case .malformedJournal, .secretMissing, .secretUnreadable:
            LocalisedText(zh: "请联系密钥管理员。", en: "Call the security officer.")
        case .badKeyFile: LocalisedText(zh: "请检查主密钥文件和口令。", en: "Check the master key file and its passphrase.")
        case .stranger: LocalisedText(zh: "请插入本机构的介质。", en: "Insert one of this authority's security keys.")
        case .nameTaken, .notProved, .otherKey, .unexpectedAnswer:
            LocalisedText(zh: "请勿继续使用该介质，并报告安全管理员。", en: "Stop using this key and tell the security officer.")
        case .tooFewTries:
            LocalisedText(
                zh: "请由人员核实后用 yzt key recover --last-tries 继续。",
                en: "An officer looks, and lets it go on with yzt key recover --last-tries.")
        case .vaultBehind, .vaultBusy: LocalisedText(zh: "请稍后重试。", en: "Try again in a moment.")
        case .keyFileUnwritable: LocalisedText(zh: "请腾出磁盘空间后重试。", en: "Make room on the disk, then try again.")
        case .rewrapUnfinished:
            LocalisedText(zh: "请再次执行 yzt escrow rewrap 将其完成。", en: "Finish it with yzt escrow rewrap.")
        case .badStockLabel:
            LocalisedText(
                zh: "请使用1至32位字母、数字、点、连字符或下划线。",
                en: "Use 1 to 32 letters, digits, dots, hyphens and underscores.")
        case .cannotRollBack:
            LocalisedText(
                zh: "请插入介质用 yzt key recover 完成，或用 yzt key abandon 放弃。",
                en: "Insert the security key and finish with yzt key recover, or give it up with yzt key abandon.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .vaultBehind, .vaultBusy, .keyFileUnwritable: .later
        default: .no
        }
    }
}

package import Groundwork

/// What this room refuses: orders that nobody entitled gave, or gave twice, or too late.
package enum OfficersRefusal: String, RefusalReason {
    case malformedRequest = "malformed-request"
    case notYetValid = "not-yet-valid"
    case expired
    case validForTooLong = "valid-for-too-long"
    case signatureCount = "signature-count"
    case unknownCertificate = "unknown-certificate"
    case badSignature = "bad-signature"
    case sameOfficerTwice = "same-officer-twice"
    case officerSuspended = "officer-suspended"
    case certificateNotGood = "certificate-not-good"
    case certificateStatusUnknown = "certificate-status-unknown"
    case certificateKey = "certificate-key"
    case wrongRole = "wrong-role"
    case alreadyUsed = "already-used"
    case wrongAct = "wrong-act"
    case wrongSubject = "wrong-subject"
    case wrongParameters = "wrong-parameters"
    case bootstrapVoid = "bootstrap-void"
    case bootstrapMalformed = "bootstrap-malformed"
    case bootstrapForeign = "bootstrap-foreign"
    case bootstrapReplayed = "bootstrap-replayed"
    case bootstrapOlder = "bootstrap-older"
    case bootstrapExpired = "bootstrap-expired"
    case somebodyIsLeft = "somebody-is-left"
    case firstOfficers = "first-officers"
    case incompatibleRoles = "incompatible-roles"
    case noRoles = "no-roles"
    case nameForm = "name-form"
    case certificateTaken = "certificate-taken"
    case unknownOfficer = "unknown-officer"
    case retired
    case lastAdministrator = "last-administrator"
    case policy
    case stored

    package static let room = "officers"

    package var message: LocalisedText {
        switch self {
        case .malformedRequest:
            LocalisedText(zh: "授权请求的格式不正确。", en: "The request for authorisation is malformed.")
        case .notYetValid:
            LocalisedText(zh: "授权请求的签发时间晚于当前时间。", en: "The request was issued in the future.")
        case .expired: LocalisedText(zh: "授权请求已过期。", en: "The request has expired.")
        case .validForTooLong:
            LocalisedText(zh: "授权请求的有效期超过{seconds}秒。", en: "The request is valid for more than {seconds} seconds.")
        case .signatureCount:
            LocalisedText(
                zh: "“{actZh}”需要{needed}名人员签名，现有{given}个。",
                en: "To {actEn} takes the signatures of {needed} officer(s); there are {given}.")
        case .unknownCertificate:
            LocalisedText(
                zh: "第{signature}个签名所用的证书不属于任何在册人员。",
                en: "Signature {signature} was made with a certificate that belongs to no officer.")
        case .badSignature:
            LocalisedText(
                zh: "第{signature}个签名验证不通过：内容被改动或不是该人员所签。",
                en: "Signature {signature} does not verify: the request was altered or another key signed it.")
        case .sameOfficerTwice:
            LocalisedText(
                zh: "两个签名来自同一人，经办与审核必须是不同的人。",
                en: "Both signatures are one person's; who requests may not approve.")
        case .officerSuspended: LocalisedText(zh: "{officer}已停用。", en: "{officer} is suspended.")
        case .certificateNotGood:
            LocalisedText(zh: "{officer}的证书当前无效。", en: "The certificate of {officer} is not valid now.")
        case .certificateStatusUnknown:
            LocalisedText(
                zh: "暂时无法确认{officer}的证书状态，未作授权。",
                en: "Whether the certificate of {officer} is valid could not be found out; nothing was authorised.")
        case .certificateKey:
            LocalisedText(zh: "该证书的密钥不能用于授权。", en: "This certificate's key cannot sign authorisations.")
        case .wrongRole:
            LocalisedText(
                zh: "{officer}的角色不能{partZh}“{actZh}”。", en: "{officer} has no role that may {partEn}: {actEn}.")
        case .alreadyUsed: LocalisedText(zh: "这份授权已经使用过。", en: "This authorisation has been used.")
        case .wrongAct:
            LocalisedText(
                zh: "这份授权是“{actZh}”，不能用于“{wantedZh}”。", en: "This authorisation is to {actEn}, not to {wantedEn}.")
        case .wrongSubject:
            LocalisedText(zh: "这份授权针对的是另一个对象。", en: "This authorisation is for another subject.")
        case .wrongParameters:
            LocalisedText(
                zh: "这份授权的内容与要做的事不一致。", en: "This authorisation says something other than what is to be done.")
        case .bootstrapVoid:
            LocalisedText(zh: "初始授权已作废。", en: "The bootstrap authorisation is void.")
        case .bootstrapMalformed:
            LocalisedText(zh: "重新开启初始授权的声明格式不正确。", en: "The statement that reopens the bootstrap is malformed.")
        case .bootstrapForeign:
            LocalisedText(
                zh: "重新开启初始授权的声明不是本机构的根所签。",
                en: "The statement that reopens the bootstrap is not signed by this authority's root.")
        case .bootstrapReplayed:
            LocalisedText(
                zh: "这份重新开启初始授权的声明已经使用过。", en: "This statement that reopens the bootstrap has been used.")
        case .bootstrapOlder:
            LocalisedText(
                zh: "这份声明早于已接受的第 {number} 号声明。",
                en: "This statement is older than number {number}, which was taken in before.")
        case .bootstrapExpired:
            LocalisedText(
                zh: "这份声明仅在 {from} 至 {until} 之间可用。", en: "This statement is good from {from} to {until} only.")
        case .somebodyIsLeft:
            LocalisedText(
                zh: "在册人员仍可授权注册他人，不能重新开启初始授权。",
                en: "Officers on record can still enrol others; the bootstrap stays closed.")
        case .firstOfficers:
            LocalisedText(
                zh: "初始化须同时注册两名人员，其中一人为超级管理员、另一人为审计管理员。",
                en: "The first two officers are enrolled together: a super administrator and an audit administrator.")
        case .incompatibleRoles:
            LocalisedText(
                zh: "同一人不能兼任{rolesZh}。", en: "One person may not hold these roles together: {rolesEn}.")
        case .noRoles: LocalisedText(zh: "人员至少要有一个角色。", en: "An officer has at least one role.")
        case .nameForm:
            LocalisedText(zh: "人员姓名为空、过长或含有控制字符。", en: "The officer's name is empty, too long or unprintable.")
        case .certificateTaken:
            LocalisedText(zh: "该证书或其密钥已属于另一名人员。", en: "This certificate or its key belongs to another officer.")
        case .unknownOfficer: LocalisedText(zh: "没有这名人员。", en: "There is no such officer.")
        case .retired: LocalisedText(zh: "{officer}已离任。", en: "{officer} has retired.")
        case .lastAdministrator:
            LocalisedText(
                zh: "这样会使“{actZh}”无人能够授权，操作已停止。", en: "Nobody would be left who can authorise: {actEn}.")
        case .policy: LocalisedText(zh: "{file}的内容不正确。", en: "{file} is not right.")
        case .stored: LocalisedText(zh: "存储的人员数据不一致。", en: "Stored data on officers contradict themselves.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedRequest, .wrongAct, .wrongSubject, .wrongParameters, .alreadyUsed, .expired:
            LocalisedText(zh: "请重新提出请求并签名。", en: "Make a new request and sign it.")
        case .notYetValid: LocalisedText(zh: "请校准时钟后重新提出请求。", en: "Set the clock and make a new request.")
        case .validForTooLong: LocalisedText(zh: "请缩短有效期后重新签名。", en: "Shorten its validity and sign again.")
        case .signatureCount, .sameOfficerTwice:
            LocalisedText(zh: "请另一名有权人员签名。", en: "Ask another entitled officer to sign.")
        case .unknownCertificate, .certificateKey:
            LocalisedText(zh: "请使用已注册的人员证书。", en: "Use the certificate that was enrolled.")
        case .badSignature: LocalisedText(zh: "请核对请求内容后重新签名。", en: "Compare the request's content and sign again.")
        case .officerSuspended, .certificateNotGood:
            LocalisedText(
                zh: "请由其他有权人员签名；或先用 yzt officer resume 恢复该人员，用 yzt officer exchange 更换证书。",
                en:
                    "Ask another officer; or see yzt officer resume, and yzt officer exchange for the certificate."
            )
        case .certificateStatusUnknown: LocalisedText(zh: "请稍后重试。", en: "Try again later.")
        case .wrongRole:
            LocalisedText(
                zh: "请由有权角色的人员签名；yzt officer list 列出人员与角色。",
                en: "Ask an officer whose role may; yzt officer list shows who has which.")
        case .bootstrapVoid:
            LocalisedText(
                zh: "请由两名在册人员用 yzt officer enrol 授权注册；已无人可授权时，由保管人用 yzt ceremony reopen 重新开启。",
                en:
                    "Have two of the present officers order it with yzt officer enrol; where nobody is left, the custodians open it again with yzt ceremony reopen."
            )
        case .bootstrapMalformed, .bootstrapForeign:
            LocalisedText(
                zh: "请从仪式的原始介质重新取得，再用 yzt ceremony install 接受。",
                en: "Take it again from the ceremony's own medium, then yzt ceremony install.")
        case .bootstrapReplayed, .bootstrapOlder, .bootstrapExpired:
            LocalisedText(
                zh: "请由保管人用 yzt ceremony reopen 另签一份（评估环境用 yzt ceremony reopen-here）。",
                en:
                    "Have the custodians sign another with yzt ceremony reopen (in an evaluation: yzt ceremony reopen-here)."
            )
        case .somebodyIsLeft:
            LocalisedText(
                zh: "请由在册人员用 yzt officer enrol 注册；其介质已遗失或锁死时，用 yzt ceremony reopen --regardless 另签并写明原因。",
                en:
                    "Have them enrol others with yzt officer enrol; if their keys are lost or blocked, sign another with yzt ceremony reopen --regardless, which says so."
            )
        case .firstOfficers, .incompatibleRoles, .noRoles, .nameForm, .certificateTaken:
            LocalisedText(zh: "请更正后重试。", en: "Correct it and try again.")
        case .unknownOfficer:
            LocalisedText(zh: "请用 yzt officer list 查看在册人员。", en: "See who there is with yzt officer list.")
        case .lastAdministrator, .retired:
            LocalisedText(
                zh: "请先用 yzt officer enrol 注册接替的人员。", en: "Enrol a successor first, with yzt officer enrol.")
        case .policy: LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
        case .stored: LocalisedText(zh: "请联系运维人员，并运行 yzt doctor。", en: "Call the operator, who runs yzt doctor.")
        }
    }

    package var retry: Refusal.Retry { self == .certificateStatusUnknown ? .later : .no }
}

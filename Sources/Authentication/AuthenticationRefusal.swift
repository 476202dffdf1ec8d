package import Groundwork

/// What this room refuses: each way in which a login can be wrong has its own name, for the holder must be told what to
/// do and the department's developer what to mend.
package enum AuthenticationRefusal: String, RefusalReason {
    case malformedRequest = "malformed-request"
    case tooLarge = "too-large"
    case malformedOrigin = "malformed-origin"
    case malformedClient = "malformed-client"
    case unknownClient = "unknown-client"
    case originNotRegistered = "origin-not-registered"
    case challengeUnknown = "challenge-unknown"
    case challengeExpired = "challenge-expired"
    case challengeSpent = "challenge-spent"
    case otherSession = "other-session"
    case otherClient = "other-client"
    case otherOrigin = "other-origin"
    case alteredStatement = "altered-statement"
    case malformedCertificate = "malformed-certificate"
    case foreignCertificate = "foreign-certificate"
    case certificateExpired = "certificate-expired"
    case wrongPurpose = "wrong-purpose"
    case notActivated = "not-activated"
    case certificateSuspended = "certificate-suspended"
    case certificateRevoked = "certificate-revoked"
    case statusUnavailable = "status-unavailable"
    case wrongSignature = "wrong-signature"
    case entityUnknown = "entity-unknown"
    case malformedEvidence = "malformed-evidence"
    case evidenceUnknown = "evidence-unknown"
    case lifetimeOutOfRange = "lifetime-out-of-range"

    package static let room = "authentication"

    package var message: LocalisedText {
        switch self {
        case .malformedRequest:
            LocalisedText(zh: "登录请求的{what}格式不正确。", en: "The login request's {what} is malformed.")
        case .tooLarge:
            LocalisedText(zh: "登录请求的{what}超过允许的大小。", en: "The login request's {what} is larger than allowed.")
        case .malformedOrigin:
            LocalisedText(zh: "来源“{origin}”不是规范的网址来源。", en: "'{origin}' is not an exact web origin.")
        case .malformedClient:
            LocalisedText(zh: "应用编号“{client}”不符合规则。", en: "'{client}' is not a client id.")
        case .unknownClient:
            LocalisedText(zh: "应用“{client}”没有登记。", en: "No application '{client}' is registered.")
        case .originNotRegistered:
            LocalisedText(
                zh: "来源{origin}没有为应用“{client}”登记。", en: "{origin} is not registered for application '{client}'.")
        case .challengeUnknown: LocalisedText(zh: "没有这次登录。", en: "There is no such login.")
        case .challengeExpired: LocalisedText(zh: "本次登录已超时。", en: "This login has timed out.")
        case .challengeSpent: LocalisedText(zh: "本次登录已经使用过。", en: "This login was already used.")
        case .otherSession:
            LocalisedText(zh: "本次登录不是由这个浏览器开始的。", en: "This login was begun by another browser session.")
        case .otherClient:
            LocalisedText(zh: "本次登录是为另一个应用开始的。", en: "This login was begun for another application.")
        case .otherOrigin:
            LocalisedText(zh: "本次登录是为另一个网站开始的。", en: "This login was begun for another origin.")
        case .alteredStatement:
            LocalisedText(zh: "登录声明与签发的不一致。", en: "The login statement is not the one that was issued.")
        case .malformedCertificate: LocalisedText(zh: "证书无法解析。", en: "The certificate cannot be read.")
        case .foreignCertificate:
            LocalisedText(zh: "该证书不是一证通签发的。", en: "This certificate was not issued by this authority.")
        case .certificateExpired:
            LocalisedText(zh: "证书不在有效期内。", en: "The certificate is outside its validity period.")
        case .wrongPurpose:
            LocalisedText(
                zh: "登录只能使用认证密钥，不能使用{purpose}密钥。", en: "Only the authentication key logs in, not the {purpose} key.")
        case .notActivated: LocalisedText(zh: "证书尚未激活。", en: "The certificate is not activated yet.")
        case .certificateSuspended: LocalisedText(zh: "证书已冻结。", en: "The certificate is suspended.")
        case .certificateRevoked: LocalisedText(zh: "证书已吊销。", en: "The certificate is revoked.")
        case .statusUnavailable:
            LocalisedText(
                zh: "暂时无法确认证书状态，登录没有进行。",
                en: "The certificate's status cannot be established now; the login was not done.")
        case .wrongSignature: LocalisedText(zh: "签名验证不通过。", en: "The signature does not verify.")
        case .entityUnknown:
            LocalisedText(
                zh: "证书所属单位{uscc}不在法人库中。", en: "The certificate's entity {uscc} is not in the registry.")
        case .malformedEvidence:
            LocalisedText(zh: "登录凭据的{what}无法解析。", en: "The login evidence's {what} cannot be read.")
        case .evidenceUnknown: LocalisedText(zh: "没有这份登录凭据。", en: "There is no such login evidence.")
        case .lifetimeOutOfRange:
            LocalisedText(
                zh: "登录时限应为{least}到{most}秒。", en: "A login lives {least} to {most} seconds.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedRequest, .tooLarge, .malformedCertificate:
            LocalisedText(
                zh: "请应用开发方对照接口文档检查。",
                en: "The application's developer checks it against the interface's documentation.")
        case .malformedOrigin:
            LocalisedText(
                zh: "请写成 https://主机名 或 https://主机名:端口，不带路径。",
                en: "Write https://host or https://host:port, without a path.")
        case .malformedClient:
            LocalisedText(
                zh: "请使用3到40个小写字母、数字和连字符。", en: "Use 3 to 40 lower-case letters, digits and hyphens.")
        case .unknownClient, .originNotRegistered:
            LocalisedText(
                zh: "请委办局管理员登记该应用及其来源。", en: "The department's administrator registers the application and its origin.")
        case .challengeUnknown, .challengeExpired, .challengeSpent, .otherSession, .otherClient, .otherOrigin,
            .alteredStatement:
            LocalisedText(zh: "请重新登录。", en: "Start the login again.")
        case .foreignCertificate: LocalisedText(zh: "请插入一证通介质。", en: "Insert this authority's key.")
        case .certificateExpired: LocalisedText(zh: "请先办理证书更新。", en: "Have the certificates renewed first.")
        case .wrongPurpose:
            LocalisedText(zh: "请更新客户端后重新登录。", en: "Update the key agent and start the login again.")
        case .notActivated: LocalisedText(zh: "请先完成介质的办理。", en: "Finish the key's enrolment first.")
        case .certificateSuspended: LocalisedText(zh: "请办理解冻。", en: "Have the key resumed.")
        case .certificateRevoked: LocalisedText(zh: "请办理补办或更新。", en: "Have the key reissued or renewed.")
        case .statusUnavailable: LocalisedText(zh: "请稍后重新登录。", en: "Start the login again in a moment.")
        case .wrongSignature:
            LocalisedText(
                zh: "请重新登录；若再次发生，请联系热线962600。", en: "Start the login again; if it happens again, call 962600.")
        case .entityUnknown: LocalisedText(zh: "请联系热线962600。", en: "Call 962600.")
        case .malformedEvidence, .evidenceUnknown:
            LocalisedText(zh: "请核对凭据的来源。", en: "Check where the evidence came from.")
        case .lifetimeOutOfRange: LocalisedText(zh: "请改正登录时限。", en: "Correct the lifetime.")
        }
    }

    package var retry: Refusal.Retry { self == .statusUnavailable ? .later : .no }
}

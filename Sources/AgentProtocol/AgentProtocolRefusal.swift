package import Groundwork

/// What the agent's side refuses: statements and plans that it does not trust, and what a card answered.
package enum AgentProtocolRefusal: String, RefusalReason {
    case malformedStatement = "malformed-statement"
    case untrustedService = "untrusted-service"
    case statementExpired = "statement-expired"
    case otherOrigin = "other-origin"
    case malformedPlan = "malformed-plan"
    case planExpired = "plan-expired"
    case notPermitted = "not-permitted"
    case wrongPurpose = "wrong-purpose"
    case keyNotFound = "key-not-found"
    case malformedAttributes = "malformed-attributes"
    case malformedOrder = "malformed-order"
    case malformedPIN = "malformed-pin"
    case badPIN = "bad-pin"
    case pinCancelled = "pin-cancelled"
    case wrongPIN = "wrong-pin"
    case pinBlocked = "pin-blocked"
    case mediumRemoved = "medium-removed"
    case mediumSilent = "medium-silent"
    case mediumMalformed = "medium-malformed"
    case mediumRefused = "medium-refused"
    case mediumUnsupported = "medium-unsupported"
    case otherMedium = "other-medium"

    package static let room = "agent-protocol"

    package var message: LocalisedText {
        switch self {
        case .malformedStatement: LocalisedText(zh: "登录声明格式不正确。", en: "The login statement is malformed.")
        case .untrustedService:
            LocalisedText(zh: "该请求不是由受信任的一证通服务签发。", en: "The request was not signed by the trusted service.")
        case .statementExpired: LocalisedText(zh: "登录请求已过期。", en: "The login request has expired.")
        case .otherOrigin:
            LocalisedText(zh: "网页来源与登录声明不一致。", en: "The page's origin is not the one that the statement names.")
        case .malformedPlan: LocalisedText(zh: "操作方案格式不正确。", en: "The plan is malformed.")
        case .planExpired: LocalisedText(zh: "操作方案已过期。", en: "The plan has expired.")
        case .notPermitted: LocalisedText(zh: "操作方案不允许该操作：{operation}。", en: "The plan does not permit: {operation}.")
        case .wrongPurpose:
            LocalisedText(zh: "该证书的用途不允许此项签名。", en: "The certificate's purpose does not allow this signature.")
        case .keyNotFound: LocalisedText(zh: "介质中没有该证书。", en: "The security key does not hold that certificate.")
        case .malformedAttributes:
            LocalisedText(zh: "待签名的数据不是文档签名属性。", en: "What was to be signed is not a document's signed attributes.")
        case .malformedOrder:
            LocalisedText(zh: "待签名的数据不是人员授权。", en: "What was to be signed is not an officer's order.")
        case .malformedPIN:
            LocalisedText(
                zh: "给{whose}输入的不是 PIN 码：{rule}。没有交给介质，未消耗次数。",
                en: "What was entered for {whoseEn} is no PIN: {ruleEn}. The key was not asked, and no try is lost.")
        case .badPIN:
            LocalisedText(
                zh: "{whose}的新 PIN 码不符合规则：{rule}。", en: "The new PIN of {whoseEn} breaks a rule: {ruleEn}.")
        case .pinCancelled: LocalisedText(zh: "未输入 PIN 码。", en: "No PIN was entered.")
        case .wrongPIN:
            LocalisedText(
                zh: "{whose}的 PIN 码错误，还可尝试 {tries-left} 次。",
                en: "Wrong PIN for {whoseEn}; tries left: {tries-left}.")
        case .pinBlocked: LocalisedText(zh: "{whose}的 PIN 码已锁定。", en: "The PIN of {whoseEn} is blocked.")
        case .mediumRemoved: LocalisedText(zh: "介质已拔出。", en: "The security key was removed.")
        case .mediumSilent: LocalisedText(zh: "介质没有应答。", en: "The security key did not answer in time.")
        case .mediumMalformed: LocalisedText(zh: "介质应答异常。", en: "The security key answered with something malformed.")
        case .mediumRefused: LocalisedText(zh: "介质拒绝了该操作（{status}）。", en: "The security key refused ({status}).")
        case .mediumUnsupported: LocalisedText(zh: "该介质不支持此操作。", en: "This security key cannot do that.")
        case .otherMedium: LocalisedText(zh: "插入的不是同一支介质。", en: "Another security key was inserted.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedStatement, .statementExpired, .otherOrigin, .planExpired, .malformedPlan:
            LocalisedText(zh: "请回到应用页面重新开始。", en: "Go back to the application and start again.")
        case .untrustedService, .notPermitted, .malformedAttributes, .malformedOrder:
            LocalisedText(zh: "请勿继续，并拨打 962600。", en: "Do not go on; call 962600.")
        case .wrongPurpose, .keyNotFound:
            LocalisedText(zh: "请插入正确的介质或选择正确的证书。", en: "Insert the right security key or choose the right certificate.")
        case .badPIN: LocalisedText(zh: "请另选一个 PIN 码。", en: "Choose another PIN.")
        case .malformedPIN:
            LocalisedText(zh: "请只用半角数字重新输入。", en: "Enter it again, in plain digits alone.")
        case .pinCancelled, .wrongPIN: LocalisedText(zh: "请重新输入 PIN 码。", en: "Enter the PIN again.")
        case .pinBlocked:
            LocalisedText(zh: "请申请解锁（yzt key unlock）。", en: "Have it unlocked (yzt key unlock).")
        case .mediumRemoved, .otherMedium:
            LocalisedText(zh: "请重新插入介质，未完成的操作会继续。", en: "Insert the security key again; what was begun goes on.")
        case .mediumSilent, .mediumMalformed, .mediumRefused:
            LocalisedText(zh: "请重新插入介质；仍不行请到服务网点。", en: "Insert it again; if it happens again, visit a service point.")
        case .mediumUnsupported: LocalisedText(zh: "请更换介质。", en: "Use another security key.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .pinCancelled, .mediumRemoved, .mediumSilent, .otherMedium: .later
        default: .no
        }
    }
}

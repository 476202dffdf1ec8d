package import Groundwork

/// What readers and cards refuse.
package enum CardRefusal: String, RefusalReason {
    case serviceUnavailable = "service-unavailable"
    case readerUnavailable = "reader-unavailable"
    case noCard = "no-card"
    case cardRemoved = "card-removed"
    case cardInUse = "card-in-use"
    case mute
    case libraryMissing = "library-missing"
    case timedOut = "timed-out"
    case malformedAnswer = "malformed-answer"
    case notPIV = "not-piv"
    case refused
    case wrongPIN = "wrong-pin"
    case blocked
    case notAuthenticated = "not-authenticated"
    case notFound = "not-found"
    case tooLarge = "too-large"
    case unsupported
    case notGenuine = "not-genuine"
    case wrongManagementKey = "wrong-management-key"
    case badSecretLength = "bad-secret-length"
    case sessionEnded = "session-ended"

    /// The name that codes have had since readers and cards were one room.
    package static let room = "smart-cards"

    package var message: LocalisedText {
        switch self {
        case .serviceUnavailable: LocalisedText(zh: "读卡服务没有运行。", en: "The card service is not running.")
        case .readerUnavailable:
            LocalisedText(zh: "找不到读卡器{reader}。", en: "The reader {reader} is not there.")
        case .noCard: LocalisedText(zh: "没有插入介质。", en: "No key is inserted.")
        case .cardRemoved: LocalisedText(zh: "介质在操作中被拔出。", en: "The key was pulled out during the work.")
        case .cardInUse: LocalisedText(zh: "介质正被其他程序占用。", en: "Another program is using the key.")
        case .mute:
            LocalisedText(zh: "读卡器中的介质没有任何应答。", en: "The key in the reader gives no answer at all.")
        case .libraryMissing:
            LocalisedText(zh: "本机没有安装读卡服务的程序库。", en: "The library of the card service is not installed here.")
        case .timedOut: LocalisedText(zh: "介质没有在规定时间内应答。", en: "The key did not answer in time.")
        case .malformedAnswer:
            LocalisedText(zh: "介质的应答不符合规范。", en: "The key answered with something that no key may say.")
        case .notPIV: LocalisedText(zh: "介质上没有所需的应用。", en: "The key does not have the PIV application.")
        case .refused: LocalisedText(zh: "介质拒绝了操作（{status}）。", en: "The key refused ({status}).")
        case .wrongPIN:
            LocalisedText(
                zh: "PIN 错误，还可以尝试{tries-left}次。", en: "The PIN is wrong; {tries-left} tries are left.")
        case .blocked: LocalisedText(zh: "PIN 已被锁定。", en: "The PIN is blocked.")
        case .notAuthenticated: LocalisedText(zh: "尚未验证 PIN 或密钥。", en: "The PIN or the key was not proved first.")
        case .notFound: LocalisedText(zh: "介质上没有该内容。", en: "The key does not hold that.")
        case .tooLarge: LocalisedText(zh: "内容超过介质的容量。", en: "That is larger than the key can hold.")
        case .unsupported: LocalisedText(zh: "该介质不支持此操作。", en: "This key cannot do that.")
        case .notGenuine:
            LocalisedText(zh: "介质无法证明自己的身份。", en: "The key could not prove that it is what it claims to be.")
        case .wrongManagementKey:
            LocalisedText(zh: "介质不接受管理密钥。", en: "The key does not accept the management key.")
        case .badSecretLength: LocalisedText(zh: "PIN 的长度不符合要求。", en: "The PIN has a length that keys do not take.")
        case .sessionEnded: LocalisedText(zh: "与介质的会话已经结束。", en: "The session with the key has ended.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .serviceUnavailable:
            LocalisedText(zh: "请启动 pcscd 后重试。", en: "Start pcscd and try again.")
        case .readerUnavailable:
            LocalisedText(zh: "请连接读卡器后重试。", en: "Connect the reader and try again.")
        case .noCard, .sessionEnded: LocalisedText(zh: "请插入介质后重试。", en: "Insert the key and try again.")
        case .cardRemoved:
            LocalisedText(zh: "请重新插入介质，操作会继续。", en: "Insert the key again; the work goes on from there.")
        case .cardInUse:
            LocalisedText(zh: "请关闭其他使用介质的程序后重试。", en: "Close the other program and try again.")
        case .libraryMissing:
            LocalisedText(zh: "请安装 pcscd 和 libpcsclite1 后重试。", en: "Install pcscd and libpcsclite1 and try again.")
        case .mute:
            LocalisedText(
                zh: "请核对插入方向，擦净触点后重新插入；仍不行请更换。",
                en:
                    "Look which way up it is, clean its contacts and insert it again; if that does not help, replace it."
            )
        case .timedOut, .malformedAnswer:
            LocalisedText(zh: "请重新插入介质；仍不行请更换。", en: "Insert the key again; if that does not help, replace it.")
        case .notPIV, .unsupported: LocalisedText(zh: "请更换受支持的介质。", en: "Use a supported key.")
        case .refused, .notAuthenticated, .notFound:
            LocalisedText(zh: "请重新插入介质后重试。", en: "Insert the key again and retry.")
        case .wrongPIN: LocalisedText(zh: "请核对 PIN 后再试。", en: "Check the PIN and try again.")
        case .blocked: LocalisedText(zh: "请到服务网点解锁。", en: "Have it unlocked at a service point.")
        case .tooLarge: LocalisedText(zh: "请更换容量更大的介质。", en: "Use a key with more room.")
        case .notGenuine, .wrongManagementKey:
            LocalisedText(zh: "请停用该介质并联系服务网点。", en: "Stop using this key and tell the service point.")
        case .badSecretLength: LocalisedText(zh: "请使用6至8位 PIN。", en: "Use 6 to 8 characters.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .serviceUnavailable, .readerUnavailable, .noCard, .cardRemoved, .cardInUse, .mute, .timedOut,
            .sessionEnded:
            .later
        default: .no
        }
    }
}

package import Groundwork

/// What the clock and time stamps refuse.
package enum TimeStampingRefusal: String, RefusalReason {
    case wrongAuthorisation = "wrong-authorisation"
    case clockUntrusted = "clock-untrusted"
    case wordTooLong = "word-too-long"
    case timeStampsBusy = "time-stamps-busy"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    /// What was wrong, in Chinese and English; `{names}` stand for the facts.
    package var message: LocalisedText {
        switch self {
        case .wrongAuthorisation:
            LocalisedText(zh: "授权与该操作不符。", en: "The authorisation is for another act.")
        case .clockUntrusted:
            LocalisedText(
                zh: "本机时钟目前不可信（{cause}），不签发时间戳。",
                en: "The clock is not trusted ({causeEnglish}); no time stamp is given.")
        case .wordTooLong:
            LocalisedText(
                zh: "对时钟的确认最长{hours}小时。", en: "A word about the clock stands for {hours} hours at most.")
        case .timeStampsBusy:
            LocalisedText(zh: "时间戳请求过多。", en: "Too many ask for time stamps at this moment.")
        }
    }

    /// What to do, with a command that exists.
    package var nextStep: LocalisedText {
        switch self {
        case .wrongAuthorisation:
            LocalisedText(zh: "请由有权限的管理人员签署该操作。", en: "Have the officers in charge sign this very act.")
        case .clockUntrusted:
            LocalisedText(
                zh: "请管理员用 yzt clock status 查看，同步时钟或用 yzt clock trust 确认后重试。",
                en: "Have the operator look (yzt clock status), let a time server keep the clock or give a word "
                    + "(yzt clock trust), then try again.")
        case .wordTooLong:
            LocalisedText(zh: "请缩短时间。", en: "Give fewer hours.")
        case .timeStampsBusy:
            LocalisedText(zh: "请稍后重试。", en: "Try again in a moment.")
        }
    }

    /// Whether the same request may succeed later.
    package var retry: Refusal.Retry {
        switch self {
        case .clockUntrusted, .timeStampsBusy: .later
        default: .no
        }
    }
}

package import Groundwork

/// What this room refuses: overrides nobody needs, feeds that cannot be read, entities that the registry does not know.
package enum LegalEntitiesRefusal: String, RefusalReason {
    case overrideNotNeeded = "override-not-needed"
    case overrideNotAllowed = "override-not-allowed"
    case notInRegistry = "not-in-registry"
    case notActive = "not-active"
    case codeTaken = "code-taken"
    case unknownSubject = "unknown-subject"
    case feedHeader = "feed-header"
    case feedUnreadable = "feed-unreadable"
    case feedLine = "feed-line"
    case stored = "stored"

    package static let room = "legal-entities"

    package var message: LocalisedText {
        switch self {
        case .overrideNotNeeded:
            LocalisedText(
                zh: "代码{code}校验正确，无需例外认定。", en: "Code {code} is valid; nothing is to be overridden.")
        case .overrideNotAllowed:
            LocalisedText(
                zh: "这个文本不可能是统一社会信用代码，不能作例外认定。",
                en: "This text cannot be a unified social credit code; an override cannot accept it.")
        case .notInRegistry:
            LocalisedText(zh: "法人库中没有{code}。", en: "The registry has no entity with code {code}.")
        case .notActive:
            LocalisedText(
                zh: "{code}在法人库中的状态为“{statusZh}”，不能办理。",
                en: "The registry says that {code} is {statusEn}; this cannot be done for it.")
        case .codeTaken:
            LocalisedText(
                zh: "代码{code}已属于另一个法人单位。", en: "Code {code} already belongs to another legal entity.")
        case .unknownSubject:
            LocalisedText(zh: "没有这个法人单位标识。", en: "There is no legal entity with this identifier.")
        case .feedHeader:
            LocalisedText(
                zh: "法人库文件的第一行不是规定的表头。", en: "The registry file's first line is not the prescribed header.")
        case .feedUnreadable:
            LocalisedText(zh: "无法读取法人库文件。", en: "The registry file could not be read.")
        case .feedLine:
            LocalisedText(zh: "第{line}行：{reasonZh}", en: "Line {line}: {reasonEn}")
        case .stored:
            LocalisedText(
                zh: "法人库中存储的数据不一致，操作已停止。", en: "Stored registry data contradict themselves; nothing was done.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .overrideNotNeeded: LocalisedText(zh: "请直接办理。", en: "Go on without an override.")
        case .overrideNotAllowed:
            LocalisedText(zh: "请对照登记证书重新输入。", en: "Enter it again from the certificate of registration.")
        case .notInRegistry:
            LocalisedText(
                zh: "请核对代码；新登记的单位请待法人库更新后再试。",
                en: "Check the code; if the entity is new, try again after the next registry update.")
        case .notActive:
            LocalisedText(zh: "请到登记机关核实单位状态。", en: "Clarify the entity's status with its registration authority.")
        case .codeTaken, .unknownSubject:
            LocalisedText(zh: "请核对后重试。", en: "Check it and try again.")
        case .feedHeader, .feedLine:
            LocalisedText(
                zh: "请按格式说明改正文件后重新导入。", en: "Correct the file by the format's description and import it again.")
        case .feedUnreadable:
            LocalisedText(
                zh: "请检查文件后重新导入；已导入的行不会重复。", en: "Check the file and import it again; nothing is imported twice.")
        case .stored:
            LocalisedText(zh: "请联系运维人员，并运行 yzt doctor。", en: "Call the operator, who runs yzt doctor.")
        }
    }

    package var retry: Refusal.Retry { self == .feedUnreadable ? .later : .no }
}

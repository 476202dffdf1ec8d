package import Groundwork

/// What this room refuses: codes that are none, feeds that cannot be read, entities that the registry does not know.
package enum LegalEntitiesRefusal: String, RefusalReason {
    case codeLength = "code-length"
    case codeFullWidth = "code-full-width"
    case codeLowerCase = "code-lower-case"
    case codeForbiddenCharacter = "code-forbidden-character"
    case codeNotADigit = "code-not-a-digit"
    case organizationCheckDigit = "organization-check-digit"
    case creditCheckDigit = "credit-check-digit"
    case codePrefix = "code-prefix"
    case overrideNotNeeded = "override-not-needed"
    case overrideNotAllowed = "override-not-allowed"
    case rules = "rules"
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
        case .codeLength:
            LocalisedText(
                zh: "统一社会信用代码应为18位，现为{length}位。",
                en: "A unified social credit code has 18 characters; this has {length}.")
        case .codeFullWidth:
            LocalisedText(
                zh: "统一社会信用代码第{position}位“{character}”是全角字符。",
                en: "Character {position} of the unified social credit code is full-width: {character}.")
        case .codeLowerCase:
            LocalisedText(
                zh: "统一社会信用代码第{position}位“{character}”是小写字母。",
                en: "Character {position} of the unified social credit code is lower-case: {character}.")
        case .codeForbiddenCharacter:
            LocalisedText(
                zh: "统一社会信用代码第{position}位不会出现“{character}”（不使用 I、O、S、V、Z）。",
                en: "Character {position} cannot be {character}: the code uses 0-9 and A-Z without I, O, S, V, Z.")
        case .codeNotADigit:
            LocalisedText(
                zh: "统一社会信用代码第3至8位是行政区划数字，第{position}位是“{character}”。",
                en: "Characters 3 to 8 are the division's digits, yet character {position} is {character}.")
        case .organizationCheckDigit:
            LocalisedText(
                zh: "第17位（组织机构代码校验码）应为“{expected}”，现为“{found}”；请检查第9至17位。",
                en: "Character 17 (check of the organization code) should be {expected}, not {found}.")
        case .creditCheckDigit:
            LocalisedText(
                zh: "第18位（校验码）应为“{expected}”，现为“{found}”。",
                en: "Character 18 (check digit) should be {expected}, not {found}.")
        case .codePrefix:
            LocalisedText(
                zh: "统一社会信用代码的前两位“{prefix}”不是已知的登记管理部门和机构类别。",
                en: "The first two characters {prefix} are no known registration authority and category.")
        case .overrideNotNeeded:
            LocalisedText(
                zh: "代码{code}校验正确，无需例外认定。", en: "Code {code} is valid; nothing is to be overridden.")
        case .overrideNotAllowed:
            LocalisedText(
                zh: "这个文本不可能是统一社会信用代码，不能作例外认定。",
                en: "This text cannot be a unified social credit code; an override cannot accept it.")
        case .rules:
            LocalisedText(zh: "{file}的内容不正确。", en: "{file} is not right.")
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
        case .codeLength, .codeFullWidth, .codeLowerCase, .codeForbiddenCharacter, .codeNotADigit:
            LocalisedText(
                zh: "请对照营业执照（登记证书）重新输入，使用半角大写字母和数字。",
                en: "Enter it again from the licence, in half-width capitals and digits.")
        case .organizationCheckDigit, .creditCheckDigit, .codePrefix:
            LocalisedText(
                zh: "请对照营业执照（登记证书）核对；若登记的代码确实如此，请由工作人员申请例外认定。",
                en: "Compare it with the licence; if the registered code really is so, ask an officer for an override.")
        case .overrideNotNeeded: LocalisedText(zh: "请直接办理。", en: "Go on without an override.")
        case .overrideNotAllowed:
            LocalisedText(zh: "请对照登记证书重新输入。", en: "Enter it again from the certificate of registration.")
        case .rules: LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
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

package import Groundwork

/// What this room refuses: texts that are no credit codes, and rules that cannot be read. The codes keep the room that
/// they were first published under.
package enum CreditCodesRefusal: String, RefusalReason {
    case codeLength = "code-length"
    case codeFullWidth = "code-full-width"
    case codeLowerCase = "code-lower-case"
    case codeForbiddenCharacter = "code-forbidden-character"
    case codeNotADigit = "code-not-a-digit"
    case organizationCheckDigit = "organization-check-digit"
    case creditCheckDigit = "credit-check-digit"
    case codePrefix = "code-prefix"
    case rules = "rules"

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
        case .rules:
            LocalisedText(zh: "{file}的内容不正确。", en: "{file} is not right.")
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
        case .rules: LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
        }
    }
}

package import Groundwork

/// What this room refuses: designs that no seal may have, and text that the seal's face cannot draw.
package enum SealImagesRefusal: String, RefusalReason {
    case nameLength = "name-length"
    case textLength = "text-length"
    case unsupportedCharacter = "unsupported-character"
    case missingGlyph = "missing-glyph"
    case missingFont = "missing-font"
    case sealCode = "seal-code"
    case measurements
    case pictureSize = "picture-size"
    case drawing

    package static let room = "seal-images"

    package var message: LocalisedText {
        switch self {
        case .nameLength:
            LocalisedText(
                zh: "印章上的单位名称应为{least}到{most}个字，现为{count}个。",
                en: "The name on a seal has {least} to {most} characters; this one has {count}.")
        case .textLength:
            LocalisedText(
                zh: "“{text}”超过印章上该处可容纳的{most}个字。", en: "'{text}' is longer than the {most} characters that fit there.")
        case .unsupportedCharacter:
            LocalisedText(
                zh: "印章文字中有不允许的字符{character}。",
                en: "The text of the seal has a character that is not allowed: {character}.")
        case .missingGlyph:
            LocalisedText(
                zh: "印章字体（{font}）没有这些字：{characters}。", en: "The seal's face ({font}) has no glyph for: {characters}.")
        case .missingFont:
            LocalisedText(zh: "本机没有印章字体{font}。", en: "The seal's face {font} is not installed.")
        case .sealCode:
            LocalisedText(zh: "印章编码应为13或14位数字。", en: "A seal's code has 13 or 14 digits.")
        case .measurements:
            LocalisedText(zh: "印章尺寸不符合规定：{what}。", en: "The seal's measurements are not allowed: {what}.")
        case .pictureSize:
            LocalisedText(zh: "印章图像的分辨率不在允许范围内。", en: "The picture's resolution is out of range.")
        case .drawing:
            LocalisedText(zh: "无法绘制图像。", en: "The picture could not be drawn.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .nameLength, .textLength, .unsupportedCharacter:
            LocalisedText(
                zh: "请核对法人库中的名称；印章名称只来自法人库。",
                en: "Check the name in the registry; a seal's name comes from there alone.")
        case .missingGlyph:
            LocalisedText(
                zh: "请安装含有该字的宋体字库，并在印章式样中指定。",
                en: "Install a Song face that has these characters and name it in the seal's pattern.")
        case .missingFont:
            LocalisedText(zh: "请安装 fonts-arphic-uming 后重试。", en: "Install fonts-arphic-uming and try again.")
        case .sealCode:
            LocalisedText(zh: "请核对印章编码。", en: "Check the seal's code.")
        case .measurements:
            LocalisedText(zh: "请改正印章式样。", en: "Correct the seal's pattern.")
        case .pictureSize:
            LocalisedText(zh: "请选择每毫米1到96像素。", en: "Ask for 1 to 96 pixels for each millimetre.")
        case .drawing:
            LocalisedText(zh: "请稍后重试；若再次发生，请联系运维人员。", en: "Try again; if it happens again, call the operator.")
        }
    }

    package var retry: Refusal.Retry { self == .drawing ? .later : .no }
}

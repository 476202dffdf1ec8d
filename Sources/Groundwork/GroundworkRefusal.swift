/// What this room refuses: text that does not decode, configuration that says what nobody understands.
package enum GroundworkRefusal: String, RefusalReason {
    case malformedText = "malformed-text"
    case malformedYAML = "malformed-yaml"
    case unknownKey = "unknown-key"
    case tooLarge = "too-large"
    case notHardened = "not-hardened"

    package static let room = "groundwork"

    package var message: LocalisedText {
        switch self {
        case .malformedText: LocalisedText(zh: "{what}的编码不正确。", en: "{what} is not correctly encoded.")
        case .malformedYAML: LocalisedText(zh: "{file}不是有效的配置。", en: "{file} is not valid configuration.")
        case .unknownKey:
            LocalisedText(zh: "{file}中有无法识别的键：{keys}。", en: "{file} has keys that nothing reads: {keys}.")
        case .tooLarge: LocalisedText(zh: "{what}超过允许的大小。", en: "{what} is larger than allowed.")
        case .notHardened:
            LocalisedText(
                zh: "无法关闭内存转储，程序不会处理任何密码。", en: "Core dumps could not be forbidden; no secret will be handled.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedText: LocalisedText(zh: "请检查来源后重试。", en: "Check where it came from and try again.")
        case .malformedYAML, .unknownKey:
            LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
        case .tooLarge: LocalisedText(zh: "请减小后重试。", en: "Make it smaller and try again.")
        case .notHardened:
            LocalisedText(zh: "请在允许 prctl 和 setrlimit 的环境中运行。", en: "Run where prctl and setrlimit are allowed.")
        }
    }
}

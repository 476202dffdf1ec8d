/// What this room refuses: text that does not decode, configuration that says what nobody understands.
package enum GroundworkRefusal: String, RefusalReason {
    case malformedText = "malformed-text"
    case malformedYAML = "malformed-yaml"
    case unknownKey = "unknown-key"
    case tooLarge = "too-large"
    case memoryLock = "memory-lock"

    package static let room = "groundwork"

    package var message: LocalisedText {
        switch self {
        case .malformedText: LocalisedText(zh: "{what}的编码不正确。", en: "{what} is not correctly encoded.")
        case .malformedYAML: LocalisedText(zh: "{file}不是有效的配置。", en: "{file} is not valid configuration.")
        case .unknownKey:
            LocalisedText(zh: "{file}中有无法识别的键:{keys}。", en: "{file} has keys that nothing reads: {keys}.")
        case .tooLarge: LocalisedText(zh: "{what}超过允许的大小。", en: "{what} is larger than allowed.")
        case .memoryLock: LocalisedText(zh: "无法锁定存放密码的内存。", en: "Memory for secrets could not be locked.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedText: LocalisedText(zh: "请检查来源后重试。", en: "Check where it came from and try again.")
        case .malformedYAML, .unknownKey:
            LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
        case .tooLarge: LocalisedText(zh: "请减小后重试。", en: "Make it smaller and try again.")
        case .memoryLock:
            LocalisedText(zh: "请提高 RLIMIT_MEMLOCK 后重试。", en: "Raise RLIMIT_MEMLOCK and try again.")
        }
    }
}

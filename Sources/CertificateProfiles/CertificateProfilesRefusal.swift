package import Groundwork

/// What profiles and rules refuse.
package enum CertificateProfilesRefusal: String, RefusalReason {
    case malformedPolicy = "malformed-policy"
    case lintFailed = "lint-failed"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .malformedPolicy:
            LocalisedText(zh: "{file}的内容不成立。", en: "What {file} says cannot hold.")
        case .lintFailed:
            LocalisedText(zh: "证书不符合规则：{rules}。", en: "The certificate breaks rules: {rules}.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .malformedPolicy:
            LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
        case .lintFailed:
            LocalisedText(zh: "请更正数据或策略后重试。", en: "Correct the data or the policy and try again.")
        }
    }
}

package import Groundwork

/// What is not issued, and why.
package enum IssuanceRefusal: String, RefusalReason {
    case subjectIncomplete = "subject-incomplete"
    case codeMissing = "code-missing"
    case unprovedPossession = "unproved-possession"
    case requestAlgorithm = "request-algorithm"
    case weakKey = "weak-key"
    case originNotAccepted = "origin-not-accepted"
    case modelNotAccepted = "model-not-accepted"
    case profileNotOpen = "profile-not-open"
    case serverNames = "server-names"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .subjectIncomplete:
            LocalisedText(zh: "证书主体缺少或不允许{attribute}。", en: "The subject lacks, or may not have, {attribute}.")
        case .codeMissing:
            LocalisedText(
                zh: "证书需要18位统一社会信用代码。", en: "This certificate needs an 18-character unified social credit code.")
        case .unprovedPossession:
            LocalisedText(
                zh: "证书申请的签名不正确，不能证明持有私钥。", en: "The request's signature does not prove that the key is held.")
        case .requestAlgorithm:
            LocalisedText(
                zh: "不接受证书申请所用的签名算法{algorithm}。",
                en: "The request is signed with the algorithm {algorithm}, which is not accepted.")
        case .weakKey:
            LocalisedText(zh: "密钥强度不足：{defect}。", en: "The key is weak: {defect}.")
        case .originNotAccepted:
            LocalisedText(
                zh: "该类证书不接受来源为{origin}的密钥。", en: "This profile does not accept a key whose origin is {origin}.")
        case .modelNotAccepted:
            LocalisedText(zh: "该类证书不接受{model}型介质。", en: "This profile does not accept a medium of model {model}.")
        case .profileNotOpen:
            LocalisedText(zh: "证书模板{profile}尚未开放签发。", en: "Certificates of profile {profile} are not issued yet.")
        case .serverNames:
            LocalisedText(
                zh: "服务器域名不成立：{names}。", en: "These are not names of servers, or none, or one twice: {names}.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .subjectIncomplete, .codeMissing:
            LocalisedText(zh: "请更正数据或策略后重试。", en: "Correct the data or the policy and try again.")
        case .unprovedPossession, .weakKey:
            LocalisedText(zh: "请在介质上重新生成密钥。", en: "Generate a new key on the medium.")
        case .requestAlgorithm:
            LocalisedText(
                zh: "请改用 SM3，或 SHA-256、SHA-384、SHA-512（RSA 可用 PKCS#1 v1.5 或 PSS）重新签名，密钥可不变。",
                en: "Sign it again with SM3, SHA-256, SHA-384 or SHA-512 (RSA: PKCS#1 v1.5 or PSS); the key may stay.")
        case .originNotAccepted, .modelNotAccepted:
            LocalisedText(zh: "请换用受认可的介质，或在服务网点终端上办理。", en: "Use an accepted medium, or an authority terminal.")
        case .profileNotOpen:
            LocalisedText(zh: "请选用已开放的证书模板。", en: "Choose a profile that is issued.")
        case .serverNames:
            LocalisedText(
                zh: "请给出小写完整域名，不含通配符与地址。",
                en: "Give full names in lower case, without wildcards or addresses.")
        }
    }
}

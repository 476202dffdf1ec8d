package import Groundwork

/// What the records of certificates and policies refuse.
package enum CertificateRecordsRefusal: String, RefusalReason {
    case unknownIssuer = "unknown-issuer"
    case unknownProfile = "unknown-profile"
    case unknownCertificate = "unknown-certificate"
    case alreadyInitialised = "already-initialised"
    case notInitialised = "not-initialised"
    case issuerNotActive = "issuer-not-active"
    case keyInUse = "key-in-use"
    case keyRejected = "key-rejected"
    case rejectedKeyInUse = "rejected-key-in-use"
    case weakKeyList = "weak-key-list"
    case outlivesIssuer = "outlives-issuer"
    case intentLost = "intent-lost"
    case wrongState = "wrong-state"
    case authorisationMissing = "authorisation-missing"
    case statusBusy = "status-busy"
    case notACertificate = "not-a-certificate"
    case unchangedPolicy = "unchanged-policy"
    case policiesAltered = "policies-altered"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .unknownIssuer:
            LocalisedText(zh: "没有签发机构{issuer}。", en: "There is no issuer {issuer}.")
        case .unknownProfile:
            LocalisedText(zh: "没有证书模板{profile}。", en: "There is no certificate profile {profile}.")
        case .unknownCertificate:
            LocalisedText(zh: "没有序列号为{serial}的证书。", en: "There is no certificate with serial number {serial}.")
        case .alreadyInitialised:
            LocalisedText(zh: "该认证机构已建立。", en: "This authority has already been created.")
        case .notInitialised:
            LocalisedText(zh: "认证机构尚未建立。", en: "The authority has not been created yet.")
        case .issuerNotActive:
            LocalisedText(zh: "签发机构{issuer}已吊销，不再签发。", en: "The issuer {issuer} is revoked and issues no more.")
        case .keyInUse:
            LocalisedText(
                zh: "该密钥已用于另一用途、另一介质或另一主体。",
                en: "This key already serves another purpose, another medium or another subject.")
        case .keyRejected:
            LocalisedText(
                zh: "该密钥不得再签发证书：{cause}。", en: "This key is never certified again: {causeEnglish}.")
        case .rejectedKeyInUse:
            LocalisedText(
                zh: "下列有效证书的密钥已泄露或列入弱密钥名单：{serials}。",
                en: "The keys of these valid certificates are compromised or on the list of weak keys: {serials}.")
        case .weakKeyList:
            LocalisedText(
                zh: "弱密钥名单应为1至{limit}个公钥的 SHA-256 摘要。",
                en: "The list is of 1 to {limit} SHA-256 digests of public keys.")
        case .outlivesIssuer:
            LocalisedText(zh: "证书有效期会超过签发机构。", en: "The certificate would outlive its issuer.")
        case .intentLost:
            LocalisedText(
                zh: "本次签发已被接替或超时，没有签发。", en: "This issuance was taken over or ran out of time; nothing was issued.")
        case .wrongState:
            LocalisedText(
                zh: "证书当前为“{state}”，不能{act}。", en: "The certificate is {stateEnglish}; it cannot {actEnglish}.")
        case .authorisationMissing:
            LocalisedText(zh: "该操作需要授权。", en: "This act needs an authorisation.")
        case .statusBusy:
            LocalisedText(zh: "证书状态正在变化。", en: "The status is changing at this moment.")
        case .notACertificate:
            LocalisedText(zh: "该文件不是证书。", en: "This file is not a certificate.")
        case .unchangedPolicy:
            LocalisedText(zh: "策略没有变化。", en: "The policies have not changed.")
        case .policiesAltered:
            LocalisedText(
                zh: "存储中的策略与生效时的记录不符。", en: "The stored policies are not those that were put in force.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .unknownIssuer, .unknownProfile, .unknownCertificate:
            LocalisedText(zh: "请核对后重试。", en: "Check it and try again.")
        case .alreadyInitialised:
            LocalisedText(zh: "请使用另一个数据目录。", en: "Use another data directory.")
        case .notInitialised:
            LocalisedText(
                zh: "请先运行 yzt init；举行仪式的，先完成 yzt ceremony install。",
                en: "Run yzt init first, or, where a ceremony makes it, finish yzt ceremony install.")
        case .issuerNotActive:
            LocalisedText(
                zh: "请按密钥仪式启用下一代签发机构。", en: "Bring the next generation into use by a ceremony (`yzt ceremony`).")
        case .rejectedKeyInUse:
            LocalisedText(
                zh: "请吊销这些证书：yzt certificate revoke，或 yzt certificate revoke-many。",
                en: "Revoke them: yzt certificate revoke, or yzt certificate revoke-many.")
        case .weakKeyList:
            LocalisedText(
                zh: "请给出64位十六进制摘要，或证书、证书申请、公钥文件。",
                en: "Give digests of 64 hexadecimal digits, or files of certificates, requests or public keys.")
        case .keyInUse, .keyRejected:
            LocalisedText(zh: "请在介质上重新生成密钥。", en: "Generate a new key on the medium.")
        case .outlivesIssuer:
            LocalisedText(zh: "请更正数据或策略后重试。", en: "Correct the data or the policy and try again.")
        case .intentLost, .statusBusy:
            LocalisedText(zh: "请重试。", en: "Try again.")
        case .wrongState:
            LocalisedText(zh: "请先查看证书状态。", en: "Look at the certificate's state first.")
        case .authorisationMissing:
            LocalisedText(zh: "请由有权限的管理人员签署该操作。", en: "Have the officers in charge sign this very act.")
        case .notACertificate:
            LocalisedText(zh: "请提供 DER 或 PEM 证书。", en: "Give a certificate in DER or PEM.")
        case .unchangedPolicy:
            LocalisedText(zh: "无需操作。", en: "There is nothing to do.")
        case .policiesAltered:
            LocalisedText(
                zh: "有人直接修改了数据库：请报告审计管理员，并从备份恢复。",
                en: "Somebody wrote into the database: tell the audit administrator, and restore it from a backup.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .intentLost, .statusBusy: .later
        default: .no
        }
    }
}

package import Groundwork

/// What this room refuses; by topic in the folders too.
package enum CertificateAuthorityRefusal: String, RefusalReason {
    case unknownIssuer = "unknown-issuer"
    case unknownProfile = "unknown-profile"
    case unknownCertificate = "unknown-certificate"
    case noSigner = "no-signer"
    case wrongKeyFile = "wrong-key-file"
    case keyFileExists = "key-file-exists"
    case keyFileUnreadable = "key-file-unreadable"
    case alreadyInitialised = "already-initialised"
    case notInitialised = "not-initialised"
    case malformedPolicy = "malformed-policy"
    case subjectIncomplete = "subject-incomplete"
    case codeMissing = "code-missing"
    case wrongFamily = "wrong-family"
    case issuerNotActive = "issuer-not-active"
    case unprovedPossession = "unproved-possession"
    case weakKey = "weak-key"
    case keyInUse = "key-in-use"
    case originNotAccepted = "origin-not-accepted"
    case modelNotAccepted = "model-not-accepted"
    case outlivesIssuer = "outlives-issuer"
    case lintFailed = "lint-failed"
    case signatureUnverified = "signature-unverified"
    case intentLost = "intent-lost"
    case wrongState = "wrong-state"
    case activationTooLate = "activation-too-late"
    case authorisationMissing = "authorisation-missing"
    case wrongAuthorisation = "wrong-authorisation"
    case unknownShard = "unknown-shard"
    case statusBusy = "status-busy"
    case notACertificate = "not-a-certificate"
    case unchangedPolicy = "unchanged-policy"
    case policiesAltered = "policies-altered"
    case serviceKeyEnds = "service-key-ends"
    case journalUnwritable = "journal-unwritable"
    case foreignJournal = "foreign-journal"
    case scratchUnwritable = "scratch-unwritable"
    case profileNotOpen = "profile-not-open"
    case serverNames = "server-names"
    case recheckRunning = "recheck-running"

    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .unknownIssuer: LocalisedText(zh: "没有签发机构{issuer}。", en: "There is no issuer {issuer}.")
        case .unknownProfile: LocalisedText(zh: "没有证书模板{profile}。", en: "There is no certificate profile {profile}.")
        case .unknownCertificate:
            LocalisedText(zh: "没有序列号为{serial}的证书。", en: "There is no certificate with serial number {serial}.")
        case .noSigner: LocalisedText(zh: "签名密钥{key}不在本机。", en: "The signing key {key} is not on this machine.")
        case .wrongKeyFile:
            LocalisedText(
                zh: "密钥文件{key}无法用该口令打开，或与证书不符。", en: "Key file {key} does not open or is not the certificate's key.")
        case .keyFileExists:
            LocalisedText(
                zh: "已有名为{key}的密钥，不是本机构产生的。", en: "There is a key called {key} already, not made by this authority.")
        case .keyFileUnreadable:
            LocalisedText(zh: "密钥文件{key}无法读写。", en: "Key file {key} cannot be read or written.")
        case .alreadyInitialised: LocalisedText(zh: "该认证机构已建立。", en: "This authority has already been created.")
        case .notInitialised: LocalisedText(zh: "认证机构尚未建立。", en: "The authority has not been created yet.")
        case .malformedPolicy: LocalisedText(zh: "{file}的内容不成立。", en: "What {file} says cannot hold.")
        case .subjectIncomplete:
            LocalisedText(zh: "证书主体缺少或不允许{attribute}。", en: "The subject lacks, or may not have, {attribute}.")
        case .codeMissing:
            LocalisedText(
                zh: "证书需要18位统一社会信用代码。", en: "This certificate needs an 18-character unified social credit code.")
        case .issuerNotActive:
            LocalisedText(zh: "签发机构{issuer}已吊销，不再签发。", en: "The issuer {issuer} is revoked and issues no more.")
        case .wrongFamily:
            LocalisedText(zh: "密钥算法与签发机构不符。", en: "The key is not of the issuer's algorithm family.")
        case .unprovedPossession:
            LocalisedText(
                zh: "证书申请的签名不正确，不能证明持有私钥。", en: "The request's signature does not prove that the key is held.")
        case .weakKey: LocalisedText(zh: "密钥强度不足：{defect}。", en: "The key is weak: {defect}.")
        case .keyInUse:
            LocalisedText(zh: "该密钥已用于另一用途或另一介质。", en: "This key already serves another purpose or another medium.")
        case .originNotAccepted:
            LocalisedText(
                zh: "该类证书不接受来源为{origin}的密钥。", en: "This profile does not accept a key whose origin is {origin}.")
        case .modelNotAccepted:
            LocalisedText(zh: "该类证书不接受{model}型介质。", en: "This profile does not accept a medium of model {model}.")
        case .outlivesIssuer:
            LocalisedText(zh: "证书有效期会超过签发机构。", en: "The certificate would outlive its issuer.")
        case .lintFailed: LocalisedText(zh: "证书不符合规则：{rules}。", en: "The certificate breaks rules: {rules}.")
        case .signatureUnverified:
            LocalisedText(zh: "签名未能通过验证，没有签发。", en: "The signature did not verify; nothing was issued.")
        case .intentLost:
            LocalisedText(
                zh: "本次签发已被接替或超时，没有签发。", en: "This issuance was taken over or ran out of time; nothing was issued.")
        case .wrongState:
            LocalisedText(
                zh: "证书当前为“{state}”，不能{act}。", en: "The certificate is {stateEnglish}; it cannot {actEnglish}.")
        case .activationTooLate:
            LocalisedText(zh: "激活期限已过，证书已作废。", en: "The time to activate is over; the certificate is void.")
        case .authorisationMissing:
            LocalisedText(zh: "该操作需要授权。", en: "This act needs an authorisation.")
        case .wrongAuthorisation:
            LocalisedText(zh: "授权与该操作不符。", en: "The authorisation is for another act.")
        case .unknownShard: LocalisedText(zh: "没有该证书吊销列表。", en: "There is no such revocation list.")
        case .statusBusy:
            LocalisedText(zh: "证书状态正在变化。", en: "The status is changing at this moment.")
        case .notACertificate: LocalisedText(zh: "该文件不是证书。", en: "This file is not a certificate.")
        case .unchangedPolicy: LocalisedText(zh: "策略没有变化。", en: "The policies have not changed.")
        case .policiesAltered:
            LocalisedText(
                zh: "存储中的策略与生效时的记录不符。", en: "The stored policies are not those that were put in force.")
        case .serviceKeyEnds:
            LocalisedText(
                zh: "{issuer}的服务密钥{role}的证书将于{end}到期，尚无接替。",
                en: "The certificate of {issuer}'s service key {role} ends on {end}, and no other follows it.")
        case .journalUnwritable:
            LocalisedText(
                zh: "签名日志无法读写，没有签名。", en: "A signer's journal cannot be read or written; nothing was signed.")
        case .foreignJournal:
            LocalisedText(zh: "该文件不是此密钥的签名日志。", en: "This file is not the journal of this key.")
        case .scratchUnwritable:
            LocalisedText(zh: "对账所需的临时文件无法写入。", en: "The working files of the reconciliation cannot be written.")
        case .profileNotOpen:
            LocalisedText(zh: "证书模板{profile}尚未开放签发。", en: "Certificates of profile {profile} are not issued yet.")
        case .serverNames:
            LocalisedText(
                zh: "服务器域名不成立：{names}。", en: "These are not names of servers, or none, or one twice: {names}.")
        case .recheckRunning:
            LocalisedText(zh: "另一个进程正在复查证书库。", en: "Another process is re-checking the store.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .unknownIssuer, .unknownProfile, .unknownCertificate, .unknownShard:
            LocalisedText(zh: "请核对后重试。", en: "Check it and try again.")
        case .noSigner, .wrongKeyFile, .keyFileUnreadable:
            LocalisedText(zh: "请检查密钥目录与口令文件。", en: "Check the key directory and the passphrase file.")
        case .keyFileExists, .alreadyInitialised:
            LocalisedText(zh: "请使用另一个数据目录。", en: "Use another data directory.")
        case .notInitialised:
            LocalisedText(
                zh: "请先运行 yzt init；举行仪式的，先完成 yzt ceremony install。",
                en: "Run yzt init first, or, where a ceremony makes it, finish yzt ceremony install.")
        case .malformedPolicy: LocalisedText(zh: "请改正该文件后重试。", en: "Correct that file and try again.")
        case .subjectIncomplete, .codeMissing, .outlivesIssuer, .lintFailed:
            LocalisedText(zh: "请更正数据或策略后重试。", en: "Correct the data or the policy and try again.")
        case .issuerNotActive:
            LocalisedText(
                zh: "请按密钥仪式启用下一代签发机构。", en: "Bring the next generation into use by a ceremony (`yzt ceremony`).")
        case .wrongFamily, .unprovedPossession, .weakKey, .keyInUse:
            LocalisedText(zh: "请在介质上重新生成密钥。", en: "Generate a new key on the medium.")
        case .originNotAccepted, .modelNotAccepted:
            LocalisedText(zh: "请换用受认可的介质，或在服务网点终端上办理。", en: "Use an accepted medium, or an authority terminal.")
        case .signatureUnverified, .intentLost, .statusBusy:
            LocalisedText(zh: "请重试。", en: "Try again.")
        case .wrongState: LocalisedText(zh: "请先查看证书状态。", en: "Look at the certificate's state first.")
        case .activationTooLate: LocalisedText(zh: "请重新办理。", en: "Apply again.")
        case .authorisationMissing, .wrongAuthorisation:
            LocalisedText(zh: "请由有权限的管理人员签署该操作。", en: "Have the officers in charge sign this very act.")
        case .notACertificate: LocalisedText(zh: "请提供 DER 或 PEM 证书。", en: "Give a certificate in DER or PEM.")
        case .journalUnwritable, .scratchUnwritable:
            LocalisedText(zh: "请检查数据目录的磁盘空间与权限。", en: "Check the data directory's disk space and permissions.")
        case .foreignJournal:
            LocalisedText(
                zh: "请勿删除该文件，并报告安全管理员。", en: "Leave the file where it is, and tell the security officer.")
        case .unchangedPolicy: LocalisedText(zh: "无需操作。", en: "There is nothing to do.")
        case .policiesAltered:
            LocalisedText(
                zh: "有人直接修改了数据库：请报告审计管理员，并从备份恢复。",
                en: "Somebody wrote into the database: tell the audit administrator, and restore it from a backup.")
        case .serviceKeyEnds:
            LocalisedText(
                zh: "请由两名人员授权更换该密钥（yzt certificate rekey-service）。",
                en: "Have two officers order that it be exchanged (`yzt certificate rekey-service`).")
        case .profileNotOpen:
            LocalisedText(zh: "请选用已开放的证书模板。", en: "Choose a profile that is issued.")
        case .serverNames:
            LocalisedText(
                zh: "请给出小写完整域名，不含通配符与地址。",
                en: "Give full names in lower case, without wildcards or addresses.")
        case .recheckRunning: LocalisedText(zh: "请待其结束后再试。", en: "Wait until it has ended.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .signatureUnverified, .intentLost, .statusBusy, .journalUnwritable, .scratchUnwritable, .recheckRunning:
            .later
        default: .no
        }
    }
}

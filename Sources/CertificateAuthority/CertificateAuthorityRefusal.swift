package import Groundwork

/// What this room refuses.
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
    case wrongReason = "wrong-reason"
    case authorisationMissing = "authorisation-missing"
    case wrongAuthorisation = "wrong-authorisation"
    case unknownShard = "unknown-shard"
    case statusBusy = "status-busy"
    case notACertificate = "not-a-certificate"
    case unchangedPolicy = "unchanged-policy"
    case journalUnwritable = "journal-unwritable"
    case foreignJournal = "foreign-journal"
    case scratchUnwritable = "scratch-unwritable"
    case clockUntrusted = "clock-untrusted"
    case wordTooLong = "word-too-long"
    case timeStampsBusy = "time-stamps-busy"
    case momentToCome = "moment-to-come"
    case momentTooRecent = "moment-too-recent"
    case beforeRecords = "before-records"
    case recordsArchived = "records-archived"
    case malformedAnswer = "malformed-answer"
    case answerUnproved = "answer-unproved"
    case serialAmbiguous = "serial-ambiguous"
    case archiveExists = "archive-exists"
    case archiveBusy = "archive-busy"
    case archiveOther = "archive-other"
    case archiveTooLarge = "archive-too-large"
    case archiveFailed = "archive-failed"
    case archiveUnreadable = "archive-unreadable"
    case archiveUnproved = "archive-unproved"
    case nothingToArchive = "nothing-to-archive"
    case nothingToPrune = "nothing-to-prune"
    case ceremonyScript = "ceremony-script"
    case ceremonyFile = "ceremony-file"
    case ceremonyOnline = "ceremony-online"
    case ceremonyBusy = "ceremony-busy"
    case ceremonyStopped = "ceremony-stopped"
    case ceremonyClock = "ceremony-clock"
    case ceremonyWithoutRoot = "ceremony-without-root"
    case ceremonyRequest = "ceremony-request"
    case ceremonyArtefact = "ceremony-artefact"
    case ceremonyTranscript = "ceremony-transcript"
    case randomnessFailed = "randomness-failed"
    case weakPassphrase = "weak-passphrase"
    case shareExists = "share-exists"
    case shareAltered = "share-altered"
    case shareForeign = "share-foreign"
    case shareRepeated = "share-repeated"
    case sharePassphrase = "share-passphrase"
    case shareWrong = "share-wrong"
    case tooFewShares = "too-few-shares"
    case sharesDoNotJoin = "shares-do-not-join"
    case otherFirstOfficers = "other-first-officers"
    case profileNotOpen = "profile-not-open"
    case serverNames = "server-names"
    case recheckRunning = "recheck-running"
    case invalidityDate = "invalidity-date"
    case malformedSelection = "malformed-selection"
    case nothingSelected = "nothing-selected"
    case selectionChanged = "selection-changed"
    case unknownBulk = "unknown-bulk"
    case bulkBusy = "bulk-busy"
    case notRevoked = "not-revoked"
    case wrongRevision = "wrong-revision"

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
                zh: "密钥文件{key}无法用该口令打开,或与证书不符。", en: "Key file {key} does not open or is not the certificate's key.")
        case .keyFileExists:
            LocalisedText(
                zh: "已有名为{key}的密钥,不是本机构产生的。", en: "There is a key called {key} already, not made by this authority.")
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
        case .wrongFamily:
            LocalisedText(zh: "密钥算法与签发机构不符。", en: "The key is not of the issuer's algorithm family.")
        case .unprovedPossession:
            LocalisedText(
                zh: "证书申请的签名不正确,不能证明持有私钥。", en: "The request's signature does not prove that the key is held.")
        case .weakKey: LocalisedText(zh: "密钥强度不足:{defect}。", en: "The key is weak: {defect}.")
        case .keyInUse:
            LocalisedText(zh: "该密钥已用于另一用途或另一介质。", en: "This key already serves another purpose or another medium.")
        case .originNotAccepted:
            LocalisedText(
                zh: "该类证书不接受来源为{origin}的密钥。", en: "This profile does not accept a key whose origin is {origin}.")
        case .modelNotAccepted:
            LocalisedText(zh: "该类证书不接受{model}型介质。", en: "This profile does not accept a medium of model {model}.")
        case .outlivesIssuer:
            LocalisedText(zh: "证书有效期会超过签发机构。", en: "The certificate would outlive its issuer.")
        case .lintFailed: LocalisedText(zh: "证书不符合规则:{rules}。", en: "The certificate breaks rules: {rules}.")
        case .signatureUnverified:
            LocalisedText(zh: "签名未能通过验证,没有签发。", en: "The signature did not verify; nothing was issued.")
        case .intentLost:
            LocalisedText(
                zh: "本次签发已被接替或超时,没有签发。", en: "This issuance was taken over or ran out of time; nothing was issued.")
        case .wrongState:
            LocalisedText(
                zh: "证书当前为“{state}”,不能{act}。", en: "The certificate is {stateEnglish}; it cannot {actEnglish}.")
        case .activationTooLate:
            LocalisedText(zh: "激活期限已过,证书已作废。", en: "The time to activate is over; the certificate is void.")
        case .wrongReason:
            LocalisedText(zh: "原因{reason}不能用于此操作。", en: "Reason {reason} cannot be given for this act.")
        case .authorisationMissing:
            LocalisedText(zh: "该操作需要授权。", en: "This act needs an authorisation.")
        case .wrongAuthorisation:
            LocalisedText(zh: "授权与该操作不符。", en: "The authorisation is for another act.")
        case .unknownShard: LocalisedText(zh: "没有该证书吊销列表。", en: "There is no such revocation list.")
        case .statusBusy:
            LocalisedText(zh: "证书状态正在变化。", en: "The status is changing at this moment.")
        case .notACertificate: LocalisedText(zh: "该文件不是证书。", en: "This file is not a certificate.")
        case .unchangedPolicy: LocalisedText(zh: "策略没有变化。", en: "The policies have not changed.")
        case .journalUnwritable:
            LocalisedText(
                zh: "签名日志无法读写,没有签名。", en: "A signer's journal cannot be read or written; nothing was signed.")
        case .foreignJournal:
            LocalisedText(zh: "该文件不是此密钥的签名日志。", en: "This file is not the journal of this key.")
        case .scratchUnwritable:
            LocalisedText(zh: "对账所需的临时文件无法写入。", en: "The working files of the reconciliation cannot be written.")
        case .clockUntrusted:
            LocalisedText(
                zh: "本机时钟目前不可信({cause}),不签发时间戳。",
                en: "The clock is not trusted ({causeEnglish}); no time stamp is given.")
        case .wordTooLong:
            LocalisedText(
                zh: "对时钟的确认最长{hours}小时。", en: "A word about the clock stands for {hours} hours at most.")
        case .timeStampsBusy:
            LocalisedText(zh: "时间戳请求过多。", en: "Too many ask for time stamps at this moment.")
        case .momentToCome: LocalisedText(zh: "不能答复将来的时刻。", en: "That moment is still to come.")
        case .momentTooRecent:
            LocalisedText(
                zh: "该时刻距今不足{seconds}秒,当时的操作可能尚未入库。",
                en: "That moment is less than {seconds} s ago; its acts may still be on their way.")
        case .beforeRecords:
            LocalisedText(
                zh: "状态记录始于{shown},不能答复更早的时刻。", en: "The records begin at {since}; earlier moments cannot be answered.")
        case .recordsArchived:
            LocalisedText(
                zh: "该证书的记录已移入档案{archive}。", en: "The records of this certificate are in the archive {archive}.")
        case .malformedAnswer: LocalisedText(zh: "该文件不是证书有效性答复。", en: "This file is not a validity answer.")
        case .answerUnproved: LocalisedText(zh: "不能证明:{what}。", en: "It is not proved: {what}.")
        case .serialAmbiguous:
            LocalisedText(
                zh: "序列号{serial}属于不止一家机构的证书。", en: "More than one authority has a certificate with number {serial}.")
        case .archiveExists: LocalisedText(zh: "目录{path}已存在。", en: "There is a folder {path} already.")
        case .archiveBusy: LocalisedText(zh: "另一进程正在写{path}。", en: "Another process is writing {path}.")
        case .archiveOther:
            LocalisedText(
                zh: "{path}中有一份范围不同、尚未完成的档案。", en: "{path} holds an unfinished archive of another scope.")
        case .archiveTooLarge:
            LocalisedText(
                zh: "范围内有{count}张证书,一份档案最多{limit}张。",
                en: "The scope has {count} certificates; one archive holds {limit} at most.")
        case .archiveFailed: LocalisedText(zh: "档案写入未完成。", en: "The archive could not be written.")
        case .archiveUnreadable: LocalisedText(zh: "档案文件{file}无法读取。", en: "The archive's file {file} cannot be read.")
        case .archiveUnproved: LocalisedText(zh: "档案不能通过验证:{what}。", en: "The archive does not hold: {what}.")
        case .nothingToArchive: LocalisedText(zh: "范围内没有证书。", en: "There is no certificate in this scope.")
        case .nothingToPrune:
            LocalisedText(zh: "没有可清理的记录。", en: "Nothing may go: nothing that this archive covers is old enough.")
        case .ceremonyScript:
            LocalisedText(
                zh: "{file}不能作为仪式脚本。", en: "{file} cannot be the script of a ceremony.")
        case .ceremonyFile:
            LocalisedText(
                zh: "{path}无法读写。", en: "{path} cannot be read or written.")
        case .ceremonyBusy:
            LocalisedText(zh: "另一进程正在{path}中举行仪式。", en: "Another process holds a ceremony in {path}.")
        case .ceremonyOnline:
            LocalisedText(
                zh: "本机的网络{networks}已连接,不能举行仪式。",
                en: "This machine's network {networks} is up; no ceremony is held on it.")
        case .ceremonyStopped:
            LocalisedText(
                zh: "回答与要求不符,仪式已停止。", en: "The answer was not the one asked for; the ceremony has stopped.")
        case .ceremonyClock:
            LocalisedText(
                zh: "本机时钟早于上一次签发({before})。", en: "This machine's clock is before the last signing ({before}).")
        case .ceremonyWithoutRoot:
            LocalisedText(
                zh: "此文件夹中没有根{generation}。", en: "There is no root {generation} in this folder.")
        case .ceremonyRequest:
            LocalisedText(
                zh: "{generation}的证书申请与其密钥或计划不符。", en: "The request for {generation} does not fit its key or its plan.")
        case .ceremonyArtefact:
            LocalisedText(
                zh: "仪式产物{artefact}与记录或本机构不符。",
                en: "The ceremony's {artefact} is not what was recorded, or not this authority's.")
        case .ceremonyTranscript:
            LocalisedText(
                zh: "{stage}的仪式记录不成立。", en: "The transcript of {stage} does not hold.")
        case .randomnessFailed:
            LocalisedText(
                zh: "随机数检验两次未通过。", en: "The random number generator failed its check twice.")
        case .weakPassphrase:
            LocalisedText(
                zh: "口令须为{shortest}至{longest}字节。", en: "A passphrase has {shortest} to {longest} bytes.")
        case .shareExists:
            LocalisedText(
                zh: "{path}已存在,不会覆盖。", en: "{path} is there already and is not written over.")
        case .shareAltered:
            LocalisedText(
                zh: "密钥分量文件{file}已损坏或被改动。", en: "The share in {file} is damaged or was altered.")
        case .shareForeign:
            LocalisedText(
                zh: "{file}不是{generation}的密钥分量。", en: "The share in {file} is not one of {generation}.")
        case .shareRepeated:
            LocalisedText(
                zh: "{file}与{other}是同一份密钥分量(第{number}份)。",
                en: "{file} and {other} are the same share (number {number}).")
        case .sharePassphrase:
            LocalisedText(
                zh: "{custodian}的口令不正确。", en: "The passphrase of {custodian} is not right.")
        case .shareWrong:
            LocalisedText(
                zh: "{custodian}的密钥分量({file})内容不正确。",
                en: "What {custodian} brought ({file}) is not the share that was given out.")
        case .tooFewShares:
            LocalisedText(
                zh: "需要{needed}份密钥分量,现有{given}份。", en: "{needed} shares are needed; there are {given}.")
        case .sharesDoNotJoin:
            LocalisedText(
                zh: "这些密钥分量合成的不是{generation}的密钥。", en: "These shares do not join to the key of {generation}.")
        case .otherFirstOfficers:
            LocalisedText(
                zh: "首批人员由仪式指定为{names}。", en: "The ceremony named the first officers: {names}.")
        case .profileNotOpen:
            LocalisedText(zh: "证书模板{profile}尚未开放签发。", en: "Certificates of profile {profile} are not issued yet.")
        case .serverNames:
            LocalisedText(
                zh: "服务器域名不成立:{names}。", en: "These are not names of servers, or none, or one twice: {names}.")
        case .recheckRunning:
            LocalisedText(zh: "另一个进程正在复查证书库。", en: "Another process is re-checking the store.")
        case .invalidityDate:
            LocalisedText(
                zh: "失效时间须在证书生效之后、吊销时间之前。",
                en: "The invalidity date must lie within the certificate's life and not after its revocation.")
        case .notRevoked:
            LocalisedText(zh: "证书{serial}未被吊销。", en: "The certificate {serial} is not revoked.")
        case .wrongRevision:
            LocalisedText(
                zh: "吊销原因不能由{before}改为{after}，失效时间只能提前。",
                en: "The reason {before} cannot become {after}, or the invalidity date would become a later one.")
        case .malformedSelection:
            LocalisedText(zh: "清单有误的行:{lines}。", en: "These lines of the list cannot be read or found: {lines}.")
        case .nothingSelected:
            LocalisedText(zh: "没有可吊销的证书。", en: "There is no certificate to revoke.")
        case .selectionChanged:
            LocalisedText(zh: "清单与签署时不一致。", en: "The list is not the one that was signed.")
        case .unknownBulk: LocalisedText(zh: "没有该批量吊销任务。", en: "There is no such bulk revocation.")
        case .bulkBusy:
            LocalisedText(zh: "另一进程正在办理该批量吊销。", en: "Another process is at this bulk revocation.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .unknownIssuer, .unknownProfile, .unknownCertificate, .unknownShard, .malformedSelection,
            .nothingSelected, .unknownBulk:
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
        case .subjectIncomplete, .codeMissing, .outlivesIssuer, .lintFailed, .wrongReason, .invalidityDate,
            .notRevoked, .wrongRevision:
            LocalisedText(zh: "请更正数据或策略后重试。", en: "Correct the data or the policy and try again.")
        case .wrongFamily, .unprovedPossession, .weakKey, .keyInUse:
            LocalisedText(zh: "请在介质上重新生成密钥。", en: "Generate a new key on the medium.")
        case .originNotAccepted, .modelNotAccepted:
            LocalisedText(zh: "请换用受认可的介质,或在服务网点终端上办理。", en: "Use an accepted medium, or an authority terminal.")
        case .signatureUnverified, .intentLost, .statusBusy, .bulkBusy:
            LocalisedText(zh: "请重试。", en: "Try again.")
        case .selectionChanged:
            LocalisedText(zh: "请重新预演,再由管理人员签署。", en: "Do the dry run again and have that list signed.")
        case .wrongState: LocalisedText(zh: "请先查看证书状态。", en: "Look at the certificate's state first.")
        case .activationTooLate: LocalisedText(zh: "请重新办理。", en: "Apply again.")
        case .authorisationMissing, .wrongAuthorisation:
            LocalisedText(zh: "请由有权限的管理人员签署该操作。", en: "Have the officers in charge sign this very act.")
        case .notACertificate: LocalisedText(zh: "请提供 DER 或 PEM 证书。", en: "Give a certificate in DER or PEM.")
        case .journalUnwritable, .scratchUnwritable:
            LocalisedText(zh: "请检查数据目录的磁盘空间与权限。", en: "Check the data directory's disk space and permissions.")
        case .foreignJournal:
            LocalisedText(
                zh: "请勿删除该文件,并报告安全管理员。", en: "Leave the file where it is, and tell the security officer.")
        case .unchangedPolicy: LocalisedText(zh: "无需操作。", en: "There is nothing to do.")
        case .clockUntrusted:
            LocalisedText(
                zh: "请管理员用 yzt clock status 查看,同步时钟或用 yzt clock trust 确认后重试。",
                en: "Have the operator look (yzt clock status), let a time server keep the clock or give a word "
                    + "(yzt clock trust), then try again.")
        case .wordTooLong: LocalisedText(zh: "请缩短时间。", en: "Give fewer hours.")
        case .timeStampsBusy: LocalisedText(zh: "请稍后重试。", en: "Try again in a moment.")
        case .momentToCome: LocalisedText(zh: "请给出过去的时刻。", en: "Ask for a moment in the past.")
        case .momentTooRecent:
            LocalisedText(zh: "请稍后重试;当前状态请查询 OCSP。", en: "Ask again in a moment; for the status now, ask OCSP.")
        case .beforeRecords: LocalisedText(zh: "请查阅更早的 CRL 存档。", en: "Look into archived revocation lists.")
        case .recordsArchived:
            LocalisedText(
                zh: "请向档案保管者查询,或接收该档案。", en: "Ask who keeps that archive, or take it over (yzt archive import).")
        case .malformedAnswer: LocalisedText(zh: "请提供完整的答复文件。", en: "Give the answer's file as it was received.")
        case .serialAmbiguous: LocalisedText(zh: "请提供证书文件。", en: "Ask with the certificate itself.")
        case .archiveExists, .archiveOther:
            LocalisedText(zh: "请指定另一个目录,或先删除它。", en: "Name another folder, or remove that one first.")
        case .archiveBusy: LocalisedText(zh: "请等它结束。", en: "Wait until it has ended.")
        case .archiveTooLarge:
            LocalisedText(zh: "请分几次指定序列号。", en: "Name fewer serial numbers at a time.")
        case .archiveFailed:
            LocalisedText(zh: "请清理磁盘后重新运行同一命令,将从断点继续。", en: "Free space and run the same command again: it goes on.")
        case .archiveUnreadable: LocalisedText(zh: "请核对目录。", en: "Check the folder.")
        case .archiveUnproved:
            LocalisedText(zh: "请勿采信;向出具者索取完整档案。", en: "Do not rely on it; ask its maker for a whole one.")
        case .nothingToArchive, .nothingToPrune: LocalisedText(zh: "无需操作。", en: "There is nothing to do.")
        case .answerUnproved:
            LocalisedText(zh: "请勿采信;核对信任锚后重试。", en: "Do not rely on it; check the anchor you trust and try again.")
        case .ceremonyScript, .ceremonyRequest, .otherFirstOfficers:
            LocalisedText(zh: "请按计划更正后重试。", en: "Correct it after the plan and try again.")
        case .ceremonyFile:
            LocalisedText(zh: "请检查路径、权限与空间后重试。", en: "Check path, permissions and space, and try again.")
        case .ceremonyOnline: LocalisedText(zh: "请断开网络后重试。", en: "Take the network away and try again.")
        case .ceremonyBusy: LocalisedText(zh: "请等它结束。", en: "Wait until it has ended.")
        case .ceremonyStopped: LocalisedText(zh: "请查明原因后重新开始该阶段。", en: "Find out why, then begin this stage again.")
        case .ceremonyClock: LocalisedText(zh: "请校准时钟后重试。", en: "Set the clock and try again.")
        case .ceremonyWithoutRoot: LocalisedText(zh: "请使用举行仪式的文件夹。", en: "Use the folder of the root's ceremony.")
        case .ceremonyArtefact, .ceremonyTranscript:
            LocalisedText(zh: "请勿使用,并从仪式的原始介质重新取得。", en: "Do not use it; take it again from the ceremony's own medium.")
        case .randomnessFailed: LocalisedText(zh: "请更换机器。", en: "Use another machine.")
        case .weakPassphrase: LocalisedText(zh: "请另选口令。", en: "Choose another passphrase.")
        case .shareExists:
            LocalisedText(zh: "请更换保存位置,或移走原文件。", en: "Choose another place, or take the file there away.")
        case .shareAltered, .shareForeign, .shareRepeated, .shareWrong, .tooFewShares, .sharesDoNotJoin:
            LocalisedText(zh: "请另一位保管人出示其分量。", en: "Have another custodian bring theirs.")
        case .sharePassphrase: LocalisedText(zh: "请该保管人重新输入。", en: "Have this custodian enter it again.")
        case .profileNotOpen:
            LocalisedText(zh: "请选用已开放的证书模板。", en: "Choose a profile that is issued.")
        case .serverNames:
            LocalisedText(
                zh: "请给出小写完整域名,不含通配符与地址。",
                en: "Give full names in lower case, without wildcards or addresses.")
        case .recheckRunning: LocalisedText(zh: "请待其结束后再试。", en: "Wait until it has ended.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .signatureUnverified, .intentLost, .statusBusy, .journalUnwritable, .scratchUnwritable, .clockUntrusted,
            .timeStampsBusy, .momentTooRecent, .archiveBusy, .archiveFailed, .recheckRunning, .ceremonyBusy, .bulkBusy:
            .later
        default: .no
        }
    }
}

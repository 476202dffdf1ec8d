package import Groundwork

/// What the authority's own keys and their journals refuse.
package enum KeyCustodyRefusal: String, RefusalReason {
    case noSigner = "no-signer"
    case wrongKeyFile = "wrong-key-file"
    case keyFileExists = "key-file-exists"
    case keyFileUnreadable = "key-file-unreadable"
    case wrongFamily = "wrong-family"
    case signatureUnverified = "signature-unverified"
    case journalUnwritable = "journal-unwritable"
    case foreignJournal = "foreign-journal"
    case storeBehind = "store-behind"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .noSigner:
            LocalisedText(zh: "签名密钥{key}不在本机。", en: "The signing key {key} is not on this machine.")
        case .wrongKeyFile:
            LocalisedText(
                zh: "密钥文件{key}无法用该口令打开，或与证书不符。", en: "Key file {key} does not open or is not the certificate's key.")
        case .keyFileExists:
            LocalisedText(
                zh: "已有名为{key}的密钥，不是本机构产生的。", en: "There is a key called {key} already, not made by this authority.")
        case .keyFileUnreadable:
            LocalisedText(zh: "密钥文件{key}无法读写。", en: "Key file {key} cannot be read or written.")
        case .wrongFamily:
            LocalisedText(zh: "密钥算法与签发机构不符。", en: "The key is not of the issuer's algorithm family.")
        case .signatureUnverified:
            LocalisedText(zh: "签名未能通过验证，没有签发。", en: "The signature did not verify; nothing was issued.")
        case .journalUnwritable:
            LocalisedText(
                zh: "签名日志无法读写，没有签名。", en: "A signer's journal cannot be read or written; nothing was signed.")
        case .foreignJournal:
            LocalisedText(zh: "该文件不是此密钥的签名日志。", en: "This file is not the journal of this key.")
        case .storeBehind:
            LocalisedText(
                zh: "数据库比已有的签名或审计检查点旧（签名日志末尾有{certificates}张证书、{lists}份吊销列表未入库），暂停应答、发布与签发。",
                en: """
                    The store is older than what was signed, or than its audit's kept checkpoint (at the journals' \
                    ends {certificates} certificates and {lists} revocation lists are unknown to it): nothing is \
                    answered, published or issued.
                    """)
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .noSigner, .wrongKeyFile, .keyFileUnreadable:
            LocalisedText(zh: "请检查密钥目录与口令文件。", en: "Check the key directory and the passphrase file.")
        case .keyFileExists:
            LocalisedText(zh: "请使用另一个数据目录。", en: "Use another data directory.")
        case .wrongFamily:
            LocalisedText(zh: "请在介质上重新生成密钥。", en: "Generate a new key on the medium.")
        case .signatureUnverified:
            LocalisedText(zh: "请重试。", en: "Try again.")
        case .journalUnwritable:
            LocalisedText(zh: "请检查数据目录的磁盘空间与权限。", en: "Check the data directory's disk space and permissions.")
        case .storeBehind:
            LocalisedText(
                zh: "请运行 yzt restore 查看缺失内容，并由两名人员下令恢复。",
                en: "See what is missing with yzt restore, and let two officers order the restoration.")
        case .foreignJournal:
            LocalisedText(
                zh: "请勿删除该文件，并报告安全管理员。", en: "Leave the file where it is, and tell the security officer.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .signatureUnverified, .journalUnwritable, .storeBehind: .later
        default: .no
        }
    }
}

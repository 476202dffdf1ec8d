package import Groundwork

/// Where signers, store, what is published, and keys do not say the same.
package struct Difference: Sendable, Hashable {
    package let kind: Kind
    /// The serial number; for what has none, the journal, list or medium.
    package let subject: String
    package let detail: String

    package init(_ kind: Kind, _ subject: String, _ detail: String = "") {
        self.kind = kind
        self.subject = subject
        self.detail = detail
    }

    /// The names are part of the report's form and never change.
    package enum Kind: String, Sendable, CaseIterable {
        case journalMissing = "journal-missing"
        case journalBroken = "journal-broken"
        case journalRewritten = "journal-rewritten"

        case signedWithoutIntent = "signed-without-intent"
        case signedByAnother = "signed-by-another"
        case signedTwice = "signed-twice"
        case signedForeign = "signed-foreign"
        case storedNotSigned = "stored-not-signed"
        case storedDiffers = "stored-differs"
        case storedNotIssued = "stored-not-issued"
        case issuedNotStored = "issued-not-stored"
        case intentLeftOpen = "intent-left-open"
        case closedNotRevoked = "closed-not-revoked"
        case stateWithoutEntry = "state-without-entry"
        case entryWithoutState = "entry-without-state"
        case lineWithoutEvent = "line-without-event"
        case eventWithoutLine = "event-without-line"
        case stateNotLastLine = "state-not-last-line"
        case takenRecordDiffers = "taken-record-differs"

        case listNotSigned = "list-not-signed"
        case listNotStored = "list-not-stored"
        case listNumberReused = "list-number-reused"
        case listOverdue = "list-overdue"
        case revokedNotListed = "revoked-not-listed"
        case listMisfiled = "list-misfiled"
        case removalNotListed = "removal-not-listed"
        case listedNotRevoked = "listed-not-revoked"
        case listedOtherwise = "listed-otherwise"
        case answerStale = "answer-stale"
        case answerUnreadable = "answer-unreadable"

        case notServed = "not-served"
        case servedListDiffers = "served-list-differs"
        case servedAnswerDiffers = "served-answer-differs"
        case servedAnswerUnsigned = "served-answer-unsigned"

        case keyRecordUnknown = "key-record-unknown"
        case keyRecordDiffers = "key-record-differs"
        case keyRecordElsewhere = "key-record-elsewhere"
        case subjectDiffers = "subject-differs"
        case holderDiffers = "holder-differs"
        case keyRecordMissing = "key-record-missing"

        case onKeyUnknown = "on-key-unknown"
        case onKeyElsewhere = "on-key-elsewhere"
        case notOnKey = "not-on-key"
        case onKeyDiffers = "on-key-differs"

        package var title: LocalisedText {
            switch self {
            case .journalMissing: LocalisedText(zh: "签名日志不存在", en: "a signer's journal is missing")
            case .journalBroken: LocalisedText(zh: "签名日志被改动", en: "a line of a signer's journal was altered or removed")
            case .journalRewritten:
                LocalisedText(
                    zh: "签名日志与此前对账的记录不符", en: "a signer's journal is not the one of an earlier reconciliation")
            case .signedWithoutIntent: LocalisedText(zh: "已签名但无签发登记", en: "signed, but never intended")
            case .signedByAnother: LocalisedText(zh: "由另一签发机构签名", en: "signed by another issuer than intended")
            case .signedTwice: LocalisedText(zh: "同一序列号签名多次", en: "one serial number was signed more than once")
            case .signedForeign:
                LocalisedText(zh: "签发密钥签了别的内容", en: "an issuer's key signed something that is none of its business")
            case .storedNotSigned: LocalisedText(zh: "已入库但签名日志中没有", en: "stored, but no signer says that it signed it")
            case .storedDiffers: LocalisedText(zh: "入库证书与所签内容不同", en: "stored, but other bytes were signed")
            case .storedNotIssued: LocalisedText(zh: "已入库但签发登记未完成", en: "stored, but its intent was not finished")
            case .issuedNotStored: LocalisedText(zh: "登记为已签发但未入库", en: "finished as issued, but not stored")
            case .intentLeftOpen: LocalisedText(zh: "签发登记逾期未结", en: "an intent is open after its lease")
            case .closedNotRevoked:
                LocalisedText(zh: "已作废的登记不在吊销表中", en: "a closed intent is not in the table of revocations")
            case .stateWithoutEntry:
                LocalisedText(zh: "证书已吊销或冻结但吊销表中没有", en: "revoked or suspended, but not in the table of revocations")
            case .entryWithoutState:
                LocalisedText(zh: "在吊销表中但证书状态不符", en: "in the table of revocations, but its state says otherwise")
            case .lineWithoutEvent:
                LocalisedText(zh: "状态历史的一行与审计事件不符", en: "a line of its history that the audit does not bear out")
            case .eventWithoutLine:
                LocalisedText(zh: "审计中有状态变更，状态历史中没有", en: "the audit tells of a change that its history leaves out")
            case .stateNotLastLine:
                LocalisedText(zh: "当前状态与状态历史的最后一行不符", en: "its state is not what its history ends with")
            case .takenRecordDiffers:
                LocalisedText(
                    zh: "接收的证书记录与所保存的档案不符",
                    en: "what was imported is not what the kept archive says, or that is not kept")
            case .listNotSigned:
                LocalisedText(
                    zh: "吊销列表不是签发机构所签",
                    en: "a published list was not signed by its issuer, or its signer does not know it")
            case .listNotStored:
                LocalisedText(zh: "已签名的吊销列表未入库", en: "a list was signed that this store never intended")
            case .listNumberReused:
                LocalisedText(zh: "吊销列表编号重复使用", en: "a number was given to two lists")
            case .listOverdue: LocalisedText(zh: "吊销列表已过期", en: "a published list is past its next update")
            case .revokedNotListed: LocalisedText(zh: "已吊销但不在吊销列表上", en: "revoked, but not on the published list")
            case .listMisfiled:
                LocalisedText(zh: "吊销列表的编号与入库记录不符", en: "a list says another number than it is stored under")
            case .removalNotListed:
                LocalisedText(zh: "已解冻但增量列表未注明", en: "a hold was lifted, but the delta does not say so")
            case .notServed: LocalisedText(zh: "状态地址未应答", en: "the status address does not give it")
            case .servedListDiffers:
                LocalisedText(zh: "对外发布的吊销列表与入库列表不同", en: "the list that is served is not the stored one")
            case .servedAnswerDiffers:
                LocalisedText(zh: "对外的 OCSP 应答与状态不符", en: "the OCSP answer that is served says another status")
            case .servedAnswerUnsigned:
                LocalisedText(zh: "对外的 OCSP 应答签名不成立", en: "the OCSP answer that is served is not our responder's")
            case .listedNotRevoked: LocalisedText(zh: "在吊销列表上但未吊销", en: "on the published list, but not revoked")
            case .listedOtherwise:
                LocalisedText(zh: "吊销列表上的原因或时间不符", en: "on the published list with another reason or time")
            case .answerStale: LocalisedText(zh: "OCSP 应答与状态不符", en: "a stored OCSP answer says another status")
            case .answerUnreadable: LocalisedText(zh: "OCSP 应答无法读取", en: "a stored OCSP answer cannot be read")
            case .keyRecordUnknown: LocalisedText(zh: "介质上的证书未入库", en: "written on a key, but not stored")
            case .keyRecordDiffers:
                LocalisedText(zh: "介质上的证书与入库证书不同", en: "written on a key, but other bytes are stored")
            case .keyRecordElsewhere: LocalisedText(zh: "介质或位置不符", en: "written on another key or place than stored")
            case .subjectDiffers:
                LocalisedText(
                    zh: "证书主体与入库记录的单位不符", en: "the certificate does not name the entity that it is stored for")
            case .holderDiffers:
                LocalisedText(
                    zh: "介质的持有单位与证书主体不符", en: "the key is held by another entity than its certificate names")
            case .keyRecordMissing: LocalisedText(zh: "签发给介质但介质无记录", en: "issued for a key, which has no record of it")
            case .onKeyUnknown: LocalisedText(zh: "介质上有未知证书", en: "on the key, but unknown to the authority")
            case .onKeyElsewhere: LocalisedText(zh: "介质上有属于另一介质的证书", en: "on this key, but issued for another")
            case .notOnKey: LocalisedText(zh: "记录为已写入但介质上没有", en: "recorded as written, but not on the key")
            case .onKeyDiffers:
                LocalisedText(zh: "介质该位置上是另一张证书", en: "another certificate lies in its place on the key")
            }
        }
    }
}

package import Groundwork

/// What a reconciliation and a recheck refuse.
package enum ReconciliationRefusal: String, RefusalReason {
    case scratchUnwritable = "scratch-unwritable"
    case recheckRunning = "recheck-running"
    case restoreForeignList = "restore-foreign-list"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .scratchUnwritable:
            LocalisedText(zh: "对账所需的临时文件无法写入。", en: "The working files of the reconciliation cannot be written.")
        case .recheckRunning:
            LocalisedText(zh: "另一个进程正在复查证书库。", en: "Another process is re-checking the store.")
        case .restoreForeignList:
            LocalisedText(
                zh: "给出的吊销列表无法读取，或不是本机构所签。",
                en: "A given revocation list cannot be read, or this authority did not sign it.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .scratchUnwritable:
            LocalisedText(zh: "请检查数据目录的磁盘空间与权限。", en: "Check the data directory's disk space and permissions.")
        case .recheckRunning:
            LocalisedText(zh: "请待其结束后再试。", en: "Wait until it has ended.")
        case .restoreForeignList:
            LocalisedText(zh: "请给出本机构发布的 DER 格式列表。", en: "Give lists in DER that this authority published.")
        }
    }

    package var retry: Refusal.Retry { self == .restoreForeignList ? .no : .later }
}

package import Groundwork

/// What a reconciliation and a recheck refuse.
package enum ReconciliationRefusal: String, RefusalReason {
    case scratchUnwritable = "scratch-unwritable"
    case recheckRunning = "recheck-running"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .scratchUnwritable:
            LocalisedText(zh: "对账所需的临时文件无法写入。", en: "The working files of the reconciliation cannot be written.")
        case .recheckRunning:
            LocalisedText(zh: "另一个进程正在复查证书库。", en: "Another process is re-checking the store.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .scratchUnwritable:
            LocalisedText(zh: "请检查数据目录的磁盘空间与权限。", en: "Check the data directory's disk space and permissions.")
        case .recheckRunning:
            LocalisedText(zh: "请待其结束后再试。", en: "Wait until it has ended.")
        }
    }

    package var retry: Refusal.Retry { .later }
}

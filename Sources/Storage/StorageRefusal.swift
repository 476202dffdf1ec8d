package import Groundwork

/// What this room refuses. Other rooms compare `alreadyThere` and `constraint`; the rest passes through to the caller.
package enum StorageRefusal: String, RefusalReason {
    case busy
    case diskFull = "disk-full"
    case transactionLost = "transaction-lost"
    case alreadyThere = "already-there"
    case constraint
    case brokenStatement = "broken-statement"
    case unexpectedValue = "unexpected-value"
    case closed
    case cannotOpen = "cannot-open"
    case damaged
    case notDurable = "not-durable"
    case migrationChanged = "migration-changed"
    case migrationUnknown = "migration-unknown"
    case migrationFailed = "migration-failed"
    case directoryInUse = "directory-in-use"

    package static let room = "storage"

    package var message: LocalisedText {
        switch self {
        case .busy: LocalisedText(zh: "数据库正忙。", en: "The database is busy.")
        case .diskFull: LocalisedText(zh: "存储空间已满，没有保存任何内容。", en: "Storage is full; nothing was saved.")
        case .transactionLost:
            LocalisedText(zh: "保存时被中断，没有生效。", en: "Saving was interrupted; it did not take effect.")
        case .alreadyThere: LocalisedText(zh: "该记录已存在。", en: "This record already exists.")
        case .constraint: LocalisedText(zh: "数据不符合存储规则。", en: "The data break a rule of the store.")
        case .brokenStatement: LocalisedText(zh: "数据库语句有误。", en: "A database statement is wrong.")
        case .unexpectedValue:
            LocalisedText(zh: "存储的数据与程序不符。", en: "Stored data are not what the program expects.")
        case .closed: LocalisedText(zh: "数据库已关闭。", en: "The database is closed.")
        case .cannotOpen: LocalisedText(zh: "无法打开数据库。", en: "The database cannot be opened.")
        case .damaged: LocalisedText(zh: "数据库文件已损坏。", en: "The database file is damaged.")
        case .notDurable:
            LocalisedText(zh: "数据库不能保证断电不丢数据。", en: "The database would not survive a power failure.")
        case .migrationChanged:
            LocalisedText(
                zh: "数据库结构变更{migration}与已执行的不同。", en: "Migration {migration} differs from the one that was applied.")
        case .migrationUnknown:
            LocalisedText(
                zh: "数据库比本程序新（{migration}）。", en: "The database is newer than this program ({migration}).")
        case .migrationFailed:
            LocalisedText(zh: "数据库结构变更{migration}失败。", en: "Migration {migration} failed.")
        case .directoryInUse:
            LocalisedText(zh: "该数据目录已有服务在运行。", en: "A service already runs on this data directory.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .busy, .transactionLost: LocalisedText(zh: "请稍后重试。", en: "Try again in a moment.")
        case .diskFull: LocalisedText(zh: "请联系管理员清理空间后重试。", en: "Have the operator free space, then try again.")
        case .alreadyThere: LocalisedText(zh: "请核对已有记录。", en: "Look at the record that is there.")
        case .constraint, .brokenStatement, .unexpectedValue:
            LocalisedText(zh: "请将错误代码告知技术支持。", en: "Give the code to technical support.")
        case .closed: LocalisedText(zh: "请等服务重新启动。", en: "Wait until the service has started again.")
        case .cannotOpen:
            LocalisedText(zh: "请检查数据目录及其权限。", en: "Check the data directory and its permissions.")
        case .damaged: LocalisedText(zh: "请从备份恢复。", en: "Restore it from a backup.")
        case .notDurable:
            LocalisedText(zh: "请将数据目录放在本地磁盘上。", en: "Put the data directory on a local disk.")
        case .migrationChanged, .migrationUnknown, .migrationFailed:
            LocalisedText(zh: "请使用与数据库相符的程序版本。", en: "Use the program version that belongs to this database.")
        case .directoryInUse:
            LocalisedText(zh: "请先停止该服务，或使用另一个数据目录。", en: "Stop that service first, or use another directory.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .busy, .diskFull, .transactionLost, .closed: .later
        default: .no
        }
    }
}

package import Groundwork

/// What archives and pruning refuse.
package enum ArchiveRefusal: String, RefusalReason {
    case recordsArchived = "records-archived"
    case archiveExists = "archive-exists"
    case archiveBusy = "archive-busy"
    case archiveOther = "archive-other"
    case archiveTooLarge = "archive-too-large"
    case archiveFailed = "archive-failed"
    case archiveUnreadable = "archive-unreadable"
    case archiveUnproved = "archive-unproved"
    case archiveOutdated = "archive-outdated"
    case archiveOwn = "archive-own"
    case archiveNotKept = "archive-not-kept"
    case keptArchiveDamaged = "kept-archive-damaged"
    case takenRecordDiffers = "taken-record-differs"
    case nothingToArchive = "nothing-to-archive"
    case nothingToPrune = "nothing-to-prune"

    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .recordsArchived:
            LocalisedText(
                zh: "该证书的记录已移入档案{archive}。", en: "The records of this certificate are in the archive {archive}.")
        case .archiveExists: LocalisedText(zh: "目录{path}已存在。", en: "There is a folder {path} already.")
        case .archiveBusy: LocalisedText(zh: "另一进程正在写{path}。", en: "Another process is writing {path}.")
        case .archiveOther:
            LocalisedText(
                zh: "{path}中有一份范围不同、尚未完成的档案。", en: "{path} holds an unfinished archive of another scope.")
        case .archiveTooLarge:
            LocalisedText(
                zh: "范围内有{count}张证书，一份档案最多{limit}张。",
                en: "The scope has {count} certificates; one archive holds {limit} at most.")
        case .archiveFailed: LocalisedText(zh: "档案写入未完成。", en: "The archive could not be written.")
        case .archiveUnreadable: LocalisedText(zh: "档案文件{file}无法读取。", en: "The archive's file {file} cannot be read.")
        case .archiveUnproved: LocalisedText(zh: "档案不能通过验证：{what}。", en: "The archive does not hold: {what}.")
        case .archiveOutdated:
            LocalisedText(
                zh: "档案未载明证书{serial}的现状：{gapZh}。",
                en: "The archive does not hold the certificate {serial} as it stands now: {gapEn}.")
        case .archiveOwn:
            LocalisedText(
                zh: "这是本机构自己的档案，其中的记录都还在库中。",
                en: "This archive is our own, and all that it records is still in the store.")
        case .archiveNotKept:
            LocalisedText(
                zh: "所接收的档案{archive}未保存在本机。", en: "The archive {archive} that was imported is not kept here.")
        case .keptArchiveDamaged:
            LocalisedText(
                zh: "保存的档案{archive}已损坏：{what}。", en: "The kept archive {archive} is damaged: {what}.")
        case .takenRecordDiffers:
            LocalisedText(
                zh: "库中证书{serial}的接收记录与所保存的档案{archive}不符。",
                en: "What the database has of the certificate {serial} is not what the archive {archive} brought.")
        case .nothingToArchive: LocalisedText(zh: "范围内没有证书。", en: "There is no certificate in this scope.")
        case .nothingToPrune:
            LocalisedText(zh: "没有可清理的记录。", en: "Nothing may go: nothing that this archive covers is old enough.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .recordsArchived:
            LocalisedText(
                zh: "请向档案保管者查询，或接收该档案。", en: "Ask who keeps that archive, or take it over (yzt archive import).")
        case .archiveExists, .archiveOther:
            LocalisedText(zh: "请指定另一个目录，或先删除它。", en: "Name another folder, or remove that one first.")
        case .archiveBusy: LocalisedText(zh: "请等它结束。", en: "Wait until it has ended.")
        case .archiveTooLarge:
            LocalisedText(zh: "请分几次指定序列号。", en: "Name fewer serial numbers at a time.")
        case .archiveFailed:
            LocalisedText(zh: "请清理磁盘后重新运行同一命令，将从断点继续。", en: "Free space and run the same command again: it goes on.")
        case .archiveUnreadable: LocalisedText(zh: "请核对目录。", en: "Check the folder.")
        case .archiveUnproved:
            LocalisedText(zh: "请勿采信；向出具者索取完整档案。", en: "Do not rely on it; ask its maker for a whole one.")
        case .archiveOutdated:
            LocalisedText(
                zh: "请重新导出档案，再据新档案清理。", en: "Export a new archive (yzt archive export), and prune by that.")
        case .archiveOwn:
            LocalisedText(
                zh: "无需接收；其中的证书清理之后才需要。",
                en: "There is nothing to take over; it is needed once certificates in it were pruned.")
        case .archiveNotKept:
            LocalisedText(
                zh: "请用原介质再次运行 yzt archive import，即予保存。",
                en: "Run yzt archive import on its medium once more: it is kept then.")
        case .keptArchiveDamaged:
            LocalisedText(
                zh: "请移走该目录，用原介质再次运行 yzt archive import。",
                en: "Move that folder away, and run yzt archive import on the archive's medium once more.")
        case .takenRecordDiffers:
            LocalisedText(
                zh: "数据库可能被改动：请勿采信，从备份恢复；该证书的记录仍可用 yzt archive show 从档案取得。",
                en: "The database may have been altered: restore a backup (yzt archive show has the record).")
        case .nothingToArchive, .nothingToPrune: LocalisedText(zh: "无需操作。", en: "There is nothing to do.")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .archiveBusy, .archiveFailed:
            .later
        default: .no
        }
    }
}

package import Groundwork

/// What is refused before a room is asked: orders that cannot be signed so, keys that are not in stock.
///
/// The codes are those of the command, where they were first given out; a code is never renamed.
package enum RegistrationRefusal: String, RefusalReason {
    case badArgument = "bad-argument"
    case unreadableFile = "unreadable-file"
    case tooFewOfficers = "too-few-officers"
    case tooManyOfficers = "too-many-officers"
    case noReason = "no-reason"
    case oneReaderTwice = "one-reader-twice"
    case notStocked = "not-stocked"
    case alreadyStocked = "already-stocked"
    case notItsKey = "not-its-key"
    case officerKeyUnfinished = "officer-key-unfinished"
    case officerEnds = "officer-ends"
    case otherOfficersKey = "other-officers-key"
    case officerNotRenewable = "officer-not-renewable"
    case notOfficersKey = "not-officers-key"
    case nobodyLeft = "nobody-left"
    case renewalNotOpen = "renewal-not-open"

    /// The refusals were released under the name of the command line, and keep it.
    package static let room = "command"

    /// What was wrong, in Chinese and English; `{names}` stand for the facts.
    package var message: LocalisedText {
        switch self {
        case .badArgument: LocalisedText(zh: "参数 {argument} 不正确。", en: "The argument {argument} is not right.")
        case .unreadableFile: LocalisedText(zh: "无法读取文件 {path}。", en: "The file {path} cannot be read.")
        case .tooFewOfficers:
            LocalisedText(
                zh: "“{actZh}”需要 {needed} 名人员的介质，现指定了 {given} 个。",
                en: "Officers' keys needed to {actEn}: {needed}; given: {given}.")
        case .tooManyOfficers:
            LocalisedText(
                zh: "“{actZh}”只需 {needed} 名人员的介质，现指定了 {given} 个。",
                en: "Officers' keys needed to {actEn}: no more than {needed}; given: {given}.")
        case .noReason: LocalisedText(zh: "“{actZh}”须写明原因。", en: "An order to {actEn} says why.")
        case .oneReaderTwice:
            LocalisedText(
                zh: "同一个读卡器指定了两次；两名人员须各用各的介质。",
                en: "One reader is named twice; two officers use two keys.")
        case .notStocked:
            LocalisedText(
                zh: "{reader} 中的介质尚未入库，或不属于本机构。",
                en: "The key in {reader} was not taken into stock here: it is blank, or a third party's.")
        case .alreadyStocked:
            LocalisedText(zh: "该介质已入库，编号 {medium}。", en: "This key is in stock already, as {medium}.")
        case .notItsKey:
            LocalisedText(zh: "介质 {medium} 不属于 {code}。", en: "The key {medium} is not one of {code}.")
        case .officerKeyUnfinished:
            LocalisedText(
                zh: "{reader} 中的介质上没有有效的人员证书。", en: "The key in {reader} carries no active officer's certificate.")
        case .otherOfficersKey:
            LocalisedText(
                zh: "{reader} 中的介质已有另一名人员的证书。",
                en: "The key in {reader} carries another officer's certificate.")
        case .officerNotRenewable:
            LocalisedText(
                zh: "{officer} 已停用或离任，或其证书不在有效状态，不能在原介质上更新。",
                en: "{officer} is not in office, or the certificate is not active: it is not renewed on its key.")
        case .notOfficersKey:
            LocalisedText(
                zh: "{reader} 中的介质不是 {officer} {name} 现用的介质。",
                en: "The key in {reader} is not the one with the certificate of {officer} {name}.")
        case .nobodyLeft:
            LocalisedText(
                zh: "已无两名人员能够授权注册他人。", en: "No two officers are left who could enrol others.")
        case .renewalNotOpen:
            LocalisedText(
                zh: "介质 {medium} 的证书在 {from} 之后才可更新。",
                en: "The certificates on {medium} may be renewed from {from} on.")
        case .officerEnds:
            LocalisedText(
                zh: "{officer} {name} 的证书将于 {end} 到期，还有 {days} 天（{stage} 天提醒）。",
                en: "The certificate of {officer} {name} ends on {end}, in {days} days ({stage}-day warning).")
        }
    }

    /// What to do, with a command that exists.
    package var nextStep: LocalisedText {
        switch self {
        case .badArgument: LocalisedText(zh: "请参阅 --help。", en: "See --help.")
        case .unreadableFile:
            LocalisedText(zh: "请核对路径和权限。", en: "Check the path and its permissions.")
        case .tooFewOfficers:
            LocalisedText(
                zh: "请为每名人员各加一个 --officer 读卡器：先申请人，后审核人。",
                en: "Name a reader with --officer for each of them, requester first, then approver.")
        case .tooManyOfficers:
            LocalisedText(zh: "请去掉多余的 --officer。", en: "Leave out the --officer that is too many.")
        case .noReason: LocalisedText(zh: "请用 --reason 写明原因，它会进入审计。", en: "Say it with --reason; the audit keeps it.")
        case .oneReaderTwice:
            LocalisedText(zh: "请将另一人的介质插入另一个读卡器。", en: "Put the other officer's key into another reader.")
        case .notStocked:
            LocalisedText(zh: "空白介质请先运行 yzt key stock-in。", en: "If it is blank, run yzt key stock-in first.")
        case .alreadyStocked:
            LocalisedText(
                zh: "请用 yzt key status 查看，用 yzt key enrol 申领。", en: "See yzt key status; yzt key enrol comes next.")
        case .notItsKey:
            LocalisedText(
                zh: "请核对介质编号与统一社会信用代码，用 yzt certificate show 查看。",
                en: "Compare the medium number and the code; yzt certificate show lists what the code has.")
        case .officerKeyUnfinished:
            LocalisedText(
                zh: "请运行 yzt key recover 完成后重试。", en: "Finish it with yzt key recover, then try again.")
        case .otherOfficersKey:
            LocalisedText(
                zh: "请插入空白介质，或已用 yzt key stock-in 入库的介质。",
                en: "Insert a blank key, or one from stock (yzt key stock-in).")
        case .officerEnds:
            LocalisedText(
                zh: "请在到期前用 yzt officer renew 在原介质上更新，或用 yzt officer exchange 更换到另一支介质，须两名人员授权。",
                en:
                    "Renew it before on its key with yzt officer renew, or on another with yzt officer exchange; two officers order it."
            )
        case .officerNotRenewable:
            LocalisedText(
                zh: "停用的请先用 yzt officer resume 恢复；证书已到期或吊销的，用 yzt officer exchange 更换到另一支介质。",
                en:
                    "If suspended, resume with yzt officer resume; if the certificate has ended or is revoked, use yzt officer exchange with another key."
            )
        case .notOfficersKey:
            LocalisedText(
                zh: "请插入该人员自己的介质；yzt officer show 显示其编号。",
                en: "Insert that officer's own key; yzt officer show names it.")
        case .nobodyLeft:
            LocalisedText(
                zh: "请由根的保管人用 yzt ceremony reopen 重新开启初始授权（评估环境用 yzt ceremony reopen-here）。",
                en:
                    "Have the root's custodians open the bootstrap again with yzt ceremony reopen (in an evaluation: yzt ceremony reopen-here)."
            )
        case .renewalNotOpen:
            LocalisedText(
                zh: "请届时办理；信息有变更的，用 yzt key renew --change 办理。",
                en: "Come back then; if the entity's data changed, use yzt key renew --change.")
        }
    }
}

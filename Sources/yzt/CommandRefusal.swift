import Groundwork

/// What the command itself refuses, before a room is asked.
enum CommandRefusal: String, RefusalReason {
    case notInitialised = "not-initialised"
    case alreadyInitialised = "already-initialised"
    case secretFile = "secret-file"
    case badArgument = "bad-argument"
    case wrongCard = "wrong-card"
    case privateReaderService = "private-reader-service"
    case stepFailed = "step-failed"
    case tooFewOfficers = "too-few-officers"
    case oneReaderTwice = "one-reader-twice"
    case notStocked = "not-stocked"
    case alreadyStocked = "already-stocked"
    case unreadableFile = "unreadable-file"
    case rootUnconfirmed = "root-unconfirmed"
    case evaluationClock = "evaluation-clock"
    case ceremonyRequired = "ceremony-required"
    case tokenNotEmpty = "token-not-empty"
    case unwritableFile = "unwritable-file"
    case neitherForm = "neither-form"
    case replicaOnly = "replica-only"
    case noAnchor = "no-anchor"
    case noCertificates = "no-certificates"
    case noDefinition = "no-definition"
    case otherStatusAddress = "other-status-address"
    case tooManyOfficers = "too-many-officers"
    case noReason = "no-reason"
    case diskNearlyFull = "disk-nearly-full"

    static let room = "command"

    var message: LocalisedText {
        switch self {
        case .notInitialised:
            LocalisedText(zh: "{path} 还不是一个证书机构的数据目录。", en: "{path} is not an authority's data directory yet.")
        case .alreadyInitialised: LocalisedText(zh: "{path} 中已有一个证书机构。", en: "There is an authority in {path} already.")
        case .secretFile:
            LocalisedText(
                zh: "密钥文件 {path} 无法读取或权限过宽。", en: "The secret file {path} cannot be read or others may read it.")
        case .badArgument: LocalisedText(zh: "参数 {argument} 不正确。", en: "The argument {argument} is not right.")
        case .wrongCard:
            LocalisedText(zh: "读卡器中的介质不是所需的那一个。", en: "The key in the reader is not the one that is needed.")
        case .privateReaderService:
            LocalisedText(zh: "无法启动独立的读卡服务。", en: "A private reader service could not be started.")
        case .stepFailed: LocalisedText(zh: "步骤“{step}”未完成。", en: "The step \"{step}\" did not complete.")
        case .tooFewOfficers:
            LocalisedText(
                zh: "“{actZh}”需要 {needed} 名人员的介质，现指定了 {given} 个。",
                en: "Officers' keys needed to {actEn}: {needed}; given: {given}.")
        case .oneReaderTwice:
            LocalisedText(
                zh: "同一个读卡器指定了两次；两名人员须各用各的介质。",
                en: "One reader is named twice; two officers use two keys.")
        case .notStocked:
            LocalisedText(
                zh: "{reader} 中的介质尚未入库，或不属于本机构。",
                en: "The key in {reader} was not taken into stock here: it is blank, or a stranger's.")
        case .alreadyStocked:
            LocalisedText(zh: "该介质已入库，编号 {medium}。", en: "This key is in stock already, as {medium}.")
        case .ceremonyRequired:
            LocalisedText(
                zh: "本配置不是评估；正式机构的根密钥不在本机产生。",
                en: "This configuration is no evaluation; in earnest the root's key is not made on this machine.")
        case .evaluationClock:
            LocalisedText(
                zh: "策略按评估方式对待未同步的时钟，而本配置不是评估。",
                en: "The policy takes an unkept clock as an evaluation does, but this configuration is no evaluation.")
        case .rootUnconfirmed:
            LocalisedText(
                zh: "这个根在本机是新的，须以纸面上的指纹确认。", en: "This root is new here; its fingerprint, read from paper, confirms it."
            )
        case .unreadableFile: LocalisedText(zh: "无法读取文件 {path}。", en: "The file {path} cannot be read.")
        case .neitherForm: LocalisedText(zh: "{path} 既不是 DER，也不是 PEM。", en: "{path} is neither DER nor PEM.")
        case .tokenNotEmpty:
            LocalisedText(zh: "密码设备 {token} 中已有密钥。", en: "The token {token} has keys already.")
        case .replicaOnly:
            LocalisedText(
                zh: "本机只有一份数据副本，仅能应答证书状态。", en: "This is a copy of the authority's data; it only answers for status.")
        case .unwritableFile: LocalisedText(zh: "无法写入文件 {path}。", en: "The file {path} cannot be written.")
        case .noAnchor:
            LocalisedText(
                zh: "{path} 中没有根证书（自签发的证书）。", en: "There is no root certificate, which issues itself, in {path}.")
        case .noCertificates:
            LocalisedText(zh: "{code} 在本机构没有证书。", en: "{code} has no certificate of this authority.")
        case .noDefinition:
            LocalisedText(zh: "{path} 中没有 CA/ 和 Policies/。", en: "There are no CA/ and Policies/ in {path}.")
        case .otherStatusAddress:
            LocalisedText(
                zh: "本机的状态地址是 {configured}，与给出的 {given} 不同；证书将写入前者。",
                en:
                    "The status address of this machine is {configured}, not {given}; certificates would name the former."
            )
        case .tooManyOfficers:
            LocalisedText(
                zh: "“{actZh}”只需 {needed} 名人员的介质，现指定了 {given} 个。",
                en: "Officers' keys needed to {actEn}: no more than {needed}; given: {given}.")
        case .noReason: LocalisedText(zh: "“{actZh}”须写明原因。", en: "An order to {actEn} says why.")
        case .diskNearlyFull:
            LocalisedText(
                zh: "{path} 所在磁盘仅余 {free} MiB，至少应有 {least} MiB。",
                en: "The disk of {path} has {free} MiB left; it should have {least} MiB.")
        }
    }

    var nextStep: LocalisedText {
        switch self {
        case .notInitialised: LocalisedText(zh: "请先运行 yzt init。", en: "Run yzt init first.")
        case .alreadyInitialised: LocalisedText(zh: "请指定另一个空目录。", en: "Name another, empty directory.")
        case .secretFile: LocalisedText(zh: "请将其权限设为 0600 并重试。", en: "Give it mode 0600 and try again.")
        case .badArgument: LocalisedText(zh: "请参阅 --help。", en: "See --help.")
        case .wrongCard: LocalisedText(zh: "请换上正确的介质。", en: "Insert the right one.")
        case .privateReaderService:
            LocalisedText(
                zh: "请停止系统的 pcscd，或在允许命名空间的环境中运行。", en: "Stop the system's pcscd, or run where namespaces are allowed.")
        case .stepFailed: LocalisedText(zh: "请查看 report.json。", en: "See report.json.")
        case .tooFewOfficers:
            LocalisedText(
                zh: "请为每名人员各加一个 --officer 读卡器：先申请人，后审核人。",
                en: "Name a reader with --officer for each of them, requester first, then approver.")
        case .oneReaderTwice:
            LocalisedText(zh: "请将另一人的介质插入另一个读卡器。", en: "Put the other officer's key into another reader.")
        case .notStocked:
            LocalisedText(zh: "空白介质请先运行 yzt key stock-in。", en: "If it is blank, run yzt key stock-in first.")
        case .alreadyStocked:
            LocalisedText(
                zh: "请用 yzt key status 查看，用 yzt key enrol 申领。", en: "See yzt key status; yzt key enrol comes next.")
        case .ceremonyRequired:
            LocalisedText(
                zh: "请举行密钥仪式（yzt ceremony，见 Policies/ceremony.md）。",
                en: "Hold a key ceremony (yzt ceremony; see Policies/ceremony.md).")
        case .evaluationClock:
            LocalisedText(
                zh: "请在 Policies/certificates.yaml 中将 timeStamps.clock.unsynchronised 设为 refused 并使其生效。",
                en: "Set timeStamps.clock.unsynchronised to refused in Policies/certificates.yaml and apply it.")
        case .rootUnconfirmed:
            LocalisedText(
                zh: "请核对根证书的 SHA-256，用 --root-sha256 给出。",
                en: "Compare the root certificate's SHA-256 and give it with --root-sha256.")
        case .replicaOnly: LocalisedText(zh: "请在主节点上办理。", en: "Do it where the authority is.")
        case .unreadableFile, .unwritableFile:
            LocalisedText(zh: "请核对路径和权限。", en: "Check the path and its permissions.")
        case .neitherForm:
            LocalisedText(
                zh: "请核对文件：DER 以字节 30 开头，PEM 中有一行 -----BEGIN {label}-----。",
                en: "Look at the file: DER begins with the byte 30, PEM has a line -----BEGIN {label}-----.")
        case .tokenNotEmpty:
            LocalisedText(zh: "每个证书机构须使用一个空的密码设备。", en: "Each authority takes a token of its own, empty at first.")
        case .noAnchor:
            LocalisedText(
                zh: "请用 --anchor 给出您信任的根证书，PEM 或 DER。", en: "Name a root that you trust with --anchor, PEM or DER.")
        case .noCertificates:
            LocalisedText(
                zh: "请核对代码；yzt registry show 显示法人库中的记录。", en: "Check the code; yzt registry show shows its record.")
        case .noDefinition:
            LocalisedText(zh: "请用 --root 指定包含二者的目录。", en: "Name the folder that holds both with --root.")
        case .otherStatusAddress:
            LocalisedText(
                zh: "请更正 --status-address，或另用一个 --configuration 重新开始。",
                en: "Correct --status-address, or begin anew with another --configuration.")
        case .tooManyOfficers:
            LocalisedText(zh: "请去掉多余的 --officer。", en: "Leave out the --officer that is too many.")
        case .diskNearlyFull:
            LocalisedText(zh: "请腾出空间；磁盘写满后一切办理都会被拒绝。", en: "Make room: a full disk refuses every act.")
        case .noReason: LocalisedText(zh: "请用 --reason 写明原因，它会进入审计。", en: "Say it with --reason; the audit keeps it.")
        }
    }
}

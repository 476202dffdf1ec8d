package import Groundwork

/// What is refused of a data directory, its configuration and its secrets.
///
/// The codes are those of the command, where they were first given out; a code is never renamed.
package enum InstallationRefusal: String, RefusalReason {
    case notInitialised = "not-initialised"
    case alreadyInitialised = "already-initialised"
    case secretFile = "secret-file"
    case evaluationClock = "evaluation-clock"
    case ceremonyRequired = "ceremony-required"
    case tokenNotEmpty = "token-not-empty"
    case replicaOnly = "replica-only"
    case noDefinition = "no-definition"
    case diskNearlyFull = "disk-nearly-full"
    case housekeepingHung = "housekeeping-hung"
    case tooFewFiles = "too-few-files"
    case storeDamaged = "store-damaged"
    case openToOthers = "open-to-others"
    case databaseLost = "database-lost"

    /// The refusals were released under the name of the command line, and keep it.
    package static let room = "command"

    /// What was wrong, in Chinese and English; `{names}` stand for the facts.
    package var message: LocalisedText {
        switch self {
        case .notInitialised:
            LocalisedText(zh: "{path} 还不是一个证书机构的数据目录。", en: "{path} is not an authority's data directory yet.")
        case .storeDamaged:
            LocalisedText(zh: "数据库有损坏：{what}。", en: "The store is damaged: {what}.")
        case .openToOthers:
            LocalisedText(zh: "{path} 的权限或属主不当。", en: "{path} belongs to another user, or others may use it.")
        case .databaseLost:
            LocalisedText(
                zh: "{path} 中有本机构的密钥，但数据库缺失或为空。",
                en: "{path} has this authority's keys, but its database is lost: it is missing or empty.")
        case .alreadyInitialised: LocalisedText(zh: "{path} 中已有一个证书机构。", en: "There is an authority in {path} already.")
        case .secretFile:
            LocalisedText(
                zh: "密钥文件 {path} 无法读取或权限过宽。", en: "The secret file {path} cannot be read or others may read it.")
        case .evaluationClock:
            LocalisedText(
                zh: "策略按评估方式对待未同步的时钟，而本配置不是评估。",
                en: "The policy takes an unkept clock as an evaluation does, but this configuration is no evaluation.")
        case .ceremonyRequired:
            LocalisedText(
                zh: "本配置不是评估；正式机构的根密钥不在本机产生。",
                en: "This configuration is no evaluation; in earnest the root's key is not made on this machine.")
        case .tokenNotEmpty:
            LocalisedText(zh: "密码设备 {token} 中已有密钥。", en: "The token {token} has keys already.")
        case .replicaOnly:
            LocalisedText(
                zh: "本机只有一份数据副本，仅能应答证书状态。", en: "This is a copy of the authority's data; it only answers for status.")
        case .noDefinition:
            LocalisedText(zh: "{path} 中没有 CA/ 和 Policies/。", en: "There are no CA/ and Policies/ in {path}.")
        case .diskNearlyFull:
            LocalisedText(
                zh: "{path} 所在磁盘仅余 {free} MiB，至少应有 {least} MiB。",
                en: "The disk of {path} has {free} MiB left; it should have {least} MiB.")
        case .housekeepingHung:
            LocalisedText(
                zh: "后台任务“{task}”已运行 {minutes} 分钟，尚未结束。",
                en: "The housekeeping task \"{task}\" has run for {minutes} minutes and has not ended.")
        case .tooFewFiles:
            LocalisedText(
                zh: "本机只允许一个进程打开 {allowed} 个文件，配置的连接数需要 {needed} 个。",
                en: "A process may have {allowed} open files here; the configured connections need {needed}.")
        }
    }

    /// What to do, with a command that exists.
    package var nextStep: LocalisedText {
        switch self {
        case .notInitialised: LocalisedText(zh: "请先运行 yzt init。", en: "Run yzt init first.")
        case .storeDamaged:
            LocalisedText(
                zh: "请停止服务，放回最近的备份，然后运行 yzt restore。",
                en: "Stop the service, put the newest backup back, then run yzt restore.")
        case .openToOthers:
            LocalisedText(
                zh: "请将目录权限设为 0700、文件设为 0600，并归服务用户所有。",
                en: "Give directories mode 0700 and files 0600, owned by the service's user.")
        case .databaseLost:
            LocalisedText(
                zh: "请放回最近的备份，然后运行 yzt restore；未改动任何内容。",
                en: "Put the newest backup back, then run yzt restore; nothing was written.")
        case .alreadyInitialised: LocalisedText(zh: "请指定另一个空目录。", en: "Name another, empty directory.")
        case .secretFile: LocalisedText(zh: "请将其权限设为 0600 并重试。", en: "Give it mode 0600 and try again.")
        case .evaluationClock:
            LocalisedText(
                zh: "请在 Policies/certificates.yaml 中将 timeStamps.clock.unsynchronised 设为 refused 并使其生效。",
                en: "Set timeStamps.clock.unsynchronised to refused in Policies/certificates.yaml and apply it.")
        case .ceremonyRequired:
            LocalisedText(
                zh: "请举行密钥仪式（yzt ceremony，见 Policies/ceremony.md）。",
                en: "Hold a key ceremony (yzt ceremony; see Policies/ceremony.md).")
        case .tokenNotEmpty:
            LocalisedText(zh: "每个证书机构须使用一个空的密码设备。", en: "Each authority takes a token of its own, empty at first.")
        case .replicaOnly: LocalisedText(zh: "请在主节点上办理。", en: "Do it where the authority is.")
        case .noDefinition:
            LocalisedText(zh: "请用 --root 指定包含二者的目录。", en: "Name the folder that holds both with --root.")
        case .diskNearlyFull:
            LocalisedText(zh: "请腾出空间；磁盘写满后一切办理都会被拒绝。", en: "Make room: a full disk refuses every act.")
        case .housekeepingHung:
            LocalisedText(
                zh: "其他任务照常进行；请查看日志与 yzt doctor，必要时重启 yzt serve。",
                en: "The others go on; see the log and yzt doctor, and restart yzt serve if it stays so.")
        case .tooFewFiles:
            LocalisedText(
                zh: "请提高上限（systemd 中为 LimitNOFILE=，参见 Tools/systemd），或在配置的 network.connections 中减少连接数；否则各地址同时受理的连接会更少。",
                en:
                    "Raise the limit (LimitNOFILE= for systemd, see Tools/systemd), or configure fewer connections (network.connections); until then each address takes fewer at once."
            )
        }
    }
}

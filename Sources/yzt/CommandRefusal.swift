import Groundwork

/// What the command itself refuses, before a room is asked.
enum CommandRefusal: String, RefusalReason {
    case wrongCard = "wrong-card"
    case privateReaderService = "private-reader-service"
    case stepFailed = "step-failed"
    case rootUnconfirmed = "root-unconfirmed"
    case unwritableFile = "unwritable-file"
    case neitherForm = "neither-form"
    case noAnchor = "no-anchor"
    case noCertificates = "no-certificates"
    case pathInvalid = "path-invalid"
    case otherStatusAddress = "other-status-address"

    static let room = "command"

    var message: LocalisedText {
        switch self {
        case .wrongCard:
            LocalisedText(zh: "读卡器中的介质不是所需的那一个。", en: "The key in the reader is not the one that is needed.")
        case .privateReaderService:
            LocalisedText(zh: "无法启动独立的读卡服务。", en: "A private reader service could not be started.")
        case .stepFailed: LocalisedText(zh: "步骤“{step}”未完成。", en: "The step \"{step}\" did not complete.")
        case .rootUnconfirmed:
            LocalisedText(
                zh: "这个根在本机是新的，须以纸面上的指纹确认。", en: "This root is new here; its fingerprint, read from paper, confirms it."
            )
        case .neitherForm: LocalisedText(zh: "{path} 既不是 DER，也不是 PEM。", en: "{path} is neither DER nor PEM.")
        case .unwritableFile: LocalisedText(zh: "无法写入文件 {path}。", en: "The file {path} cannot be written.")
        case .noAnchor:
            LocalisedText(
                zh: "{path} 中没有根证书（自签发的证书）。", en: "There is no root certificate, which issues itself, in {path}.")
        case .noCertificates:
            LocalisedText(zh: "{code} 在本机构没有证书。", en: "{code} has no certificate of this authority.")
        case .pathInvalid:
            LocalisedText(zh: "证书不能用于所需目的：{cause}。", en: "The certificate is not good for this: {cause}.")
        case .otherStatusAddress:
            LocalisedText(
                zh: "本机的状态地址是 {configured}，与给出的 {given} 不同；证书将写入前者。",
                en:
                    "The status address of this machine is {configured}, not {given}; certificates would name the former."
            )
        }
    }

    var nextStep: LocalisedText {
        switch self {
        case .wrongCard: LocalisedText(zh: "请换上正确的介质。", en: "Insert the right one.")
        case .privateReaderService:
            LocalisedText(
                zh: "请停止系统的 pcscd，或在允许命名空间的环境中运行。", en: "Stop the system's pcscd, or run where namespaces are allowed.")
        case .stepFailed: LocalisedText(zh: "请查看 report.json。", en: "See report.json.")
        case .rootUnconfirmed:
            LocalisedText(
                zh: "请核对根证书的 SHA-256，用 --root-sha256 给出。",
                en: "Compare the root certificate's SHA-256 and give it with --root-sha256.")
        case .unwritableFile:
            LocalisedText(zh: "请核对路径和权限。", en: "Check the path and its permissions.")
        case .neitherForm:
            LocalisedText(
                zh: "请核对文件：DER 以字节 30 开头，PEM 中有一行 -----BEGIN {label}-----。",
                en: "Look at the file: DER begins with the byte 30, PEM has a line -----BEGIN {label}-----.")
        case .noAnchor:
            LocalisedText(
                zh: "请用 --anchor 给出您信任的根证书，PEM 或 DER。", en: "Name a root that you trust with --anchor, PEM or DER.")
        case .noCertificates:
            LocalisedText(
                zh: "请核对代码；yzt registry show 显示法人库中的记录。", en: "Check the code; yzt registry show shows its record.")
        case .pathInvalid:
            LocalisedText(
                zh: "请核对根、中间证书、吊销列表和时刻；证书本身有疑问的，勿依赖它。",
                en: "Check roots, intermediates, CRLs and the moment; do not rely on the certificate otherwise.")
        case .otherStatusAddress:
            LocalisedText(
                zh: "请更正 --status-address，或另用一个 --configuration 重新开始。",
                en: "Correct --status-address, or begin anew with another --configuration.")
        }
    }
}

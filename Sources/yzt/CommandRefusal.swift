import Groundwork

/// What the command itself refuses, before a room is asked.
enum CommandRefusal: String, RefusalReason {
    case noPIN = "no-pin"
    case notInitialised = "not-initialised"
    case alreadyInitialised = "already-initialised"
    case secretFile = "secret-file"
    case badArgument = "bad-argument"
    case noReader = "no-reader"
    case wrongCard = "wrong-card"
    case privateReaderService = "private-reader-service"
    case stepFailed = "step-failed"

    static let room = "command"

    var message: LocalisedText {
        switch self {
        case .noPIN: LocalisedText(zh: "没有得到 PIN。", en: "No PIN was given.")
        case .notInitialised:
            LocalisedText(zh: "{path} 还不是一个证书机构的数据目录。", en: "{path} is not an authority's data directory yet.")
        case .alreadyInitialised: LocalisedText(zh: "{path} 中已有一个证书机构。", en: "There is an authority in {path} already.")
        case .secretFile:
            LocalisedText(
                zh: "密钥文件 {path} 无法读取或权限过宽。", en: "The secret file {path} cannot be read or others may read it.")
        case .badArgument: LocalisedText(zh: "参数 {argument} 不正确。", en: "The argument {argument} is not right.")
        case .noReader:
            LocalisedText(zh: "没有名为 {reader} 的读卡器,或其中没有介质。", en: "There is no reader called {reader}, or no key in it.")
        case .wrongCard:
            LocalisedText(zh: "读卡器中的介质不是所需的那一个。", en: "The key in the reader is not the one that is needed.")
        case .privateReaderService:
            LocalisedText(zh: "无法启动独立的读卡服务。", en: "A private reader service could not be started.")
        case .stepFailed: LocalisedText(zh: "步骤“{step}”未完成。", en: "The step \"{step}\" did not complete.")
        }
    }

    var nextStep: LocalisedText {
        switch self {
        case .noPIN: LocalisedText(zh: "请重试,并在 PIN 窗口中输入。", en: "Try again and enter it in the PIN window.")
        case .notInitialised: LocalisedText(zh: "请先运行 yzt init。", en: "Run yzt init first.")
        case .alreadyInitialised: LocalisedText(zh: "请指定另一个空目录。", en: "Name another, empty directory.")
        case .secretFile: LocalisedText(zh: "请将其权限设为 0600 并重试。", en: "Give it mode 0600 and try again.")
        case .badArgument: LocalisedText(zh: "请参阅 --help。", en: "See --help.")
        case .noReader:
            LocalisedText(zh: "请插入介质,用 yzt key status 查看。", en: "Insert the key; yzt key status shows the readers.")
        case .wrongCard: LocalisedText(zh: "请换上正确的介质。", en: "Insert the right one.")
        case .privateReaderService:
            LocalisedText(
                zh: "请停止系统的 pcscd,或在允许命名空间的环境中运行。", en: "Stop the system's pcscd, or run where namespaces are allowed.")
        case .stepFailed: LocalisedText(zh: "请查看 report.json。", en: "See report.json.")
        }
    }
}

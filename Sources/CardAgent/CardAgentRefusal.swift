package import Groundwork

/// What the agent's own side refuses before a card is asked: readers that are not there, PINs that did not come.
package enum CardAgentRefusal: String, RefusalReason {
    case noReader = "no-reader"
    case noPIN = "no-pin"
    case noPINWindow = "no-pin-window"
    case noTerminal = "no-terminal"

    /// The name that these codes have had since the command asked for PINs itself.
    package static let room = "command"

    package var message: LocalisedText {
        switch self {
        case .noReader:
            LocalisedText(zh: "没有名为 {reader} 的读卡器，或其中没有介质。", en: "There is no reader called {reader}, or no key in it.")
        case .noPIN: LocalisedText(zh: "没有得到 PIN。", en: "No PIN was given.")
        case .noPINWindow:
            LocalisedText(zh: "无法打开输入 PIN 的窗口。", en: "No window to enter the PIN could be opened.")
        case .noTerminal: LocalisedText(zh: "没有可以输入的终端。", en: "There is no terminal to type at.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .noReader:
            LocalisedText(zh: "请插入介质，用 yzt key status 查看。", en: "Insert the key; yzt key status shows the readers.")
        case .noPIN:
            LocalisedText(
                zh: "请重试，在 PIN 窗口中输入；使用 --pin-entry fd:N 时，每行一个 PIN，按使用顺序排列。",
                en: "Enter it in the PIN window; with --pin-entry fd:N give one PIN a line, in the order of use.")
        case .noPINWindow:
            LocalisedText(
                zh: "请用 --pin-entry terminal 在终端输入，或用 --pin-entry fd:N 逐行给出；或安装 pinentry，并在有屏幕或终端处运行。",
                en:
                    "Type it at the terminal with --pin-entry terminal, or give it by --pin-entry fd:N, one a line; or install pinentry and run where there is a screen or a terminal."
            )
        case .noTerminal:
            LocalisedText(
                zh: "请在终端中运行，或用 --pin-entry fd:N 逐行给出。",
                en: "Run it in a terminal, or use --pin-entry fd:N, one a line.")
        }
    }
}

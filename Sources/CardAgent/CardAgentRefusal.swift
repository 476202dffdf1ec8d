package import Groundwork

/// What the agent's own side refuses before a card is asked: readers that are not there, PINs that did not come.
package enum CardAgentRefusal: String, RefusalReason {
    case noReader = "no-reader"
    case noPIN = "no-pin"
    case unnamedPIN = "unnamed-pin"
    case entriesDiffer = "entries-differ"
    case noPINWindow = "no-pin-window"
    case noTerminal = "no-terminal"

    /// The name that these codes have had since the command asked for PINs itself.
    package static let room = "command"

    /// What was wrong, in Chinese and English; `{names}` stand for the facts.
    package var message: LocalisedText {
        switch self {
        case .noReader:
            LocalisedText(zh: "没有名为 {reader} 的读卡器，或其中没有介质。", en: "There is no reader called {reader}, or no key in it.")
        case .noPIN: LocalisedText(zh: "没有得到 PIN。", en: "No PIN was given.")
        case .unnamedPIN:
            LocalisedText(
                zh: "第 {line} 行没有写明是谁的 PIN；本次办理可能要用{people}的 PIN。没有交给任何介质。",
                en: "Line {line} does not say whose PIN it is; {peopleEn} may be asked here. No key was given it.")
        case .entriesDiffer:
            LocalisedText(zh: "给{whose}两次输入的新 PIN 不一致。", en: "The two entries of the new PIN of {whoseEn} differ.")
        case .noPINWindow:
            LocalisedText(zh: "无法打开输入 PIN 的窗口。", en: "No window to enter the PIN could be opened.")
        case .noTerminal: LocalisedText(zh: "没有可以输入的终端。", en: "There is no terminal to type at.")
        }
    }

    /// What to do, with a command that exists.
    package var nextStep: LocalisedText {
        switch self {
        case .noReader:
            LocalisedText(zh: "请插入介质，用 yzt key status 查看。", en: "Insert the key; yzt key status shows the readers.")
        case .noPIN:
            LocalisedText(
                zh: "请重试，在 PIN 窗口中输入；使用 --pin-entry fd:N 时，每行一个 PIN 并写明是谁的：officer 1: …、holder: …、holder new: …。",
                en:
                    "Enter it in the PIN window; with --pin-entry fd:N give one PIN a line, named: officer 1: …, holder: …, holder new: …."
            )
        case .unnamedPIN:
            LocalisedText(
                zh: "请在每行写明：officer 1: …、officer 2: …（按 --officer 的顺序）、holder: …，新 PIN 写作 holder new: …。",
                en:
                    "Name each line: officer 1: …, officer 2: … (in the order of --officer), holder: …; a new PIN is holder new: …."
            )
        case .entriesDiffer: LocalisedText(zh: "请重新输入。", en: "Enter it again.")
        case .noPINWindow:
            LocalisedText(
                zh: "请用 --pin-entry terminal 在终端输入，或用 --pin-entry fd:N 给出；或安装 pinentry，并在有屏幕或终端处运行。",
                en:
                    "Type it at the terminal with --pin-entry terminal, or give it by --pin-entry fd:N; or install pinentry and run where there is a screen or a terminal."
            )
        case .noTerminal:
            LocalisedText(
                zh: "请在终端中运行，或用 --pin-entry fd:N 给出。",
                en: "Run it in a terminal, or use --pin-entry fd:N.")
        }
    }
}

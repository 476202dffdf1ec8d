package import Groundwork

/// What the evaluation key refuses. It is no part of the service, so its codes are not in the service's catalogue.
package enum VirtualKeyRefusal: String, RefusalReason {
    case stateFile = "state-file"
    case noReader = "no-reader"
    case connectionLost = "connection-lost"

    package static let room = "virtual-key"

    package var message: LocalisedText {
        switch self {
        case .stateFile: LocalisedText(zh: "虚拟介质的文件无法读写。", en: "The virtual key's file cannot be read or written.")
        case .noReader: LocalisedText(zh: "虚拟读卡器未在端口 {port} 等候。", en: "No virtual reader waits on port {port}.")
        case .connectionLost: LocalisedText(zh: "与虚拟读卡器的连接中断。", en: "The virtual reader closed the connection.")
        }
    }
    package var nextStep: LocalisedText {
        switch self {
        case .stateFile: LocalisedText(zh: "请检查路径与磁盘空间。", en: "Check the path and the disk.")
        case .noReader, .connectionLost:
            LocalisedText(zh: "请用 Tools/private-pcscd 启动读卡服务。", en: "Start a reader service with Tools/private-pcscd.")
        }
    }

    package var retry: Refusal.Retry { self == .stateFile ? .no : .later }
}

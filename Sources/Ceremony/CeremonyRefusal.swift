package import Groundwork

/// What a ceremony and its custodians are refused.
package enum CeremonyRefusal: String, RefusalReason {
    case ceremonyScript = "ceremony-script"
    case ceremonyFile = "ceremony-file"
    case ceremonyOnline = "ceremony-online"
    case ceremonyMemory = "ceremony-memory"
    case ceremonyOtherScript = "ceremony-other-script"
    case ceremonyEvaluation = "ceremony-evaluation"
    case ceremonyListShrunk = "ceremony-list-shrunk"
    case ceremonyBusy = "ceremony-busy"
    case ceremonyStopped = "ceremony-stopped"
    case ceremonyClock = "ceremony-clock"
    case ceremonyWithoutRoot = "ceremony-without-root"
    case ceremonyRequest = "ceremony-request"
    case ceremonyArtefact = "ceremony-artefact"
    case ceremonyTranscript = "ceremony-transcript"
    case randomnessFailed = "randomness-failed"
    case weakPassphrase = "weak-passphrase"
    case shareExists = "share-exists"
    case shareAltered = "share-altered"
    case shareForeign = "share-foreign"
    case shareRepeated = "share-repeated"
    case sharePassphrase = "share-passphrase"
    case shareWrong = "share-wrong"
    case tooFewShares = "too-few-shares"
    case sharesDoNotJoin = "shares-do-not-join"
    case otherFirstOfficers = "other-first-officers"
    case serviceKeyEnds = "service-key-ends"

    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .ceremonyScript:
            LocalisedText(
                zh: "{file}不能作为仪式脚本。", en: "{file} cannot be the script of a ceremony.")
        case .ceremonyFile:
            LocalisedText(
                zh: "{path}无法读写。", en: "{path} cannot be read or written.")
        case .ceremonyBusy:
            LocalisedText(zh: "另一进程正在{path}中举行仪式。", en: "Another process holds a ceremony in {path}.")
        case .ceremonyOnline:
            LocalisedText(
                zh: "本机的网络{networks}已连接，不能举行仪式。",
                en: "This machine's network {networks} is up; no ceremony is held on it.")
        case .ceremonyMemory:
            LocalisedText(
                zh: "本进程的内存不能全部锁定，不能举行仪式。",
                en: "This process's memory cannot be locked as a whole; no ceremony is held in it.")
        case .ceremonyOtherScript:
            LocalisedText(
                zh: "脚本中的{part}与建立该根时的脚本不同。", en: "The script's {part} is not that of the root's own ceremony.")
        case .ceremonyEvaluation:
            LocalisedText(
                zh: "仪式脚本写明仅供评估，本机构不是评估环境。",
                en: "The ceremony's script says that it was an evaluation; this authority is none.")
        case .ceremonyListShrunk:
            LocalisedText(
                zh: "吊销列表{artefact}缺少此前已吊销的证书{serial}。",
                en: "The list {artefact} lacks the certificate {serial}, which was revoked before.")
        case .ceremonyStopped:
            LocalisedText(
                zh: "回答与要求不符，仪式已停止。", en: "The answer was not the one asked for; the ceremony has stopped.")
        case .ceremonyClock:
            LocalisedText(
                zh: "本机时钟早于上一次签发（{before}）。", en: "This machine's clock is before the last signing ({before}).")
        case .ceremonyWithoutRoot:
            LocalisedText(
                zh: "此文件夹中没有根{generation}。", en: "There is no root {generation} in this folder.")
        case .ceremonyRequest:
            LocalisedText(
                zh: "{generation}的证书申请与其密钥或计划不符。", en: "The request for {generation} does not fit its key or its plan.")
        case .ceremonyArtefact:
            LocalisedText(
                zh: "仪式产物{artefact}与记录或本机构不符。",
                en: "The ceremony's {artefact} is not what was recorded, or not this authority's.")
        case .ceremonyTranscript:
            LocalisedText(
                zh: "{stage}的仪式记录不成立。", en: "The transcript of {stage} does not hold.")
        case .randomnessFailed:
            LocalisedText(
                zh: "随机数检验两次未通过。", en: "The random number generator failed its check twice.")
        case .weakPassphrase:
            LocalisedText(
                zh: "口令须为{shortest}至{longest}字节。", en: "A passphrase has {shortest} to {longest} bytes.")
        case .shareExists:
            LocalisedText(
                zh: "{path}已存在，不会覆盖。", en: "{path} is there already and is not written over.")
        case .shareAltered:
            LocalisedText(
                zh: "密钥分量文件{file}已损坏或被改动。", en: "The share in {file} is damaged or was altered.")
        case .shareForeign:
            LocalisedText(
                zh: "{file}不是{generation}的密钥分量。", en: "The share in {file} is not one of {generation}.")
        case .shareRepeated:
            LocalisedText(
                zh: "{file}与{other}是同一份密钥分量（第{number}份）。",
                en: "{file} and {other} are the same share (number {number}).")
        case .sharePassphrase:
            LocalisedText(
                zh: "{custodian}的口令不正确。", en: "The passphrase of {custodian} is not right.")
        case .shareWrong:
            LocalisedText(
                zh: "{custodian}的密钥分量（{file}）内容不正确。",
                en: "What {custodian} brought ({file}) is not the share that was given out.")
        case .tooFewShares:
            LocalisedText(
                zh: "需要{needed}份密钥分量，现有{given}份。", en: "{needed} shares are needed; there are {given}.")
        case .sharesDoNotJoin:
            LocalisedText(
                zh: "这些密钥分量合成的不是{generation}的密钥。", en: "These shares do not join to the key of {generation}.")
        case .otherFirstOfficers:
            LocalisedText(
                zh: "首批人员由仪式指定为{names}。", en: "The ceremony named the first officers: {names}.")
        case .serviceKeyEnds:
            LocalisedText(
                zh: "{issuer}的服务密钥{role}的证书将于{end}到期，尚无接替。",
                en: "The certificate of {issuer}'s service key {role} ends on {end}, and no other follows it.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .ceremonyScript, .ceremonyRequest, .otherFirstOfficers:
            LocalisedText(zh: "请按计划更正后重试。", en: "Correct it after the plan and try again.")
        case .ceremonyFile:
            LocalisedText(zh: "请检查路径、权限与空间后重试。", en: "Check path, permissions and space, and try again.")
        case .ceremonyOnline:
            LocalisedText(
                zh: "请断开并停用所列网络接口（ip link set … down）后重试。",
                en: "Take the network away, set each interface named down (ip link set … down), and try again.")
        case .ceremonyMemory:
            LocalisedText(
                zh: "请以 root 运行，或解除内存锁定上限（ulimit -l unlimited）后重试。",
                en: "Run as root, or without a limit of locked memory (ulimit -l unlimited), and try again.")
        case .ceremonyOtherScript:
            LocalisedText(
                zh: "请使用该根的仪式脚本。", en: "Use the script of the root's ceremony.")
        case .ceremonyEvaluation:
            LocalisedText(zh: "请用正式仪式的产物。", en: "Bring what a ceremony in earnest made.")
        case .ceremonyListShrunk:
            LocalisedText(
                zh: "请查明仪式文件夹是否由旧副本恢复，并以最新文件夹重新签发。",
                en:
                    "Find out whether the ceremony's folder was put back from an older copy; sign again from the newest."
            )
        case .ceremonyBusy: LocalisedText(zh: "请等它结束。", en: "Wait until it has ended.")
        case .ceremonyStopped: LocalisedText(zh: "请查明原因后重新开始该阶段。", en: "Find out why, then begin this stage again.")
        case .ceremonyClock: LocalisedText(zh: "请校准时钟后重试。", en: "Set the clock and try again.")
        case .ceremonyWithoutRoot: LocalisedText(zh: "请使用举行仪式的文件夹。", en: "Use the folder of the root's ceremony.")
        case .ceremonyArtefact, .ceremonyTranscript:
            LocalisedText(zh: "请勿使用，并从仪式的原始介质重新取得。", en: "Do not use it; take it again from the ceremony's own medium.")
        case .randomnessFailed: LocalisedText(zh: "请更换机器。", en: "Use another machine.")
        case .weakPassphrase: LocalisedText(zh: "请另选口令。", en: "Choose another passphrase.")
        case .shareExists:
            LocalisedText(zh: "请更换保存位置，或移走原文件。", en: "Choose another place, or take the file there away.")
        case .shareAltered, .shareForeign, .shareRepeated, .shareWrong, .tooFewShares, .sharesDoNotJoin:
            LocalisedText(zh: "请另一位保管人出示其分量。", en: "Have another custodian bring theirs.")
        case .sharePassphrase: LocalisedText(zh: "请该保管人重新输入。", en: "Have this custodian enter it again.")
        case .serviceKeyEnds:
            LocalisedText(
                zh: "请由两名人员授权更换该密钥（yzt certificate rekey-service）。",
                en: "Have two officers order that it be exchanged (`yzt certificate rekey-service`).")
        }
    }

    package var retry: Refusal.Retry {
        switch self {
        case .ceremonyBusy:
            .later
        default: .no
        }
    }
}

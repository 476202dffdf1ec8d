import Foundation
import Groundwork

/// The steps of the life, by the codes that other programs read in report.json.
enum LifeStep: String, CaseIterable, Codable, Sendable {
    case initialise = "init"
    case officers, registry
    case stockIn = "stock-in"
    case enrol, status, login
    case loginRefused = "login-refused"
    case seal, stamp
    case pinLocked = "pin-locked"
    case unlock, renew, change, suspend, resume, reissue, revoke, recover, audit
    case auditTampered = "audit-tampered"

    var name: LocalisedText {
        switch self {
        case .initialise: LocalisedText(zh: "建立证书机构", en: "The authority is made")
        case .officers: LocalisedText(zh: "两名操作员入职", en: "Two officers get their keys")
        case .registry: LocalisedText(zh: "导入法人库", en: "The registry is imported")
        case .stockIn: LocalisedText(zh: "空白介质入库", en: "Blank keys come into stock")
        case .enrol: LocalisedText(zh: "法人申领介质", en: "An entity gets its key")
        case .status: LocalisedText(zh: "查询证书状态", en: "Its status is asked for")
        case .login: LocalisedText(zh: "登录部门应用", en: "It logs in at a department")
        case .loginRefused: LocalisedText(zh: "伪造的登录被拒", en: "Forged logins are refused")
        case .seal: LocalisedText(zh: "制作电子印章", en: "Its seal is made")
        case .stamp: LocalisedText(zh: "在合同上盖章", en: "A contract is sealed")
        case .pinLocked: LocalisedText(zh: "PIN 输错被锁", en: "The PIN is locked by wrong tries")
        case .unlock: LocalisedText(zh: "解锁并重设 PIN", en: "It is unlocked with a new PIN")
        case .renew: LocalisedText(zh: "证书更新", en: "The certificates are renewed")
        case .change: LocalisedText(zh: "单位名称变更", en: "The entity changes its name")
        case .suspend: LocalisedText(zh: "证书冻结", en: "The certificates are suspended")
        case .resume: LocalisedText(zh: "证书解冻", en: "They are resumed")
        case .reissue: LocalisedText(zh: "介质遗失补办", en: "The key is lost and another one issued")
        case .revoke: LocalisedText(zh: "证书吊销", en: "The certificates are revoked")
        case .recover: LocalisedText(zh: "中断的申领恢复完成", en: "An interrupted enrolment is finished")
        case .audit: LocalisedText(zh: "审计链导出与核验", en: "The audit trail is exported and verified")
        case .auditTampered: LocalisedText(zh: "篡改审计链被发现", en: "A tampered trail is found out")
        }
    }
}

/// One line of report.json.
struct LifeReport: Sendable {
    struct Line: Sendable {
        var step: LifeStep
        var succeeded: Bool
        var milliseconds: Int64
        var detail: String
    }

    var algorithm: String
    var lines: [Line] = []

    var everyStepHeld: Bool { lines.count == LifeStep.allCases.count && lines.allSatisfy(\.succeeded) }

    var json: CanonicalJSON {
        .object([
            "algorithm": .string(algorithm),
            "steps": .array(
                lines.map { line in
                    .object([
                        "code": .string(line.step.rawValue),
                        "name": .string("\(line.step.name.zh) · \(line.step.name.en)"),
                        "outcome": .string(line.succeeded ? "ok" : "failed"),
                        "milliseconds": .integer(line.milliseconds),
                        "detail": .string(line.detail),
                    ])
                }),
        ])
    }
}

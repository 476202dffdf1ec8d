package import Groundwork

/// Everything an officer can order: the closed list that requests name and `Policies/dual-control.yaml` rules on.
///
/// Raw values are signed and stored; they are never renamed.
package enum OfficerAct: String, CaseIterable, Codable, Sendable {
    case importRegistry, overrideUSCC, changeEntity
    case stockInKey, enrolKey, renewKey, changeKey, reissueKey, unlockKey, recoverKey, reportLostKey, reportFoundKey,
        retireKey, abandonPlan
    case suspendCertificate, resumeCertificate, revokeCertificate, revokeCertificates, reviseRevocation
    case makeSeal, suspendSeal, resumeSeal, revokeSeal
    case registerApplication, activateApplication
    case issueServiceCertificate, listWeakKeys
    case issueOfficerCertificate, enrolOfficer, changeOfficer, suspendOfficer, resumeOfficer, retireOfficer
    case applyPolicy, holdCeremony, rewrapEscrow, countersignCheckpoint, exportAudit
    case trustClock, importArchive, pruneRecords, restoreStore
    case forgetPersonalData, openPersonalData, logIn

    package var label: LocalisedText {
        switch self {
        case .importRegistry: LocalisedText(zh: "导入法人库", en: "import the registry")
        case .overrideUSCC: LocalisedText(zh: "统一社会信用代码例外认定", en: "override a credit code's checks")
        case .changeEntity: LocalisedText(zh: "法人信息变更", en: "change an entity")
        case .stockInKey: LocalisedText(zh: "介质入库", en: "take a key into stock")
        case .enrolKey: LocalisedText(zh: "介质申领", en: "enrol a key")
        case .renewKey: LocalisedText(zh: "证书更新", en: "renew a key's certificates")
        case .changeKey: LocalisedText(zh: "证书变更", en: "change a key's certificates")
        case .reissueKey: LocalisedText(zh: "介质补办", en: "reissue on another key")
        case .unlockKey: LocalisedText(zh: "介质解锁", en: "unlock a key")
        case .recoverKey: LocalisedText(zh: "中断恢复", en: "finish an interrupted plan")
        case .reportLostKey: LocalisedText(zh: "介质挂失", en: "report a key lost")
        case .reportFoundKey: LocalisedText(zh: "介质撤销挂失", en: "report a lost key found")
        case .abandonPlan: LocalisedText(zh: "放弃中断的方案", en: "abandon an interrupted plan")
        case .retireKey: LocalisedText(zh: "介质注销", en: "retire a key")
        case .suspendCertificate: LocalisedText(zh: "证书冻结", en: "suspend a certificate")
        case .resumeCertificate: LocalisedText(zh: "证书解冻", en: "resume a certificate")
        case .revokeCertificate: LocalisedText(zh: "证书吊销", en: "revoke a certificate")
        case .revokeCertificates: LocalisedText(zh: "证书批量吊销", en: "revoke a list of certificates")
        case .reviseRevocation: LocalisedText(zh: "吊销原因更正", en: "revise why a certificate was revoked")
        case .makeSeal: LocalisedText(zh: "印章制作", en: "make a seal")
        case .suspendSeal: LocalisedText(zh: "印章停用", en: "suspend a seal")
        case .resumeSeal: LocalisedText(zh: "印章恢复", en: "resume a seal")
        case .revokeSeal: LocalisedText(zh: "印章注销", en: "revoke a seal")
        case .registerApplication: LocalisedText(zh: "应用登记", en: "register an application")
        case .activateApplication: LocalisedText(zh: "应用开通", en: "activate an application")
        case .issueServiceCertificate:
            LocalisedText(zh: "签发服务器与部门证书", en: "issue a server's or department's certificate")
        case .listWeakKeys: LocalisedText(zh: "登记弱密钥", en: "list weak keys")
        case .issueOfficerCertificate: LocalisedText(zh: "签发人员证书", en: "issue an officer's certificate")
        case .enrolOfficer: LocalisedText(zh: "人员注册", en: "enrol an officer")
        case .changeOfficer: LocalisedText(zh: "人员角色与证书变更", en: "change an officer's roles or certificate")
        case .suspendOfficer: LocalisedText(zh: "人员停用", en: "suspend an officer")
        case .resumeOfficer: LocalisedText(zh: "人员恢复", en: "resume an officer")
        case .retireOfficer: LocalisedText(zh: "人员离任", en: "retire an officer")
        case .applyPolicy: LocalisedText(zh: "策略生效", en: "apply a policy")
        case .holdCeremony: LocalisedText(zh: "密钥仪式", en: "hold a key ceremony")
        case .rewrapEscrow: LocalisedText(zh: "托管密文换钥", en: "rewrap escrowed secrets")
        case .countersignCheckpoint: LocalisedText(zh: "审计检查点会签", en: "countersign a checkpoint")
        case .exportAudit: LocalisedText(zh: "导出审计或档案", en: "export the audit trail or an archive")
        case .trustClock: LocalisedText(zh: "确认时钟", en: "vouch for the clock")
        case .importArchive: LocalisedText(zh: "接收档案", en: "take over an archive")
        case .pruneRecords: LocalisedText(zh: "清理到期档案", en: "prune records past retention")
        case .restoreStore: LocalisedText(zh: "恢复数据库", en: "restore the store")
        case .forgetPersonalData: LocalisedText(zh: "删除审计中的个人信息", en: "forget personal data in the audit")
        case .openPersonalData: LocalisedText(zh: "调取审计中的个人信息", en: "open personal data in the audit")
        case .logIn: LocalisedText(zh: "人员登录", en: "log in")
        }
    }

    /// The rule of an act that an older store's policy does not know: acts that came later are ordered by those who
    /// decide on officers, until the policy has a rule. `nil`: every policy has one.
    package var ruleOfOldPolicies: DualControl.Rule? {
        switch self {
        case .reportLostKey, .reportFoundKey, .abandonPlan, .retireOfficer, .listWeakKeys, .restoreStore:
            DualControl.Rule(officers: 2, requesters: [.superAdministrator], approvers: [.auditAdministrator])
        default: nil
        }
    }

    /// Below this no policy may go: whoever can change the rules or the officers alone could undo every other rule.
    package var leastOfficers: Int {
        switch self {
        case .enrolOfficer, .changeOfficer, .resumeOfficer, .retireOfficer, .applyPolicy, .holdCeremony, .overrideUSCC,
            .pruneRecords, .restoreStore,
            .rewrapEscrow, .issueServiceCertificate, .listWeakKeys, .forgetPersonalData, .revokeCertificates,
            .reviseRevocation:
            2
        default: 1
        }
    }
}

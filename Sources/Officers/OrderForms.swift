internal import Groundwork

/// The one table of what each act's request binds. The room that does the act checks every parameter
/// (``Authorisation/require(_:subject:parameters:)``); members are signed and stored, so a name is never changed, and a
/// form that old orders have stays readable because reading (``CanonicalRequest/init(bytes:)``) asks for none.
extension OfficerAct {
    package var form: OrderForm {
        switch self {
        case .importRegistry:
            OrderForm(Words.registry, [.required("feed", .text, "文件", "file"), Words.digest("digest")])
        case .overrideUSCC:
            OrderForm(Words.code, [.required("defects", .texts, "不符之处", "what fails")])
        case .changeEntity:
            OrderForm(
                LocalisedText(zh: "法人单位标识", en: "entity"), [.required("uscc", .text, "新代码", "new credit code")])
        case .stockInKey, .enrolKey, .renewKey, .changeKey, .reissueKey, .unlockKey, .recoverKey, .reportLostKey,
            .reportFoundKey, .retireKey, .abandonPlan:
            keyForm
        case .suspendCertificate, .resumeCertificate: OrderForm(Words.serial, Words.certificate)
        case .revokeCertificate, .reviseRevocation: OrderForm(Words.serial, Words.certificate + Words.revocation)
        case .revokeCertificates:
            OrderForm(
                LocalisedText(zh: "清单摘要", en: "list's digest"),
                [
                    .required("certificates", .number, "证书数量", "certificates"),
                    .required("selection", .text, "选取范围", "selection"),
                ] + Words.revocation)
        case .makeSeal:
            OrderForm(
                Words.code,
                [
                    Words.entity, Words.name, .required("kind", .text, "印章种类", "kind of seal"),
                    .required("certificate", .text, "签名证书序列号", "signature certificate"),
                    .optional("replaces", .text, "替换的印章", "replaces the seal"),
                ])
        case .suspendSeal, .resumeSeal, .revokeSeal:
            OrderForm(
                LocalisedText(zh: "印章", en: "seal"),
                [Words.entity, Words.name, .required("kind", .text, "印章种类", "kind of seal")])
        case .registerApplication:
            OrderForm(
                LocalisedText(zh: "应用标识", en: "application"),
                [
                    .required("client", .text, "应用标识", "client"),
                    .required("name_zh", .text, "中文名称", "Chinese name"),
                    .required("name_en", .text, "英文名称", "English name"),
                    .required("department", .text, "部门", "department"),
                    .required("origins", .texts, "网址来源", "origins"),
                ])
        case .activateApplication:
            OrderForm(LocalisedText(zh: "应用标识", en: "application"), [Words.entity])
        case .issueServiceCertificate:
            OrderForm(
                Words.key,
                [
                    .required("profile", .text, "证书模板", "profile"),
                    .required("commonName", .text, "名称", "common name"),
                    .required("organization", .textOrNull, "单位名称", "organization"),
                    .required("organizationalUnit", .textOrNull, "内设机构", "organizational unit"),
                    .required("creditCode", .textOrNull, "统一社会信用代码", "credit code"),
                    .required("stateOrProvince", .textOrNull, "省市", "province"),
                    .required("locality", .textOrNull, "区县", "locality"),
                    .required("country", .text, "国家", "country"),
                    .required("serverNames", .texts, "服务器名称", "server names"),
                    .required("notAfterAtMost", .momentOrNull, "有效期不超过", "valid at most until"),
                ])
        case .listWeakKeys:
            OrderForm(
                LocalisedText(zh: "名单摘要", en: "list's digest"), [.required("keys", .number, "公钥数量", "public keys")])
        case .issueOfficerCertificate, .enrolOfficer, .changeOfficer, .suspendOfficer, .resumeOfficer, .retireOfficer:
            officersForm
        case .applyPolicy:
            OrderForm(
                LocalisedText(zh: "策略摘要", en: "policies' digest"),
                [.required("files", .textByName, "变更的文件", "files that change")])
        case .holdCeremony: ceremonyForm
        case .rewrapEscrow:
            OrderForm(
                LocalisedText(zh: "新包装密钥", en: "new wrapping key"),
                [.required("masterVersion", .numberOrNull, "新主密钥版本", "new master's version")])
        case .countersignCheckpoint:
            OrderForm(
                LocalisedText(zh: "检查点摘要", en: "checkpoint's digest"),
                [
                    .required("number", .number, "检查点序号", "checkpoint number"),
                    .required("checkpoint", .bytes, "检查点内容", "checkpoint"),
                ])
        case .exportAudit: exportForm
        case .trustClock:
            OrderForm(
                LocalisedText(zh: "本次开机", en: "this run of the machine"),
                [
                    .required("shown", .date, "本机时间", "the machine's time"),
                    .required("hours", .number, "有效小时数", "hours"),
                    .required("offset", .number, "时钟偏移（毫秒）", "offset (ms)"),
                ])
        case .importArchive:
            OrderForm(
                Words.archive,
                [
                    .required("origin", .text, "来源机构", "origin"),
                    .required("certificates", .number, "证书数量", "certificates"),
                ])
        case .pruneRecords:
            OrderForm(
                LocalisedText(zh: "清理方案摘要", en: "plan's digest"),
                [
                    .required("archive", .text, "所据档案", "archive"),
                    .required("certificates", .number, "证书数量", "certificates"),
                    .required("endedBefore", .date, "在此之前到期", "ended before"),
                ], [.required("records", .recordByName, "各类记录", "records")])
        case .restoreStore:
            OrderForm(
                LocalisedText(zh: "恢复方案摘要", en: "plan's digest"),
                [
                    .required("certificates", .number, "未入库而作废的序列号", "unknown serial numbers, revoked"),
                    .required("revocations", .number, "依列表吊销或冻结", "revoked or held by published lists"),
                    .required("lists", .number, "未入库的吊销列表", "unknown revocation lists"),
                    .required("events", .number, "缺失的审计事件", "audit events missing"),
                ])
        case .forgetPersonalData, .openPersonalData:
            OrderForm(
                LocalisedText(zh: "事件或对象", en: "event or subject"),
                [.optional("name", .text, "项目", "datum")])
        case .logIn: OrderForm(LocalisedText(zh: "会话", en: "session"), [])
        }
    }
}

/// What several rows say alike.
enum Words {
    static let code = LocalisedText(zh: "统一社会信用代码", en: "credit code")
    static let registry = LocalisedText(zh: "法人库", en: "registry")
    static let medium = LocalisedText(zh: "介质", en: "key")
    static let key = LocalisedText(zh: "公钥摘要", en: "public key's digest")
    static let serial = LocalisedText(zh: "证书序列号", en: "certificate")
    static let archive = LocalisedText(zh: "档案", en: "archive")
    static let officer = LocalisedText(zh: "人员", en: "officer")

    static let entity = OrderForm.Parameter.required("entity", .text, "统一社会信用代码", "credit code")
    static let entityIfAny = OrderForm.Parameter.optional("entity", .text, "统一社会信用代码", "credit code")
    static let name = OrderForm.Parameter.required("name", .text, "名称", "name")
    static let reason = OrderForm.Parameter.required("reason", .revocationReason, "吊销原因", "reason for revocation")
    static let family = OrderForm.Parameter.required("family", .text, "算法", "algorithm family")
    static let profile = OrderForm.Parameter.required("profile", .text, "证书模板", "profile")
    static let profiles = OrderForm.Parameter.required("profiles", .textByName, "证书模板", "profiles")
    static let certificates = OrderForm.Parameter.required("certificates", .texts, "涉及的证书", "certificates concerned")

    static func digest(_ name: String) -> OrderForm.Parameter { .required(name, .text, "摘要", "digest") }

    /// Whose certificate a serial number is.
    static let certificate: [OrderForm.Parameter] = [
        .required("name", .text, "证书主体", "certificate's subject"),
        .required("entity", .textOrNull, "统一社会信用代码", "credit code"),
        profile,
    ]

    static let revocation: [OrderForm.Parameter] = [
        reason, .optional("invalidSince", .moment, "自何时起可疑", "invalid since"),
    ]

    /// Which change of a certificate's status, where the act has other uses.
    static let change = OrderForm.Parameter.required("certificateStatus", .text, "证书状态变更", "change of status")
}

internal import Groundwork

extension OfficerAct {
    /// The rows of acts on officers. What stops an officer's certificate by itself has the certificate's serial number
    /// as its subject, and says which change it is.
    var officersForm: OrderForm {
        let name = OrderForm.Parameter.required("name", .text, "姓名", "name")
        let status = [Words.change] + Words.certificate
        switch self {
        case .issueOfficerCertificate:
            let person: [OrderForm.Parameter] = [
                name, .required("organization", .textOrNull, "单位名称", "organization"), Words.profile,
            ]
            // On a key in a reader the subject is the medium; for a request that was brought it is the key's digest.
            return OrderForm(
                LocalisedText(zh: "介质或公钥摘要", en: "key or public key's digest"), person, person + [Words.family])
        case .enrolOfficer:
            return OrderForm(
                LocalisedText(zh: "证书摘要", en: "certificate's digest"),
                [name, .required("roles", .texts, "角色", "roles")])
        case .changeOfficer:
            return OrderForm(
                Words.officer, [name, .required("roles", .texts, "角色", "roles")],
                [
                    name, .required("certificate", .text, "新证书摘要", "new certificate's digest"),
                    .required("revokes", .texts, "吊销的证书", "certificates revoked"),
                ],
                [
                    name, .required("organization", .textOrNull, "单位名称", "organization"),
                    .required("medium", .text, "介质", "key"), Words.profile, Words.family,
                    .required("replaces", .texts, "替换的证书", "certificates replaced"),
                ],
                [
                    name, .required("medium", .text, "介质", "key"),
                    .required("unlock", .flag, "设置新 PIN", "set a new PIN"),
                ], status + Words.revocation)
        case .retireOfficer:
            return OrderForm(Words.officer, [name, Words.certificates, Words.reason])
        default:
            return OrderForm(Words.officer, [name, Words.certificates], status)
        }
    }

    /// The rows of a ceremony's parts, and of the authority's own certificates.
    var ceremonyForm: OrderForm {
        let part = OrderForm.Parameter.required("part", .text, "环节", "part")
        let role = OrderForm.Parameter.required("role", .text, "服务密钥", "service key")
        let status = [Words.change] + Words.certificate
        return OrderForm(
            LocalisedText(zh: "签发机构代次或证书", en: "generation or certificate"), [part],
            [part, .required("certificate", .text, "证书摘要", "certificate's digest")],
            [part, .required("list", .text, "吊销列表摘要", "list's digest")], [part, role] + Words.revocation, status,
            status + Words.revocation)
    }

    /// The rows of what leaves the authority: the whole log, an archive of a scope, what was imported.
    var exportForm: OrderForm {
        let ended = OrderForm.Parameter.required("endedBefore", .date, "在此之前到期", "ended before")
        return OrderForm(
            LocalisedText(zh: "导出对象", en: "what is exported"), [],
            [.required("archives", .texts, "档案", "archives")], [.required("serials", .number, "证书数量", "certificates")],
            [ended], [.required("all", .flag, "全部", "all")],
            [
                .required("from", .text, "起始序列号", "from"), .required("to", .text, "截止序列号", "to"),
                .required("endedBefore", .dateOrNull, "在此之前到期", "ended before"),
            ])
    }
}

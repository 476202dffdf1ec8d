internal import Groundwork

extension OfficerAct {
    /// The rows of acts on a security key; the subject is its medium number.
    var keyForm: OrderForm {
        switch self {
        case .stockInKey:
            OrderForm(
                Words.medium,
                [
                    .required("model", .text, "型号", "model"), .optional("serial", .text, "厂商序列号", "maker's serial"),
                    .optional("batch", .text, "批次", "batch"),
                    .optional("servicePoint", .text, "服务网点", "service point"),
                ])
        case .renewKey, .changeKey:
            OrderForm(
                Words.medium,
                Self.enrolment + [
                    .required("replaces", .texts, "替换的证书", "certificates replaced"),
                    .required("inPlace", .flag, "原位更换（旧密钥随即作废）", "in place (the old keys end at once)"),
                ])
        case .reissueKey:
            OrderForm(
                Words.medium,
                Self.enrolment + [
                    .required("lost", .text, "遗失的介质", "lost key"),
                    .required("revokes", .texts, "吊销的证书", "certificates revoked"),
                ])
        case .reportLostKey, .reportFoundKey, .retireKey:
            OrderForm(Words.medium, [Words.entityIfAny, Words.certificates, Words.reason])
        case .unlockKey: OrderForm(Words.medium, [Words.entityIfAny])
        case .recoverKey: OrderForm(Words.medium, Self.plan)
        case .abandonPlan:
            OrderForm(
                Words.medium, Self.plan + [.required("revokes", .texts, "吊销的证书", "certificates revoked")])
        default: OrderForm(Words.medium, Self.enrolment)
        }
    }

    private static let enrolment: [OrderForm.Parameter] = [
        Words.entity, .required("name", .text, "单位名称", "organization"), Words.family, Words.profiles,
    ]

    private static let plan: [OrderForm.Parameter] = [
        .required("plan", .text, "方案", "plan"), .required("kind", .text, "方案种类", "kind of plan"),
        Words.entityIfAny,
    ]
}

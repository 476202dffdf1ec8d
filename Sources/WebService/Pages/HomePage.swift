package import Groundwork
package import Installation

/// The first page of the public address: what is here, and where each thing is.
package struct HomePage: Sendable {
    /// One issuing authority as the page names it.
    package struct IssuerLine: Sendable {
        package var generation: String
        package var name: String
        package var algorithm: String
        package var notAfter: Instant
        /// Whether a responder speaks for it; the certificates of the others are in a CRL alone.
        package var hasResponder: Bool

        package init(generation: String, name: String, algorithm: String, notAfter: Instant, hasResponder: Bool) {
            self.generation = generation
            self.name = name
            self.algorithm = algorithm
            self.notAfter = notAfter
            self.hasResponder = hasResponder
        }
    }

    package var bases: BaseAddresses
    /// Asked for each view: a generation that a ceremony made shows without a restart.
    package var issuers: @Sendable () async -> [IssuerLine]
    package var isEvaluation: Bool

    package init(
        bases: BaseAddresses, issuers: @escaping @Sendable () async -> [IssuerLine], isEvaluation: Bool
    ) {
        self.bases = bases
        self.issuers = issuers
        self.isEvaluation = isEvaluation
    }

    func html(in language: PreferredLanguage) async -> String {
        let issuers = await issuers()
        let say = language.choose
        let notice: Markup =
            isEvaluation
            ? """
            <p class="notice">\(say("这是评估环境：所用介质为虚拟介质，证书与印章没有法律效力。",
                "This is an evaluation: its keys are virtual keys; its certificates and seals have no legal effect."))</p>
            """ : ""
        let main: Markup = """
            \(notice)
            <p>\(say("本系统为法人单位的介质签发、更新、冻结、吊销和解锁数字证书，供各委办局核验登录与电子印章。",
                "This service issues, renews, suspends, revokes and unlocks the certificates on a legal entity's key, and lets departments verify logins and electronic seals."))</p>
            <h2>\(say("签发机构", "Issuing authorities"))</h2>
            \(issuerTable(issuers, say))
            <h2>\(say("证书状态与时间", "Status and time"))</h2>
            \(statusTable(say))
            <h2>\(say("部门开发者", "For a department's developer"))</h2>
            \(developerTable(say))
            """
        return PageLayout(
            language: language, path: "/", title: say("法人一证通", "One-Key Pass for Legal Entities"),
            heading: """
                一证通<small>\(say("一把介质，一个法人，所有部门", "one key, one legal entity, every department"))</small>
                """,
            main: main,
            footer: "\(say("服务热线 962600。页面时间为北京时间。", "Hotline 962600. Times are Asia/Shanghai."))"
        ).html()
    }

    private typealias Say = (_ zh: String, _ en: String) -> String

    private func issuerTable(_ issuers: [IssuerLine], _ say: Say) -> Markup {
        DataTable(
            caption: say("签发机构", "Issuing authorities"),
            columns: [
                say("名称", "Name"), say("算法", "Algorithm"), say("有效至", "Valid until"), say("证书", "Certificate"),
                say("状态", "Status"),
            ],
            rows: issuers.map { issuer in
                DataTable.Row(
                    "\(issuer.name)", "\(issuer.algorithm)", "\(issuer.notAfter.shown)",
                    "<a href=\"\(bases.status)/ca/\(issuer.generation).cer\">\(say("证书", "certificate"))</a>",
                    issuer.hasResponder
                        ? "<code>\(bases.status)/ocsp/\(issuer.generation)</code>"
                        : "<a href=\"\(bases.status)/crl/\(issuer.generation)/full.crl\">CRL</a>")
            }
        ).markup
    }

    private func statusTable(_ say: Say) -> Markup {
        DataTable(
            caption: say("证书状态与时间", "Status and time"),
            rows: [
                DataTable.Row("OCSP", "<code>POST \(bases.status)/ocsp/{issuer}</code>", "RFC 6960"),
                DataTable.Row("CRL", "<code>GET \(bases.status)/crl/{issuer}/full.crl</code>", "RFC 5280"),
                DataTable.Row(
                    "\(say("时间戳", "Time stamps"))", "<code>POST \(bases.status)/tsa</code>", "RFC 3161"),
                DataTable.Row(
                    "\(say("过去某时刻是否有效", "Validity at a moment"))",
                    "<code>GET \(bases.public)/api/v1/validity/{serial}?at=…</code>",
                    "<a href=\"/openapi.json\">OpenAPI</a>"),
                DataTable.Row(
                    "\(say("审计检查点", "Audit checkpoint"))",
                    """
                    <a href="/api/v1/audit/checkpoints/latest"><code>\(bases.public)/api/v1/audit/checkpoints/latest</code></a>
                    """, "RFC 6962"),
            ]
        ).markup
    }

    private func developerTable(_ say: Say) -> Markup {
        DataTable(
            caption: say("部门开发者", "For a department's developer"),
            rows: [
                DataTable.Row(
                    "\(say("登录挑战", "Login challenge"))", "<code>POST \(bases.login)/api/v1/auth/challenges</code>"),
                DataTable.Row(
                    "\(say("登录核验", "Login verification"))",
                    "<code>POST \(bases.login)/api/v1/auth/verifications</code>"),
                DataTable.Row(
                    "OpenAPI", "<a href=\"\(bases.login)/openapi.json\"><code>\(bases.login)/openapi.json</code></a>"),
                DataTable.Row(
                    "\(say("错误代码", "Error codes"))",
                    "<a href=\"/problems?language=\(say("zh", "en"))\">/problems</a>"),
            ]
        ).markup
    }
}

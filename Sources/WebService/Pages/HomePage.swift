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
        let english = language == .english
        func say(_ zh: String, _ en: String) -> String { english ? en : zh }
        let notice: Markup =
            isEvaluation
            ? """
            <p class="notice">\(say("这是评估环境：所用介质为虚拟介质，证书与印章没有法律效力。",
                "This is an evaluation: its keys are virtual keys; its certificates and seals have no legal effect."))</p>
            """ : ""
        let issuerRows = Markup(
            joining: issuers.map { issuer in
                """
                <tr><th>\(issuer.name)</th><td>\(issuer.algorithm)</td><td>\(issuer.notAfter.shown)</td>
                <td><a href="\(bases.status)/ca/\(issuer.generation).cer">\(say("证书", "certificate"))</a></td>
                <td>\(issuer.hasResponder ? "<code>\(bases.status)/ocsp/\(issuer.generation)</code>" as Markup : "<a href=\"\(bases.status)/crl/\(issuer.generation)/full.crl\">CRL</a>")</td></tr>
                """
            })
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="\(say("zh-CN", "en"))">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(say("法人一证通", "One-Key Pass for Legal Entities"))</title>
            <link rel="stylesheet" href="/style.css"></head>
            <body>
            <header><nav class="languages"><a href="/?language=zh" lang="zh">中文</a> · <a href="/?language=en" lang="en">English</a></nav>
            <h1>一证通<small>\(say("一把介质，一个法人，所有部门", "one key, one legal entity, every department"))</small></h1></header>
            <main>
            \(notice)
            <p>\(say("本系统为法人单位的介质签发、更新、冻结、吊销和解锁数字证书，供各委办局核验登录与电子印章。",
                "This service issues, renews, suspends, revokes and unlocks the certificates on a legal entity's key, and lets departments verify logins and electronic seals."))</p>
            <h2>\(say("签发机构", "Issuing authorities"))</h2>
            <table class="stacked"><thead><tr><th>\(say("名称", "Name"))</th><th>\(say("算法", "Algorithm"))</th>
            <th>\(say("有效至", "Valid until"))</th><th>\(say("证书", "Certificate"))</th><th>\(say("状态", "Status"))</th></tr></thead>
            \(issuerRows)</table>
            <h2>\(say("证书状态与时间", "Status and time"))</h2>
            <table class="stacked">
            <tr><th>OCSP</th><td><code>POST \(bases.status)/ocsp/{issuer}</code></td><td>RFC 6960</td></tr>
            <tr><th>CRL</th><td><code>GET \(bases.status)/crl/{issuer}/full.crl</code></td><td>RFC 5280</td></tr>
            <tr><th>\(say("时间戳", "Time stamps"))</th><td><code>POST \(bases.status)/tsa</code></td><td>RFC 3161</td></tr>
            <tr><th>\(say("过去某时刻是否有效", "Validity at a moment"))</th><td><code>GET \(bases.public)/api/v1/validity/{serial}?at=…</code></td><td><a href="/openapi.json">OpenAPI</a></td></tr>
            <tr><th>\(say("审计检查点", "Audit checkpoint"))</th><td><a href="/api/v1/audit/checkpoints/latest"><code>\(bases.public)/api/v1/audit/checkpoints/latest</code></a></td><td>RFC 6962</td></tr>
            </table>
            <h2>\(say("部门开发者", "For a department's developer"))</h2>
            <table class="stacked">
            <tr><th>\(say("登录挑战", "Login challenge"))</th><td><code>POST \(bases.login)/api/v1/auth/challenges</code></td></tr>
            <tr><th>\(say("登录核验", "Login verification"))</th><td><code>POST \(bases.login)/api/v1/auth/verifications</code></td></tr>
            <tr><th>OpenAPI</th><td><a href="\(bases.login)/openapi.json"><code>\(bases.login)/openapi.json</code></a></td></tr>
            <tr><th>\(say("错误代码", "Error codes"))</th><td><a href="/problems?language=\(say("zh", "en"))">/problems</a></td></tr>
            </table>
            </main>
            <footer>\(say("服务热线 962600。页面时间为北京时间。", "Hotline 962600. Times are Asia/Shanghai."))</footer>
            </body></html>
            """
        return page.description
    }
}

internal import Groundwork
internal import Installation

/// Every refusal of the system by code: what a problem's `type` leads to.
struct ProblemsPage {
    /// Only the refusals of one code, if given.
    var code: String?
    /// Rooms above this one that refuse too.
    var more: [any RefusalReason.Type] = []

    func html(in language: PreferredLanguage) -> String? {
        let english = language == .english
        let entries =
            (RefusalCatalogue.entries + RefusalCatalogue.entries(of: WebServiceRefusal.self)
            + more.flatMap { RefusalCatalogue.entries(of: $0) }).filter {
                code == nil || $0.code == code
            }
        guard !entries.isEmpty else { return nil }
        func choose(_ text: LocalisedText) -> String { Self.withoutPlaceholders(english ? text.en : text.zh) }
        let query = "?language=\(english ? "en" : "zh")"
        let title = english ? "Error codes" : "错误代码"
        let rows = Markup(
            joining: entries.map { entry in
                """
                <tr id="\(entry.code)"><th><a href="/problems/\(entry.code)\(query)"><code>\(entry.code)</code></a></th>
                <td>\(choose(entry.message))</td><td>\(choose(entry.nextStep))</td></tr>
                """
            })
        let path = code.map { "/problems/\($0)" } ?? "/problems"
        let all: Markup = code == nil ? "" : #" · <a href="/problems\#(query)">\#(title)</a>"#
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="\(english ? "en" : "zh-CN")">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(code ?? title)</title><link rel="stylesheet" href="/style.css"></head>
            <body><header><nav class="languages"><a href="\(path)?language=zh" lang="zh">中文</a> · <a href="\(path)?language=en" lang="en">English</a></nav>
            <h1>\(title)</h1></header>
            <main><table class="stacked"><thead><tr><th>\(english ? "Code" : "代码")</th><th>\(english ? "What happened" : "发生了什么")</th>
            <th>\(english ? "What to do" : "怎么办")</th></tr></thead><tbody>
            \(rows)</tbody></table></main>
            <footer><a href="/\(query)">一证通</a>\(all)</footer></body></html>
            """
        return page.description
    }

    /// A message's `{fact}` is known only when it is refused.
    private static func withoutPlaceholders(_ text: String) -> String {
        text.replacing(/\{[A-Za-z-]+\}/, with: "…")
    }
}

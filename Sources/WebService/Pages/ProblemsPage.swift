internal import Groundwork

/// Every refusal of the system by code: what a problem's `type` leads to.
struct ProblemsPage {
    /// Only the refusals of one code, if given.
    var code: String?

    func html(in language: PreferredLanguage) -> String? {
        let english = language == .english
        let entries = RefusalCatalogue.entries.filter { code == nil || $0.code == code }
        guard !entries.isEmpty else { return nil }
        func choose(_ text: LocalisedText) -> String { english ? text.en : text.zh }
        let rows = Markup(
            joining: entries.map { entry in
                """
                <tr><th><a href="/problems/\(entry.code)"><code>\(entry.code)</code></a></th>
                <td>\(choose(entry.message))</td><td>\(choose(entry.nextStep))</td></tr>
                """
            })
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="\(english ? "en" : "zh-CN")">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(english ? "Error codes" : "错误代码")</title><link rel="stylesheet" href="/style.css"></head>
            <body><header><h1>\(english ? "Error codes" : "错误代码")</h1></header>
            <main><div class="wide"><table><tr><th>\(english ? "Code" : "代码")</th><th>\(english ? "What happened" : "发生了什么")</th>
            <th>\(english ? "What to do" : "怎么办")</th></tr>
            \(rows)</table></div></main><footer><a href="/">一证通</a></footer></body></html>
            """
        return page.description
    }
}

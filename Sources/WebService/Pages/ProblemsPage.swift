internal import Groundwork
internal import Installation

/// Every refusal of the system by code: what a problem's `type` leads to.
struct ProblemsPage {
    /// Only the refusals of one code, if given.
    var code: String?
    /// Rooms above this one that refuse too.
    var more: [any RefusalReason.Type] = []

    func html(in language: PreferredLanguage) -> String? {
        let entries =
            (RefusalCatalogue.entries + RefusalCatalogue.entries(of: WebServiceRefusal.self)
            + more.flatMap { RefusalCatalogue.entries(of: $0) }).filter {
                code == nil || $0.code == code
            }
        guard !entries.isEmpty else { return nil }
        func choose(_ text: LocalisedText) -> String { Self.withoutPlaceholders(language.choose(text.zh, text.en)) }
        let query = "?language=\(language.choose("zh", "en"))"
        let title = language.choose("错误代码", "Error codes")
        let table = DataTable(
            caption: title,
            columns: [
                language.choose("代码", "Code"), language.choose("发生了什么", "What happened"),
                language.choose("怎么办", "What to do"),
            ],
            rows: entries.map { entry in
                DataTable.Row(
                    "<a href=\"/problems/\(entry.code)\(query)\"><code>\(entry.code)</code></a>",
                    "\(choose(entry.message))", "\(choose(entry.nextStep))", id: entry.code)
            })
        let all: Markup = code == nil ? "" : " · <a href=\"/problems\(query)\">\(title)</a>"
        return PageLayout(
            language: language, path: code.map { "/problems/\($0)" } ?? "/problems", title: code ?? title,
            heading: "\(title)", main: table.markup, footer: "<a href=\"/\(query)\">一证通</a>\(all)"
        ).html()
    }

    /// A message's `{fact}` is known only when it is refused.
    private static func withoutPlaceholders(_ text: String) -> String {
        text.replacing(/\{[A-Za-z-]+\}/, with: "…")
    }
}

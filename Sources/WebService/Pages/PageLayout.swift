/// The frame of every page: language, title, the way past the header for who uses the keyboard, header, main part and
/// footer.
struct PageLayout {
    let language: PreferredLanguage
    /// Where the page is, for its links to the other language.
    var path: String
    /// What the page is about; the window shows it before the service's name.
    var title: String
    /// The heading, where it is more than the title.
    var heading: Markup?
    var main: Markup
    var footer: Markup

    func html() -> String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="\(language.choose("zh-CN", "en"))">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(windowTitle)</title>
            <link rel="stylesheet" href="/style.css"></head>
            <body>
            <a class="skip" href="#main">\(language.choose("跳到正文", "Skip to the content"))</a>
            <header>\(languages)
            <h1>\(heading ?? "\(title)")</h1></header>
            <main id="main">
            \(main)
            </main>
            <footer>\(footer)</footer>
            </body></html>
            """
        return page.description
    }

    private var windowTitle: String {
        let service = language.choose("法人一证通", "One-Key Pass for Legal Entities")
        return title == service ? service : "\(title) – \(service)"
    }

    /// Each language in its own words.
    private var languages: Markup {
        """
        <nav class="languages" aria-label="\(language.choose("语言", "Language"))">\
        <a href="\(path)?language=zh" lang="zh" hreflang="zh">中文</a> · \
        <a href="\(path)?language=en" lang="en" hreflang="en">English</a></nav>
        """
    }
}

extension PreferredLanguage {
    /// The words of this language.
    func choose(_ zh: String, _ en: String) -> String { self == .english ? en : zh }
}

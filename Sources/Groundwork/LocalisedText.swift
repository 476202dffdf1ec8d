/// One sentence in the two languages of the pages: Chinese first, English as the alternative.
package struct LocalisedText: Hashable, Sendable, Codable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// Replaces each `{name}` by the fact of that name; a name without a fact stays as it is, so that it is seen.
    package func filled(with facts: [String: String]) -> LocalisedText {
        func fill(_ text: String) -> String {
            facts.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
        }
        return LocalisedText(zh: fill(zh), en: fill(en))
    }
}

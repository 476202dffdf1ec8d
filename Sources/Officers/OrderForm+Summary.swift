internal import Cryptography
package import Groundwork

extension CanonicalRequest {
    /// Whether the request says exactly what its act's form asks for.
    /// - Throws: `officers.malformed-request`, with the parameter that is unknown, missing or of another kind.
    package func checkForm() throws(Refusal) {
        let members = parameters.object ?? [:]
        guard act.form.variant(of: members) == nil else { return }
        let names = members.keys.sorted().joined(separator: ", ")
        throw Refusal(OfficersRefusal.malformedRequest, detail: "\(act.rawValue) does not bind (\(names))")
    }

    /// What an officer reads before the PIN is entered: the act, its subject, every bound parameter with its label, and
    /// the reason, one a line.
    package var summary: LocalisedText {
        LocalisedText(
            zh: lines(\.zh, act: "授权", reason: "理由", mark: "：").joined(separator: "\n"),
            en: lines(\.en, act: "authorise", reason: "reason", mark: ": ").joined(separator: "\n"))
    }

    /// The summary for a window that takes so many bytes, in both languages if they have room, otherwise in Chinese,
    /// and cut where even that has none: `isWhole` says whether it shows everything.
    package func summary(bytes limit: Int) -> (text: LocalisedText, isWhole: Bool) {
        let whole = summary
        if whole.zh.utf8.count + whole.en.utf8.count + 1 <= limit { return (whole, true) }
        let short = "authorise: \(act.label.en)"
        let room = limit - short.utf8.count - 1
        if whole.zh.utf8.count <= room { return (LocalisedText(zh: whole.zh, en: short), true) }
        let mark = "…（全文见终端）"
        var cut = ""
        for character in whole.zh {
            guard cut.utf8.count + String(character).utf8.count + mark.utf8.count <= room else { break }
            cut.append(character)
        }
        return (LocalisedText(zh: cut + mark, en: short), false)
    }

    private func lines(
        _ language: KeyPath<LocalisedText, String>, act verb: String, reason: String, mark: String
    ) -> [String] {
        let form = act.form
        let members = parameters.object ?? [:]
        var lines = ["\(verb)\(mark)\(act.label[keyPath: language])"]
        lines.append("\(form.subject[keyPath: language])\(mark)\(Shown.text(subject))")
        let known = form.variant(of: members) ?? []
        for parameter in known {
            guard let value = members[parameter.name] else { continue }
            lines.append("\(parameter.label[keyPath: language])\(mark)\(Shown.value(value, parameter.kind))")
        }
        // Only a request that will be refused has any: nothing that it says is kept from whoever looks at it.
        for name in members.keys.sorted() where !known.contains(where: { $0.name == name }) {
            lines.append("\(Shown.text(name))\(mark)\(Shown.text(members[name]?.text ?? ""))")
        }
        lines.append("\(reason)\(mark)\(Shown.text(self.reason))")
        return lines
    }
}

/// How a request's values are shown to people: in one line, and nothing that bends a terminal or turns the writing.
private enum Shown {
    /// Of a longer list so many are shown, and how many there are.
    private static let most = 6

    static func text(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory.isPrintable {
                shown.append(scalar)
            } else {
                shown.append(contentsOf: "U+\(String(scalar.value, radix: 16, uppercase: true))".unicodeScalars)
            }
        }
        return String(shown)
    }

    static func value(_ value: CanonicalJSON, _ kind: OrderForm.Kind) -> String {
        switch (kind, value) {
        case (_, .null): "—"
        case (.flag, .bool(let flag)): flag ? "是 yes" : "否 no"
        case (.moment, .integer(let moment)), (.momentOrNull, .integer(let moment)):
            Instant(milliseconds: moment).shown
        case (.revocationReason, .integer(let number)):
            "\(number)" + (RevocationReason(rawValue: Int(number)).map { " \($0.name)" } ?? "")
        case (.bytes, .string(let encoded)): "\(Base64.decode(encoded)?.count ?? 0) bytes"
        case (_, .array(let values)): list(values.map { $0.string.map(text) ?? text($0.text) })
        case (_, .object(let members)):
            list(
                members.sorted { $0.key < $1.key }.map {
                    "\(text($0.key)) \($0.value.string.map(text) ?? text($0.value.text))"
                })
        case (_, .string(let words)): text(words)
        default: text(value.text)
        }
    }

    private static func list(_ items: [String]) -> String {
        items.count <= most
            ? items.joined(separator: ", ") : items.prefix(most).joined(separator: ", ") + ", … (\(items.count))"
    }
}

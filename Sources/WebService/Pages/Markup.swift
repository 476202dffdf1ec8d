/// Text inside HTML: everything that came from outside passes here.
struct Markup: ExpressibleByStringInterpolation, CustomStringConvertible {
    let description: String

    init(stringLiteral value: String) { description = value }
    init(stringInterpolation: Interpolation) { description = stringInterpolation.text }
    init(joining parts: some Sequence<Markup>) { description = parts.map(\.description).joined(separator: "\n") }

    /// A plain string is escaped; only `Markup` goes in as it is.
    struct Interpolation: StringInterpolationProtocol {
        var text = ""
        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }
        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.description }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            for character in String(describing: value) {
                switch character {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                default: text.append(character)
                }
            }
        }
    }
}

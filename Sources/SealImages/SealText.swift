package import Groundwork

/// Which text may stand on a seal.
///
/// Only letters (Han, Latin), digits and the few marks that registered names use. Everything else is refused by name
/// rather than dropped: control and format characters, joiners, private use, markup, whatever changes direction.
package enum SealText {
    private static let marks: Set<Unicode.Scalar> = ["(", ")", "（", "）", "·", "-", "—", "、", "《", "》", "“", "”", "〇"]

    package static func check(_ text: String, atMost limit: Int) throws(Refusal) {
        guard !text.isEmpty, text.count <= limit else {
            throw Refusal(
                SealImagesRefusal.textLength, facts: ["text": String(text.prefix(limit + 1)), "most": "\(limit)"])
        }
        try check(text)
    }

    package static func check(_ text: String) throws(Refusal) {
        for scalar in text.unicodeScalars where !isAllowed(scalar) {
            let code = String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4)
            throw Refusal(SealImagesRefusal.unsupportedCharacter, facts: ["character": "U+\(code)"])
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .otherLetter: scalar.properties.isIdeographic
        case .uppercaseLetter, .lowercaseLetter: scalar.value < 0x250
        case .decimalNumber: scalar.isASCII
        default: marks.contains(scalar)
        }
    }
}

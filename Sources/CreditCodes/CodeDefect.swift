package import Groundwork

/// What is wrong with a text that should be a unified social credit code: precise enough to say which key was mistyped.
package enum CodeDefect: Error, Hashable, Sendable {
    /// Not 18 characters.
    case wrongLength(Int)
    /// A full-width letter or digit, as a Chinese input method gives (position from 1).
    case fullWidth(position: Int, character: Character)
    case lowerCase(position: Int, character: Character)
    /// A character that no code has: I, O, S, V, Z, punctuation, white space, anything else.
    case forbidden(position: Int, character: Character)
    /// Places 3 to 8 are a division of GB/T 2260: digits only.
    case notADigit(position: Int, character: Character)
    /// The 17th character does not check the organization code (GB 11714).
    case organizationCheckDigit(expected: Character, found: Character)
    /// The 18th character does not check the whole (GB 32100).
    case creditCheckDigit(expected: Character, found: Character)
    /// The first two characters are no authority and category that `Policies/uscc.yaml` lists.
    case unknownPrefix(String)

    /// Whether an officer's override may accept the code nevertheless: arithmetic and prefixes fail on codes that were
    /// really registered, malformed text never is one.
    package var mayBeOverridden: Bool {
        switch self {
        case .organizationCheckDigit, .creditCheckDigit, .unknownPrefix: true
        case .wrongLength, .fullWidth, .lowerCase, .forbidden, .notADigit: false
        }
    }

    private var reason: CreditCodesRefusal {
        switch self {
        case .wrongLength: .codeLength
        case .fullWidth: .codeFullWidth
        case .lowerCase: .codeLowerCase
        case .forbidden: .codeForbiddenCharacter
        case .notADigit: .codeNotADigit
        case .organizationCheckDigit: .organizationCheckDigit
        case .creditCheckDigit: .creditCheckDigit
        case .unknownPrefix: .codePrefix
        }
    }

    private var facts: [String: String] {
        switch self {
        case .wrongLength(let count): ["length": String(count)]
        case .fullWidth(let position, let character), .lowerCase(let position, let character),
            .forbidden(let position, let character), .notADigit(let position, let character):
            ["position": String(position), "character": Self.printable(character)]
        case .organizationCheckDigit(let expected, let found), .creditCheckDigit(let expected, let found):
            ["expected": String(expected), "found": String(found)]
        case .unknownPrefix(let prefix): ["prefix": prefix]
        }
    }

    /// The character itself, or `U+XXXX` where printing it would disturb a page or a terminal.
    private static func printable(_ character: Character) -> String {
        guard let scalar = character.unicodeScalars.first else { return "" }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .otherLetter, .decimalNumber, .otherPunctuation, .dashPunctuation,
            .mathSymbol, .currencySymbol:
            return String(String.UnicodeScalarView([scalar]))
        default:
            return "U+" + String(scalar.value, radix: 16, uppercase: true).leftPadded(to: 4)
        }
    }

    package var refusal: Refusal { Refusal(reason, facts: facts) }
}

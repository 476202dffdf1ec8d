/// The arithmetic of GB 32100-2015 (mod 31) and GB 11714-1997 (mod 11): bytes in, the check character out.
///
/// Both take ASCII and know nothing of prefixes or districts.
package enum CheckDigits {
    /// GB 32100-2015: the 31 characters of a code; their index is their value. I, O, S, V and Z are left out.
    package static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// `Wᵢ = 3^(i−1) mod 31` for the first 17 places.
    private static let weights31 = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    private static let weights11 = [3, 7, 9, 10, 5, 8, 4, 2]

    /// The value of a character in the code's alphabet; `nil` for any other byte.
    package static func value(of character: UInt8) -> Int? { values[Int(character)] }

    private static let values: [Int?] = {
        var values = [Int?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = value }
        return values
    }()

    /// The 18th character for the first 17: `C₁₈ = (31 − Σ CᵢWᵢ mod 31) mod 31`.
    ///
    /// The outer `mod 31` matters: for remainder 0 the character is `0`, where many published programs read past the
    /// table. `nil` unless these are 17 characters of the alphabet.
    package static func creditCode(_ first17: some Collection<UInt8>) -> UInt8? {
        guard first17.count == 17 else { return nil }
        var sum = 0
        for (character, weight) in zip(first17, weights31) {
            guard let value = value(of: character) else { return nil }
            sum += value * weight
        }
        return alphabet[(31 - sum % 31) % 31]
    }

    /// The 9th character of an organization code for its first 8 (GB 11714-1997): `11 − Σ mod 11`, where 10 is written
    /// `X` and 11 is written `0`. Letters count 10 to 35 here, other than above. `nil` unless 8 of `0-9A-Z`.
    package static func organizationCode(_ first8: some Collection<UInt8>) -> UInt8? {
        guard first8.count == 8 else { return nil }
        var sum = 0
        for (character, weight) in zip(first8, weights11) {
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): sum += Int(character - UInt8(ascii: "0")) * weight
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): sum += Int(character - UInt8(ascii: "A") + 10) * weight
            default: return nil
            }
        }
        switch 11 - sum % 11 {
        case 10: return UInt8(ascii: "X")
        case 11: return UInt8(ascii: "0")
        case let digit: return UInt8(ascii: "0") + UInt8(digit)
        }
    }
}

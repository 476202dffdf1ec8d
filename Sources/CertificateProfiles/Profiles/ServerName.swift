/// The name of a TLS server, as it stands in a certificate's dNSName (RFC 5280, 4.2.1.6; RFC 1034, 3.5).
package enum ServerName {
    /// At least two labels of 1 to 63 lower-case letters, digits and hyphens, none beginning or ending in a hyphen, 253
    /// characters in all. An internationalised name comes in its ASCII form, and each such label may be registered
    /// under IDNA 2008 (RFC 5890, RFC 5891); two hyphens in the third and fourth places are such labels' alone. No
    /// wildcard: one certificate names the servers that share its key, no more. An address is no name: a last label of
    /// digits alone is refused.
    package static func isSound(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (4...253).contains(bytes.count) else { return false }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.allSatisfy(isDigit) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { isDigit($0) || (0x61...0x7A).contains($0) || $0 == hyphen }
                && hasSoundForm(String(decoding: label, as: UTF8.self))
        }
    }

    private static func hasSoundForm(_ label: String) -> Bool {
        guard label.dropFirst(2).hasPrefix("--") else { return true }
        return label.hasPrefix("xn--") && InternationalLabel.isRegistrable(label)
    }

    private static let hyphen = UInt8(ascii: "-")
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

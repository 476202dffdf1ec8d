internal import Cryptography
internal import Groundwork

/// What a signed revocation list calls itself: its number, and among which lists that number is used once.
///
/// In a journal it is `<number>.<c or d>.<scope>`: complete or delta; the scope is `-` for a list without an issuing
/// distribution point, else the first eight bytes of the SHA-256 of that extension's value, in hexadecimal.
package struct SignedListName: Sendable, Hashable {
    /// The CRL number (RFC 5280, 5.2.3).
    package let number: Int
    /// Whether it changes a complete list (5.2.4).
    package let isDelta: Bool
    /// 16 hexadecimal digits, or `-`.
    package let scope: String

    /// Of a DER TBSCertList; `nil` where it has no number.
    init?(signed body: [UInt8]) {
        guard let identity = CertificateListIdentity(signed: body) else { return nil }
        number = identity.number
        isDelta = identity.isDelta
        scope =
            identity.issuingDistributionPoint.map { Hex.encode(DigestAlgorithm.sha256.hash($0).prefix(8)) } ?? "-"
    }

    /// As it stands in a journal; `nil` for anything else.
    init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int(parts[0]), number >= 0, String(number) == parts[0],
            parts[1] == "c" || parts[1] == "d",
            parts[2] == "-"
                || parts[2].utf8.count == 16
                    && parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.number = number
        isDelta = parts[1] == "d"
        scope = String(parts[2])
    }

    var text: String { "\(number).\(isDelta ? "d" : "c").\(scope)" }
}

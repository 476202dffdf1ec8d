package import Groundwork

/// What one key on a security key is for. One key never serves two purposes.
package enum KeyPurpose: String, Codable, CaseIterable, Sendable, Hashable {
    /// Logins, proofs of a plan, and its own PKCS#10; nothing else.
    case authentication
    /// Stamps and documents: nonRepudiation.
    case signature
    case encryption

    package var title: LocalisedText {
        switch self {
        case .authentication: LocalisedText(zh: "身份认证", en: "authentication")
        case .signature: LocalisedText(zh: "电子签名", en: "signature")
        case .encryption: LocalisedText(zh: "加密", en: "encryption")
        }
    }
}

/// How we know that a key was made inside a security key and cannot leave it.
package enum KeyOrigin: Hashable, Sendable {
    /// The card's attestation chains to this root of `Policies/` (lower-case SHA-256 of its DER).
    case attested(root: String)
    /// Made on an authority terminal, in a session opened by the card's own management secret.
    case witnessed
    case unproved

    /// The form in which it is stored and shown to programs: `attested:<root>`, `witnessed`, `unproved`.
    package var text: String {
        switch self {
        case .attested(let root): "attested:\(root)"
        case .witnessed: "witnessed"
        case .unproved: "unproved"
        }
    }

    package init?(text: String) {
        switch text {
        case "witnessed": self = .witnessed
        case "unproved": self = .unproved
        default:
            guard text.hasPrefix("attested:"), text.count == 9 + 64 else { return nil }
            self = .attested(root: String(text.dropFirst(9)))
        }
    }

    package var title: LocalisedText {
        switch self {
        case .attested: LocalisedText(zh: "介质厂商证明", en: "attested by the maker")
        case .witnessed: LocalisedText(zh: "在受控终端上生成", en: "witnessed on an authority terminal")
        case .unproved: LocalisedText(zh: "来源未证明", en: "unproved")
        }
    }
}

extension KeyOrigin: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = KeyOrigin(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no key origin")
        }
        self = value
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

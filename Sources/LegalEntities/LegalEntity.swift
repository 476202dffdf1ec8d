package import CreditCodes
package import Groundwork

/// A legal entity (法人单位) as this authority knows it: a stable subject behind a code and a name that may change.
package struct LegalEntity: Hashable, Sendable {
    package let subject: SubjectIdentifier
    package let code: UnifiedSocialCreditCode
    package let since: Instant
}

/// The entity's `sub` towards relying applications: 128 random bits, drawn once, that survive renewal, re-keying,
/// change of name and of code. Random and not a UUIDv7, for it must tell nothing, not even since when.
package struct SubjectIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(in surroundings: Surroundings) { bytes = surroundings.randomBytes(16) }

    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    package init?(text: some StringProtocol) {
        guard let bytes = Hex.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// 32 hexadecimal digits: the value of `sub`.
    package var text: String { Hex.encode(bytes) }
    package var description: String { text }
}

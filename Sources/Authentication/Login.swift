package import Cryptography
package import Groundwork
package import LegalEntities

package enum LoginKind: IdentifierKind { package static let prefix = "login" }
package typealias LoginIdentifier = Identifier<LoginKind>

/// Who held the key, apart from the entity: 128 random bits for each security key, which survive renewal.
package struct HolderIdentifier: Hashable, Sendable {
    package let bytes: [UInt8]
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }
    init(in surroundings: Surroundings) { bytes = surroundings.randomBytes(16) }
    package var text: String { Hex.encode(bytes) }
}

/// Somebody logged in: what a relying application is told.
package struct Login: Hashable, Sendable {
    package let id: LoginIdentifier
    package let client: ClientIdentifier
    /// The entity's random id towards relying applications, for ever the same.
    package let subject: SubjectIdentifier
    package let uscc: String
    /// The entity's name in the registry now.
    package let name: String
    package let holder: HolderIdentifier
    package let acr: String
    /// RFC 8176: a hardware-secured key and a PIN, so more than one factor.
    package let amr: [String]
    package let certificateSerial: SerialNumber
    package let at: Instant

    package static let methods = ["hwk", "pin", "mfa"]
}

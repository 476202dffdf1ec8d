internal import Groundwork

/// Where on a PIV card a key lives, by its key reference (NIST SP 800-73-4, part 1, table 4b).
///
/// A place has no meaning of its own here: which purpose it serves is data of each card model.
package struct Place: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let authentication = Place(rawValue: 0x9A)
    package static let signature = Place(rawValue: 0x9C)
    package static let keyManagement = Place(rawValue: 0x9D)
    package static let cardAuthentication = Place(rawValue: 0x9E)
    /// Yubico's key that signs attestations.
    package static let attestation = Place(rawValue: 0xF9)
    /// The twenty places for retired key management keys, 82 to 95.
    package static let retired = (UInt8(0x82)...0x95).map(Place.init(rawValue:))
    package static let primary: [Place] = [.authentication, .signature, .keyManagement, .cardAuthentication]

    package var isRetired: Bool { (0x82...0x95).contains(rawValue) }

    /// The data object that holds the place's certificate; `nil` where the standard has none.
    package var certificateObject: TLV.Tag? {
        switch rawValue {
        case 0x9A: 0x5FC105
        case 0x9C: 0x5FC10A
        case 0x9D: 0x5FC10B
        case 0x9E: 0x5FC101
        case 0x82...0x95: TLV.Tag(rawValue: 0x5FC10D + UInt32(rawValue - 0x82))
        case 0xF9: 0x5FFF01
        default: nil
        }
    }

    /// Two hexadecimal digits, such as `9a`, in either case.
    package init?(shown text: some StringProtocol) {
        guard let bytes = Hex.decode(text), bytes.count == 1 else { return nil }
        self.init(rawValue: bytes[0])
    }

    package var shown: String { String(rawValue, radix: 16) }
}

extension Place: CustomStringConvertible {
    package var description: String { shown }
}

/// The data objects that belong to no key.
extension TLV.Tag {
    package static let cardHolderIdentifier: TLV.Tag = 0x5FC102
    package static let cardCapabilities: TLV.Tag = 0x5FC107
    package static let discovery: TLV.Tag = 0x7E
    package static let printedInformation: TLV.Tag = 0x5FC109
    package static let keyHistory: TLV.Tag = 0x5FC10C
    package static let attestationCertificate: TLV.Tag = 0x5FFF01
}

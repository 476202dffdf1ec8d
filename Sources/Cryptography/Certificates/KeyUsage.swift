/// The bits of keyUsage (RFC 5280, 4.2.1.3); raw values are the RFC's names, and the profiles'.
package enum KeyUsage: String, Codable, CaseIterable, Sendable {
    case digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign
    case encipherOnly, decipherOnly

    /// The number of the bit, from the most significant.
    package var bit: Int {
        switch self {
        case .digitalSignature: 0
        case .nonRepudiation: 1
        case .keyEncipherment: 2
        case .dataEncipherment: 3
        case .keyAgreement: 4
        case .keyCertSign: 5
        case .cRLSign: 6
        case .encipherOnly: 7
        case .decipherOnly: 8
        }
    }
}

/// basicConstraints (RFC 5280, 4.2.1.9): a path length on an end entity cannot be written down.
package enum BasicConstraints: Hashable, Sendable {
    case certificateAuthority(maxPathLength: Int?)
    case endEntity
}

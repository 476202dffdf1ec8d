package import Cryptography

/// The attributes that a subject of ours can have, in the order in which they stand (GB/T 20518; RFC 5280, A.1).
package enum SubjectAttribute: String, Codable, Sendable, CaseIterable, Hashable {
    case country
    case stateOrProvince
    case locality
    case organization
    case organizationalUnit
    /// ETSI EN 319 412-1, 5.1.4. Derived from the unified social credit code, never asked for.
    case organizationIdentifier
    case commonName

    package var oid: OID {
        switch self {
        case .country: "2.5.4.6"
        case .stateOrProvince: "2.5.4.8"
        case .locality: "2.5.4.7"
        case .organization: "2.5.4.10"
        case .organizationalUnit: "2.5.4.11"
        case .organizationIdentifier: "2.5.4.97"
        case .commonName: "2.5.4.3"
        }
    }

    /// The upper bound in characters (RFC 5280, A.1; X.520 gives none for organizationIdentifier, 64 is ours).
    package var longest: Int {
        switch self {
        case .country: 2
        case .stateOrProvince, .locality: 128
        case .organization, .organizationalUnit, .organizationIdentifier, .commonName: 64
        }
    }
}

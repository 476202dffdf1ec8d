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
        case .country: .countryName
        case .stateOrProvince: .stateOrProvinceName
        case .locality: .localityName
        case .organization: .organizationName
        case .organizationalUnit: .organizationalUnitName
        case .organizationIdentifier: .organizationIdentifier
        case .commonName: .commonName
        }
    }

    /// The attribute of this type; `nil` for one that no subject of ours has.
    package init?(oid: OID) {
        switch oid {
        case .countryName: self = .country
        case .stateOrProvinceName: self = .stateOrProvince
        case .localityName: self = .locality
        case .organizationName: self = .organization
        case .organizationalUnitName: self = .organizationalUnit
        case .organizationIdentifier: self = .organizationIdentifier
        case .commonName: self = .commonName
        default: return nil
        }
    }

    /// Where it stands among the attributes of a subject.
    var place: Int {
        switch self {
        case .country: 0
        case .stateOrProvince: 1
        case .locality: 2
        case .organization: 3
        case .organizationalUnit: 4
        case .organizationIdentifier: 5
        case .commonName: 6
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

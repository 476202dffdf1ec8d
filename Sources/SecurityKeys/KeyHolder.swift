package import CreditCodes
internal import Cryptography

/// Who a plan makes certificates for: a legal entity as the registry said when the plan began, or an officer.
package enum KeyHolder: Hashable, Sendable {
    case entity(Entity)
    case officer(Officer)

    /// A legal entity with the data of its registry record that certificates carry.
    package struct Entity: Hashable, Sendable {
        package var entity: UnifiedSocialCreditCode
        /// Organisation and common name.
        package var name: String
        package var stateOrProvince: String?
        package var locality: String?

        package init(
            entity: UnifiedSocialCreditCode, name: String, stateOrProvince: String? = nil, locality: String? = nil
        ) {
            self.entity = entity
            self.name = name
            self.stateOrProvince = stateOrProvince
            self.locality = locality
        }
    }

    /// A person who works for the authority.
    package struct Officer: Hashable, Sendable {
        package var name: String
        /// The authority's own organisation.
        package var organization: String?

        package init(name: String, organization: String?) {
            self.name = name
            self.organization = organization
        }
    }

    /// `nil` for an officer.
    package var entity: UnifiedSocialCreditCode? {
        if case .entity(let entity) = self { entity.entity } else { nil }
    }

    package var organization: String? {
        switch self {
        case .entity(let entity): entity.name
        case .officer(let officer): officer.organization
        }
    }

    package var commonName: String {
        switch self {
        case .entity(let entity): entity.name
        case .officer(let officer): officer.name
        }
    }

    /// What a key's record keeps of it.
    package var onRecord: SecurityKey.Holder {
        switch self {
        case .entity(let entity): .entity(entity.entity)
        case .officer: .officer
        }
    }

    /// The subject of the PKCS#10, DER. What the certificate says is the authority's decision.
    var distinguishedName: [UInt8] {
        var attributes: [DistinguishedName.Attribute] = [.init(type: .countryName, value: "CN", kind: .printable)]
        if let organization { attributes.append(.init(type: .organizationName, value: organization, kind: .utf8)) }
        attributes.append(.init(type: .commonName, value: commonName, kind: .utf8))
        return DistinguishedName(attributes).der
    }
}

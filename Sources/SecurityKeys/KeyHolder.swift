internal import Cryptography

/// Who a plan makes certificates for, as read from the registry when the plan began: a change of name is a renewal with
/// another one.
package struct KeyHolder: Codable, Hashable, Sendable {
    /// The unified social credit code; none for an officer.
    package var creditCode: String?
    package var organization: String?
    package var commonName: String
    package var organizationalUnit: String?
    package var stateOrProvince: String?
    package var locality: String?

    package init(
        creditCode: String?, organization: String?, commonName: String, organizationalUnit: String? = nil,
        stateOrProvince: String? = nil, locality: String? = nil
    ) {
        self.creditCode = creditCode
        self.organization = organization
        self.commonName = commonName
        self.organizationalUnit = organizationalUnit
        self.stateOrProvince = stateOrProvince
        self.locality = locality
    }

    /// The subject of the PKCS#10, DER. What the certificate says is the authority's decision.
    var distinguishedName: [UInt8] {
        var attributes: [DistinguishedName.Attribute] = [.init(type: .countryName, value: "CN", kind: .printable)]
        if let organization { attributes.append(.init(type: .organizationName, value: organization, kind: .utf8)) }
        attributes.append(.init(type: .commonName, value: commonName, kind: .utf8))
        return DistinguishedName(attributes).der
    }
}

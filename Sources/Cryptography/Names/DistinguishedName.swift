package import Groundwork

/// A distinguished name (X.501; RFC 5280, 4.1.2.4): what we write has one attribute in each RDN.
///
/// A name that was read keeps its bytes: names are compared, hashed and written again as they came.
package struct DistinguishedName: Hashable, Sendable {
    package struct Attribute: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case utf8, printable, ia5
            /// Another string type, read only: the value is `#` and the element in hexadecimal (RFC 4514, 2.4).
            case other
        }
        package let type: OID
        package let value: String
        package let kind: Kind

        /// Countries and serial numbers are PrintableString, addresses and domain components IA5String (RFC 5280,
        /// appendix A); everything else UTF8String (4.1.2.4).
        package init(_ type: OID, _ value: String, kind: Kind? = nil) {
            self.type = type
            self.value = value
            self.kind =
                kind
                ?? {
                    switch type {
                    case .countryName, .serialNumberAttribute: .printable
                    case .emailAddress, .domainComponent: .ia5
                    default: .utf8
                    }
                }()
        }

        package init(type: OID, value: String, kind: Kind) { self.init(type, value, kind: kind) }

        fileprivate var der: [UInt8] {
            let text: [UInt8] =
                switch kind {
                case .utf8: DER.utf8String(value)
                case .printable: DER.printableString(value)
                case .ia5: DER.ia5String(value)
                case .other: Hex.decode(value.dropFirst()) ?? DER.utf8String(value)
                }
            return DER.sequence([type.der, text])
        }
    }

    /// In the order of the encoding; attributes of one multi-valued RDN follow each other.
    package let attributes: [Attribute]
    package let der: [UInt8]

    package init(_ attributes: [Attribute]) {
        self.attributes = attributes
        self.der = DER.sequence(attributes.map { DER.element(0x31, $0.der) })
    }

    package init(der: [UInt8]) throws(Refusal) {
        self = try reading(.distinguishedName) { () throws(DERFault) in
            try DistinguishedName(DERElement(parsing: der, limit: 16_384))
        }
    }

    init(_ element: DERElement) throws(DERFault) {
        var attributes: [Attribute] = []
        for relative in try element.list(limit: 64) {
            let members = try relative.list(0x31, limit: 16)
            guard !members.isEmpty else { throw .malformed("empty RDN") }
            for member in members {
                attributes.append(
                    try member.sequence { pair throws(DERFault) in
                        let type = try pair.required().oid()
                        let value = try pair.required()
                        guard let text = try value.text() else {
                            return Attribute(type, "#" + Hex.encode(value.encoded), kind: .other)
                        }
                        let kind: Attribute.Kind =
                            switch value.identifier {
                            case 0x0C: .utf8
                            case 0x13: .printable
                            default: .ia5
                            }
                        return Attribute(type, text, kind: kind)
                    })
            }
        }
        self.attributes = attributes
        self.der = element.encoded
    }

    package static func == (left: Self, right: Self) -> Bool { left.der == right.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// The value of the last attribute of this type, which is the most specific.
    package func value(of type: OID) -> String? { attributes.last { $0.type == type }?.value }
    package var commonName: String? { value(of: .commonName) }
    package var isEmpty: Bool { attributes.isEmpty }
}

extension DistinguishedName: CustomStringConvertible {
    /// RFC 4514: the most specific attribute first.
    package var description: String {
        attributes.reversed().map { attribute in
            let name = DistinguishedName.shortNames[attribute.type] ?? attribute.type.description
            let value = attribute.kind == .other ? attribute.value : DistinguishedName.escape(attribute.value)
            return "\(name)=\(value)"
        }.joined(separator: ",")
    }

    private static let shortNames: [OID: String] = [
        .commonName: "CN", .surname: "SN", .serialNumberAttribute: "serialNumber", .countryName: "C",
        .localityName: "L", .stateOrProvinceName: "ST", .organizationName: "O", .organizationalUnitName: "OU",
        .title: "title", .givenName: "GN", .organizationIdentifier: "organizationIdentifier",
        .domainComponent: "DC", .userID: "UID", .emailAddress: "emailAddress",
    ]

    /// RFC 4514, 2.4; control characters as hexadecimal pairs, so that a name is always one line.
    private static func escape(_ value: String) -> String {
        var text = ""
        for (index, scalar) in value.unicodeScalars.enumerated() {
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\": text += "\\\(scalar)"
            case " " where index == 0 || index == value.unicodeScalars.count - 1: text += "\\ "
            case "#" where index == 0: text += "\\#"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                text += String(scalar).utf8.map { "\\" + Hex.encode([$0]) }.joined()
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

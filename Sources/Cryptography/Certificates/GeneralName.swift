/// The forms of GeneralName that we write or look at (RFC 5280, 4.2.1.6).
package enum GeneralName: Hashable, Sendable {
    case email(String)
    case dns(String)
    case directory(DistinguishedName)
    case uri(String)
    case registeredID(OID)
    /// Any other form, as its complete element.
    case other([UInt8])

    package var der: [UInt8] {
        switch self {
        case .email(let text): DER.implicit(1, constructed: false, content: Array(text.utf8))
        case .dns(let text): DER.implicit(2, constructed: false, content: Array(text.utf8))
        case .directory(let name): DER.explicit(4, name.der)
        case .uri(let text): DER.implicit(6, constructed: false, content: Array(text.utf8))
        case .registeredID(let oid): DER.implicit(8, constructed: false, content: oid.content)
        case .other(let element): element
        }
    }

    init(_ element: DERElement) throws(DERFault) {
        switch element.identifier {
        case 0x81: self = .email(try element.ascii())
        case 0x82: self = .dns(try element.ascii())
        case 0xA4:
            self = .directory(try element.sequence(0xA4) { m throws(DERFault) in try DistinguishedName(m.required()) })
        case 0x86: self = .uri(try element.ascii())
        case 0x88: self = .registeredID(try OID(content: element.content))
        default: self = .other(element.encoded)
        }
    }

    package var dns: String? { if case .dns(let text) = self { text } else { nil } }
    var uri: String? { if case .uri(let text) = self { text } else { nil } }
}

/// What the well-known extensions of a certificate say. A known extension that does not decode makes it malformed.
package struct CertificateFacts: Hashable, Sendable {
    package var basicConstraints: BasicConstraints?
    /// `nil` if there is no keyUsage, which allows everything.
    package var keyUsage: Set<KeyUsage>?
    package var extendedKeyUsage: [OID] = []
    package var subjectKeyIdentifier: [UInt8]?
    package var authorityKeyIdentifier: [UInt8]?
    package var certificatePolicies: [OID] = []
    package var crlAddresses: [String] = []
    /// Of freshestCRL.
    package var deltaAddresses: [String] = []
    package var ocspAddresses: [String] = []
    package var issuerAddresses: [String] = []
    package var subjectAlternativeNames: [GeneralName] = []

    init(_ extensions: [CertificateExtension]) throws(DERFault) {
        for each in extensions { try read(each) }
    }

    private mutating func read(_ each: CertificateExtension) throws(DERFault) {
        func element() throws(DERFault) -> DERElement {
            try DERElement(parsing: each.value, limit: Certificate.limit)
        }
        switch each.oid {
        case .basicConstraints: basicConstraints = try CertificateFacts.constraints(element())
        case .keyUsage:
            let bits = try element().namedBits()
            keyUsage = Set(KeyUsage.allCases.filter { bits.contains($0.bit) })
        case .extendedKeyUsage:
            for usage in try element().list(limit: 64) { extendedKeyUsage.append(try usage.oid()) }
        case .subjectKeyIdentifier: subjectKeyIdentifier = Array(try element().octetString())
        case .authorityKeyIdentifier:
            var members = try element().members()
            authorityKeyIdentifier = members.optional(0x80).map { Array($0.content) }
        case .certificatePolicies:
            for policy in try element().list(limit: 64) {
                var members = try policy.members()
                certificatePolicies.append(try members.required().oid())
            }
        case .crlDistributionPoints:
            for point in try element().list(limit: 64) {
                crlAddresses += try CertificateFacts.addresses(ofPoint: point)
            }
        case .freshestCRL:
            for point in try element().list(limit: 64) {
                deltaAddresses += try CertificateFacts.addresses(ofPoint: point)
            }
        case .authorityInformationAccess: try readAccess(element())
        case .subjectAlternativeName:
            for name in try element().list(limit: 256) { subjectAlternativeNames.append(try GeneralName(name)) }
        default: break
        }
    }

    private static func constraints(_ element: DERElement) throws(DERFault) -> BasicConstraints {
        try element.sequence { members throws(DERFault) in
            let authority = try members.optional(0x01)?.boolean() ?? false
            let length = try members.optional(0x02)?.integer()
            guard length ?? 0 >= 0 else { throw .malformed("path length") }
            return authority ? .certificateAuthority(maxPathLength: length) : .endEntity
        }
    }

    /// The addresses in `distributionPoint [0] { fullName [0] }`.
    static func addresses(ofPoint point: DERElement) throws(DERFault) -> [String] {
        var members = try point.members()
        guard let name = members.optional(0xA0) else { return [] }
        return try name.sequence(0xA0) { inner throws(DERFault) in
            let choice = try inner.required()
            guard choice.identifier == 0xA0 else { return [] }
            var addresses: [String] = []
            for name in try choice.list(0xA0, limit: 64) {
                if let uri = try GeneralName(name).uri { addresses.append(uri) }
            }
            return addresses
        }
    }

    private mutating func readAccess(_ element: DERElement) throws(DERFault) {
        for description in try element.list(limit: 64) {
            let (method, name) = try description.sequence { members throws(DERFault) in
                (try members.required().oid(), try GeneralName(members.required()))
            }
            guard let uri = name.uri else { continue }
            if method == .accessOCSP { ocspAddresses.append(uri) }
            if method == .accessCAIssuers { issuerAddresses.append(uri) }
        }
    }
}

extension Certificate {
    /// `nil` if there is no keyUsage, which allows everything.
    package var keyUsage: Set<KeyUsage>? { facts.keyUsage }
    package var extendedKeyUsage: [OID] { facts.extendedKeyUsage }
    package var isAuthority: Bool {
        if case .certificateAuthority = facts.basicConstraints { true } else { false }
    }
    /// The subjectKeyIdentifier, or what it would be.
    package var keyIdentifier: [UInt8] { facts.subjectKeyIdentifier ?? publicKey.keyIdentifier }
}

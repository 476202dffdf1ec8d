/// One extension (RFC 5280, 4.2): what is in its extnValue, complete.
package struct CertificateExtension: Hashable, Sendable {
    package let oid: OID
    package let critical: Bool
    /// The content of the OCTET STRING: one DER element.
    package let value: [UInt8]

    package init(oid: OID, critical: Bool, value: [UInt8]) {
        self.oid = oid
        self.critical = critical
        self.value = value
    }

    /// DEFAULT FALSE is left out, as DER asks (X.690, 11.5).
    package var der: [UInt8] {
        DER.sequence([oid.der, critical ? DER.boolean(true) : [], DER.octetString(value)])
    }

    /// The `Extensions` sequence, without the tag around it.
    package static func sequence(_ extensions: [CertificateExtension]) -> [UInt8] {
        DER.sequence(extensions.map(\.der))
    }

    init(_ element: DERElement) throws(DERFault) {
        self = try element.sequence { members throws(DERFault) in
            let oid = try members.required().oid()
            let critical = try members.optional(0x01)?.boolean()
            guard critical != false else { throw .malformed("DEFAULT FALSE is written") }
            return CertificateExtension(
                oid: oid, critical: critical ?? false, value: Array(try members.required().octetString()))
        }
    }

    /// One extension from outside.
    package static func read(_ element: DERElement) throws(DERFault) -> CertificateExtension {
        try CertificateExtension(element)
    }

    /// Reads an `Extensions` sequence: at least one, at most 64, none twice (RFC 5280, 4.2).
    static func readList(_ element: DERElement) throws(DERFault) -> [CertificateExtension] {
        var list: [CertificateExtension] = []
        for member in try element.list(limit: 64) {
            let next = try CertificateExtension(member)
            guard !list.contains(where: { $0.oid == next.oid }) else { throw .malformed("extension \(next.oid) twice") }
            list.append(next)
        }
        guard !list.isEmpty else { throw .malformed("empty extensions") }
        return list
    }
}

extension CertificateExtension {
    /// Always critical: RFC 5280 asks it of authorities, and nothing is lost elsewhere.
    package static func basicConstraints(_ constraints: BasicConstraints, critical: Bool = true) -> Self {
        let value: [UInt8] =
            switch constraints {
            case .certificateAuthority(let length):
                DER.sequence([DER.boolean(true)] + (length.map { [DER.integer($0)] } ?? []))
            case .endEntity: DER.sequence([])
            }
        return Self(oid: .basicConstraints, critical: critical, value: value)
    }

    package static func keyUsage(_ usages: Set<KeyUsage>, critical: Bool = true) -> Self {
        Self(oid: .keyUsage, critical: critical, value: DER.namedBits(Set(usages.map(\.bit))))
    }

    /// Critical for a time stamp authority (RFC 3161, 2.3).
    package static func extendedKeyUsage(_ usages: [OID], critical: Bool = false) -> Self {
        Self(oid: .extendedKeyUsage, critical: critical, value: DER.sequence(usages.map(\.der)))
    }

    package static func subjectKeyIdentifier(_ identifier: [UInt8]) -> Self {
        Self(oid: .subjectKeyIdentifier, critical: false, value: DER.octetString(identifier))
    }

    package static func authorityKeyIdentifier(_ identifier: [UInt8]) -> Self {
        Self(
            oid: .authorityKeyIdentifier, critical: false,
            value: DER.sequence([DER.implicit(0, constructed: false, content: identifier)]))
    }

    /// The CPS address stands at the first policy (RFC 5280, 4.2.1.4).
    package static func certificatePolicies(_ policies: [OID], cps: String? = nil) -> Self {
        let information = policies.enumerated().map { index, policy -> [UInt8] in
            guard index == 0, let cps else { return DER.sequence([policy.der]) }
            let qualifier = DER.sequence([OID.qualifierCPS.der, DER.ia5String(cps)])
            return DER.sequence([policy.der, DER.sequence([qualifier])])
        }
        return Self(oid: .certificatePolicies, critical: false, value: DER.sequence(information))
    }

    package static func crlDistributionPoint(_ url: String) -> Self { crlDistributionPoints([url]) }

    /// One DistributionPoint for each address.
    package static func crlDistributionPoints(_ urls: [String]) -> Self {
        let points = urls.map { DER.sequence([DER.explicit(0, fullName($0))]) }
        return Self(oid: .crlDistributionPoints, critical: false, value: DER.sequence(points))
    }

    /// Where the deltas of the list are that the certificate names (RFC 5280, 4.2.1.15): never critical.
    package static func freshestList(_ url: String) -> Self {
        Self(oid: .freshestCRL, critical: false, value: crlDistributionPoint(url).value)
    }

    /// `fullName [0]` with one address: the form that a CRL's issuingDistributionPoint must repeat byte for byte.
    static func fullName(_ url: String) -> [UInt8] {
        DER.implicit(0, constructed: true, content: GeneralName.uri(url).der)
    }

    package static func authorityInformationAccess(ocsp: String? = nil, caIssuers: String? = nil) -> Self {
        let descriptions = [(OID.accessOCSP, ocsp), (OID.accessCAIssuers, caIssuers)].compactMap { method, address in
            address.map { DER.sequence([method.der, GeneralName.uri($0).der]) }
        }
        return Self(oid: .authorityInformationAccess, critical: false, value: DER.sequence(descriptions))
    }

    /// RFC 6960, 4.2.2.2.1: the responder's certificate need not be checked for revocation.
    package static let ocspNoCheck = Self(oid: .ocspNoCheck, critical: false, value: DER.null)

    package static func subjectAlternativeName(_ names: [GeneralName], critical: Bool = false) -> Self {
        Self(oid: .subjectAlternativeName, critical: critical, value: DER.sequence(names.map(\.der)))
    }

    /// An extension whose value is one PrintableString or UTF8String: the identity arc of GM/T 0015.
    package static func text(_ oid: OID, _ value: String, kind: DistinguishedName.Attribute.Kind) -> Self {
        let element: [UInt8] =
            switch kind {
            case .printable: DER.printableString(value)
            case .ia5: DER.ia5String(value)
            case .utf8, .other: DER.utf8String(value)
            }
        return Self(oid: oid, critical: false, value: element)
    }

    package static func raw(_ oid: OID, critical: Bool = false, value: [UInt8]) -> Self {
        Self(oid: oid, critical: critical, value: value)
    }
}

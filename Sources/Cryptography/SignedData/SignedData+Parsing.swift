/// ContentInfo and SignedData taken apart.
struct ParsedSignedData {
    let outerType: OID
    let contentType: OID
    let content: [UInt8]?
    let certificates: [[UInt8]]
    let signers: [SignedData.SignerInfo]

    init(_ element: DERElement) throws(DERFault) {
        let (type, inner) = try element.sequence { members throws(DERFault) in
            let type = try members.required().oid()
            let inner = try members.required().sequence(0xA0) { tagged throws(DERFault) in try tagged.required() }
            return (type, inner)
        }
        guard type == .cmsSignedData || type == .gmSignedData else { throw .unsupported("content type \(type)") }
        outerType = type
        (contentType, content, certificates, signers) = try inner.sequence { members throws(DERFault) in
            guard [1, 3, 4, 5].contains(try members.required().integer()) else { throw .malformed("version") }
            _ = try members.required().list(0x31, limit: 8)
            let (contentType, content) = try ParsedSignedData.encapsulated(members.required())
            var certificates: [[UInt8]] = []
            if let set = members.optional(0xA0) {
                // Attribute certificates and other forms are passed over.
                for each in try set.list(0xA0, limit: 32) where each.identifier == 0x30 {
                    certificates.append(each.encoded)
                }
            }
            _ = members.optional(0xA1)
            var signers: [SignedData.SignerInfo] = []
            for each in try members.required().list(0x31, limit: 8) { signers.append(try SignedData.SignerInfo(each)) }
            return (contentType, content, certificates, signers)
        }
    }

    private static func encapsulated(_ element: DERElement) throws(DERFault) -> (OID, [UInt8]?) {
        try element.sequence { members throws(DERFault) in
            let type = try members.required().oid()
            guard let tagged = members.optional(0xA0) else { return (type, nil) }
            let content = try tagged.sequence(0xA0) { inner throws(DERFault) in
                Array(try inner.required().octetString())
            }
            return (type, content)
        }
    }
}

extension SignedData.SignerInfo {
    init(_ element: DERElement) throws(DERFault) {
        self = try element.sequence { members throws(DERFault) in
            let version = try members.required().integer()
            let identifier = try SignedData.SignerInfo.identifier(members.required())
            guard version == 1 || version == 3 else { throw .malformed("version of SignerInfo") }
            let digest = try DigestAlgorithm.read(members.required())
            guard let signed = members.optional(0xA0) else { throw .unsupported("no signed attributes") }
            let signedAttributes = try SignedData.SignerInfo.attributes(signed, 0xA0)
            let algorithm = try AlgorithmIdentifier(members.required())
            let signature = Array(try members.required().octetString())
            let unsigned = try members.optional(0xA1).map { set throws(DERFault) in
                try SignedData.SignerInfo.attributes(set, 0xA1)
            }
            return SignedData.SignerInfo(
                identifier: identifier, digest: digest, signatureAlgorithm: algorithm.oid, signature: signature,
                signedAttributes: signedAttributes, signedBytes: DER.retagged(signed.encoded, 0x31),
                unsignedAttributes: unsigned ?? [])
        }
    }

    private static func identifier(_ element: DERElement) throws(DERFault) -> Identifier {
        if element.identifier == 0x80 { return .keyIdentifier(Array(element.content)) }
        return try element.sequence { members throws(DERFault) in
            .issuerAndSerial(try DistinguishedName(members.required()), try SerialNumber(members.required()))
        }
    }

    /// No attribute twice, one value for those that RFC 5652 (11) allows one only.
    private static func attributes(_ element: DERElement, _ identifier: UInt8) throws(DERFault) -> [CMSAttribute] {
        var attributes: [CMSAttribute] = []
        for each in try element.list(identifier, limit: 32) {
            let next = try CMSAttribute(each)
            guard identifier == 0xA1 || next.values.count == 1 && !attributes.contains(where: { $0.type == next.type })
            else { throw .malformed("attribute \(next.type) twice") }
            attributes.append(next)
        }
        return attributes
    }
}

extension DER {
    /// The length of the element that the bytes begin with; `nil` if they are too few or the length is not definite.
    package static func lengthOfFirstElement(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2, bytes[0] & 0x1F != 0x1F else { return nil }
        let first = Int(bytes[1])
        var length = first
        var start = 2
        if first >= 0x80 {
            let count = first & 0x7F
            guard (1...4).contains(count), bytes.count >= 2 + count else { return nil }
            length = bytes[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        return start + length <= bytes.count ? start + length : nil
    }
}

package import Groundwork

/// The digest of what is time-stamped (RFC 3161, 2.4.1).
package struct MessageImprint: Hashable, Sendable {
    package let digest: DigestAlgorithm
    package let hash: [UInt8]
    /// As it came, or as we write it: a token repeats the request's bytes.
    package let der: [UInt8]

    package init(digest: DigestAlgorithm, hash: [UInt8]) {
        self.digest = digest
        self.hash = hash
        der = DER.sequence([digest.identifierWithNull, DER.octetString(hash)])
    }

    package init(of message: [UInt8], digest: DigestAlgorithm) {
        self.init(digest: digest, hash: digest.hash(message))
    }

    init(_ element: DERElement) throws(DERFault) {
        (digest, hash) = try element.sequence { members throws(DERFault) in
            (try DigestAlgorithm.read(members.required()), Array(try members.required().octetString()))
        }
        guard hash.count == digest.length else { throw .malformed("length of the digest") }
        der = element.encoded
    }

    package static func == (left: Self, right: Self) -> Bool { left.digest == right.digest && left.hash == right.hash }
    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// A request for a time stamp (RFC 3161, 2.4.1).
package struct TimeStampRequest: Sendable {
    package let imprint: MessageImprint
    package let policy: OID?
    /// The content of the INTEGER.
    package let nonce: [UInt8]?
    /// Whether the authority's certificate is to be in the token.
    package let certificateRequested: Bool
    /// Whether the client wants something of which we know nothing: that is refused (unacceptedExtension), never
    /// ignored.
    package let hasExtensions: Bool
    package let der: [UInt8]

    /// For a client; the nonce is any random bytes.
    package init(imprint: MessageImprint, policy: OID? = nil, nonce: [UInt8]?, certificateRequested: Bool) {
        self.imprint = imprint
        self.policy = policy
        self.nonce = nonce.map { Array(DER.integer($0.prefix(32)).dropFirst(2)) }
        self.certificateRequested = certificateRequested
        hasExtensions = false
        der = DER.sequence([
            DER.integer(1), imprint.der, policy?.der ?? [], self.nonce.map { DER.element(0x02, $0) } ?? [],
            certificateRequested ? DER.boolean(true) : [],
        ])
    }

    /// Bytes from outside, at most 16 KiB. An unknown digest is `cryptography.unsupported-algorithm` (badAlg); an
    /// extension is told, not read: we know none.
    package init(der: [UInt8]) throws(Refusal) {
        self = try reading(.timeStampRequest) { () throws(DERFault) in
            try TimeStampRequest(der, DERElement(parsing: der, limit: 16_384))
        }
    }

    private init(_ der: [UInt8], _ element: DERElement) throws(DERFault) {
        self.der = der
        (imprint, policy, nonce, certificateRequested, hasExtensions) = try element.sequence {
            members throws(DERFault) in
            guard try members.required().integer() == 1 else { throw .malformed("version") }
            let imprint = try MessageImprint(members.required())
            let policy = try members.optional(0x06)?.oid()
            let nonce = try members.optional(0x02)?.integerContent()
            guard nonce?.count ?? 0 <= 64 else { throw .malformed("length of the nonce") }
            // DER leaves the default out; clients that write it mean the same, and the token does not repeat it.
            let wanted = try members.optional(0x01)?.boolean()
            let extensions = members.optional(0xA0)
            return (imprint, policy, nonce.map { Array($0) }, wanted ?? false, extensions != nil)
        }
    }
}

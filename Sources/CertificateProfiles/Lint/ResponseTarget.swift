package import Cryptography
internal import Groundwork

/// An OCSP answer as its bytes have it (RFC 6960, 4.2), and what is known about how it came to be.
package struct ResponseTarget: Sendable {
    package let context: ResponseContext
    /// DER ResponseData.
    let body: [UInt8]
    let hasVersion: Bool
    let responder: Responder
    let producedAt: Instant
    let singles: [Single]
    let extensions: [CertificateExtension]
    /// Empty before it is signed, like the certificates.
    let signature: [UInt8]
    let algorithm: SignatureAlgorithm?
    let algorithmIdentifier: [UInt8]
    let certificates: [[UInt8]]

    enum Responder: Sendable, Hashable {
        case name
        case key(ArraySlice<UInt8>)
    }

    struct Single: Sendable {
        let name: OCSPCertID
        let status: Status
        let thisUpdate: Instant
        let nextUpdate: Instant?
        let extensions: [CertificateExtension]
    }

    enum Status: Sendable, Hashable {
        case good, unknown
        case revoked(at: Instant, reason: Int?)
    }

    var isSigned: Bool { !signature.isEmpty }
    var nonce: CertificateExtension? { extensions.first { $0.oid == .ocspNonce } }

    /// DER OCSPResponse with a successful answer inside.
    package init(der: [UInt8], context: ResponseContext) throws(DERFault) {
        let basic = try DERElement(parsing: der, limit: 1 << 20).sequence { members throws(DERFault) in
            guard try members.required().enumerated() == 0 else { throw .malformed("no successful answer") }
            return try members.required().sequence(0xA0) { tagged throws(DERFault) in
                try tagged.required().sequence { bytes throws(DERFault) in
                    guard try bytes.required().oid() == .ocspBasic else { throw .malformed("response type") }
                    return Array(try bytes.required().octetString())
                }
            }
        }
        var members = try DERElement(parsing: basic, limit: 1 << 20).members()
        let body = try members.required()
        let identifier = try members.required()
        var algorithmMembers = try identifier.members()
        let algorithm = SignatureAlgorithm(oid: try algorithmMembers.required().oid())
        let signature = try members.required().bitStringBytes()
        let certificates = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
            try inner.required().list(limit: 16).map(\.encoded)
        }
        try self.init(
            body, context, signature: signature, algorithm: algorithm, identifier: identifier.encoded,
            certificates: certificates ?? [])
    }

    /// DER ResponseData, before it is signed.
    init(body: [UInt8], context: ResponseContext) throws(DERFault) {
        try self.init(
            DERElement(parsing: body, limit: 1 << 20), context, signature: [], algorithm: nil, identifier: [],
            certificates: [])
    }

    private init(
        _ element: DERElement, _ context: ResponseContext, signature: [UInt8], algorithm: SignatureAlgorithm?,
        identifier: [UInt8], certificates: [[UInt8]]
    ) throws(DERFault) {
        self.context = context
        self.signature = signature
        self.algorithm = algorithm
        algorithmIdentifier = identifier
        self.certificates = certificates
        body = element.encoded
        var members = try element.members()
        hasVersion = members.optional(0xA0) != nil
        let responder = try members.required()
        if responder.identifier == 0xA2 {
            self.responder = .key(
                try responder.sequence(0xA2) { inner throws(DERFault) in try inner.required().octetString() })
        } else {
            self.responder = .name
        }
        producedAt = try members.required().generalizedTime()
        var singles: [Single] = []
        for each in try members.required().list(limit: 1000) { singles.append(try ResponseTarget.single(each)) }
        self.singles = singles
        extensions = try ResponseTarget.extensions(members.optional(0xA1), 0xA1)
        guard members.next() == nil else { throw .malformed("unexpected element at the end of the answer") }
    }

    private static func single(_ element: DERElement) throws(DERFault) -> Single {
        var members = try element.members()
        let name = try OCSPCertID.read(members.required())
        let word = try members.required()
        let status: Status
        switch word.identifier {
        case 0x80: status = .good
        case 0x82: status = .unknown
        default:
            status = try word.sequence(0xA1) { inner throws(DERFault) in
                let time = try inner.required().generalizedTime()
                let reason = try inner.optional(0xA0)?.sequence(0xA0) { tagged throws(DERFault) in
                    try tagged.required().enumerated()
                }
                return .revoked(at: time, reason: reason)
            }
        }
        let thisUpdate = try members.required().generalizedTime()
        let nextUpdate = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
            try inner.required().generalizedTime()
        }
        return Single(
            name: name, status: status, thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            extensions: try extensions(members.optional(0xA1), 0xA1))
    }

    private static func extensions(
        _ tagged: DERElement?, _ identifier: UInt8
    ) throws(DERFault) -> [CertificateExtension] {
        guard let tagged else { return [] }
        return try tagged.sequence(identifier) { inner throws(DERFault) in
            var extensions: [CertificateExtension] = []
            for each in try inner.required().list(limit: 64) { extensions.append(try CertificateExtension.read(each)) }
            return extensions
        }
    }
}

/// What the responder knows about its answers: worked out once for each responder, for an answer is judged in a few
/// microseconds. A rule that needs what is missing stays silent.
package final class ResponseContext: Sendable {
    package let issuer: Certificate?
    package let responder: Certificate?
    /// What the responder's certificate lacks; looked at once, for it does not change.
    let responderDefects: [String]
    let responderKey: [UInt8]?
    package let longestLifeSeconds: Int64?
    /// The issuer in the words of each kind of CertID.
    private let issuerNames: [DigestAlgorithm: (name: [UInt8], key: [UInt8])]

    package init(issuer: Certificate? = nil, responder: Certificate? = nil, longestLifeSeconds: Int64? = nil) {
        self.issuer = issuer
        self.responder = responder
        self.longestLifeSeconds = longestLifeSeconds
        responderKey = responder?.publicKey.keyIdentifier
        var names: [DigestAlgorithm: (name: [UInt8], key: [UInt8])] = [:]
        if let issuer {
            for digest in DigestAlgorithm.allCases {
                names[digest] = (digest.hash(issuer.subject.der), digest.hash(issuer.publicKey.subjectPublicKey))
            }
        }
        issuerNames = names
        var defects: [String] = []
        if let issuer, let responder, responder.publicKey != issuer.publicKey {
            if !responder.extendedKeyUsage.contains(.ocspSigning) { defects.append("the responder has no OCSPSigning") }
            if responder.value(of: .ocspNoCheck) == nil { defects.append("the responder has no ocsp-nocheck") }
            if responder.issuer != issuer.subject || !responder.isSigned(by: issuer.publicKey) {
                defects.append("the responder's certificate is not the issuer's")
            }
        }
        responderDefects = defects
    }

    /// Whether a CertID names this issuer; `nil` where the issuer is not known, or the digest is not one of ours.
    func names(_ identifier: OCSPCertID) -> Bool? {
        issuerNames[identifier.digest].map {
            $0.name == identifier.issuerNameHash && $0.key == identifier.issuerKeyHash
        }
    }
}

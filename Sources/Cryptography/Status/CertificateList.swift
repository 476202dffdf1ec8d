package import Groundwork

/// A certificate revocation list (RFC 5280, 5), read.
package struct CertificateList: Sendable {
    package let der: [UInt8]
    /// DER TBSCertList: what was signed.
    package let tbs: [UInt8]
    package let issuer: DistinguishedName
    package let thisUpdate: Instant
    package let nextUpdate: Instant?
    package let entries: [RevokedEntry]
    package let number: Int?
    package let issuingDistributionPoint: String?
    /// The number of the complete list that a delta changes (5.2.4); `nil` for a complete list.
    package let baseNumber: Int?
    /// Where changes since this complete list are told (5.2.6).
    package let freshestAddresses: [String]
    /// Certificates that expired since then are still named (X.509, 9.5.2.8).
    package let expiredSince: Instant?
    package let authorityKeyIdentifier: [UInt8]?
    package let signatureAlgorithm: SignatureAlgorithm?
    package let signature: [UInt8]

    /// Which of the two kinds the caller can judge by.
    package enum Kind: Sendable { case complete, delta }

    /// Bytes from outside, at most 64 MiB. A critical extension that we do not know makes the list unusable (5.2), and
    /// so does the other kind: a delta that passes for a complete list would call nearly everybody good.
    package init(der: [UInt8], kind: Kind = .complete) throws(Refusal) {
        self = try reading(.certificateList) { () throws(DERFault) in
            let list = try CertificateList(der, DERElement(parsing: der, limit: 1 << 26))
            guard (list.baseNumber != nil) == (kind == .delta) else { throw .unsupported("a list of the other kind") }
            return list
        }
    }

    package static func parse(der: [UInt8]) throws(Refusal) -> CertificateList { try CertificateList(der: der) }

    package static func assemble(body: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8]) -> [UInt8] {
        SignedEnvelope.assemble(body, algorithm, signature)
    }

    private init(_ der: [UInt8], _ element: DERElement) throws(DERFault) {
        let parts = try SignedParts(element)
        self.der = der
        tbs = parts.body.encoded
        signature = parts.signature
        let body = try parts.body.sequence { members throws(DERFault) in try CRLFields(&members, parts) }
        issuer = body.issuer
        thisUpdate = body.thisUpdate
        nextUpdate = body.nextUpdate
        entries = body.entries
        number = body.number
        issuingDistributionPoint = body.point
        baseNumber = body.base
        freshestAddresses = body.freshest
        expiredSince = body.expiredSince
        authorityKeyIdentifier = body.authorityKey
        signatureAlgorithm = body.algorithm
    }

    package func isSigned(by key: PublicKey) -> Bool {
        guard let algorithm = signatureAlgorithm, key.fits(algorithm) else { return false }
        return key.verifies(signature, over: tbs, digest: algorithm.digest)
    }

    package func entry(for serial: SerialNumber) -> RevokedEntry? { entries.first { $0.serialNumber == serial } }
}

extension RevokedEntries {
    /// The entries one by one, read back from what was written: for people to look at, and for rules.
    package var values: [RevokedEntry] {
        guard let list = try? DERElement(parsing: DER.element(0x30, bytes), limit: 1 << 26),
            var members = try? list.members()
        else { return [] }
        var values: [RevokedEntry] = []
        while let next = members.next() {
            guard let entry = try? CRLFields.entry(next) else { return values }
            values.append(entry)
        }
        return values
    }
}

/// TBSCertList taken apart.
private struct CRLFields {
    let issuer: DistinguishedName
    let thisUpdate: Instant
    var nextUpdate: Instant?
    var entries: [RevokedEntry] = []
    var number: Int?
    var point: String?
    var base: Int?
    var freshest: [String] = []
    var expiredSince: Instant?
    var authorityKey: [UInt8]?
    let algorithm: SignatureAlgorithm?

    init(_ members: inout DERMembers, _ parts: SignedParts) throws(DERFault) {
        let version = try members.optional(0x02)?.integer()
        guard version == nil || version == 1 else { throw .malformed("version") }
        let identifier = try members.required()
        guard identifier.encoded == parts.algorithmIdentifier else {
            throw .malformed("inner and outer signature algorithm differ")
        }
        algorithm = try AlgorithmIdentifier(identifier).signature
        issuer = try DistinguishedName(members.required())
        thisUpdate = try members.required().time()
        if members.nextIdentifier == 0x17 || members.nextIdentifier == 0x18 {
            nextUpdate = try members.required().time()
        }
        if let revoked = members.optional(0x30) {
            var list = try revoked.members()
            while let entry = list.next() { entries.append(try CRLFields.entry(entry)) }
        }
        guard let tagged = members.optional(0xA0) else { return }
        let extensions = try tagged.sequence(0xA0) { inner throws(DERFault) in
            try CertificateExtension.readList(inner.required())
        }
        for each in extensions { try read(each) }
    }

    static func entry(_ element: DERElement) throws(DERFault) -> RevokedEntry {
        try element.sequence { members throws(DERFault) in
            let serial = try SerialNumber(members.required())
            let time = try members.required().time()
            var reason = RevocationReason.unspecified
            var invalidSince: Instant?
            if let list = members.optional(0x30) {
                for each in try CertificateExtension.readList(list) {
                    if each.oid == .reasonCode {
                        let code = try DERElement(parsing: each.value, limit: 16).enumerated()
                        guard let known = RevocationReason(rawValue: code) else { throw .malformed("reason \(code)") }
                        reason = known
                    } else if each.oid == .invalidityDate {
                        invalidSince = try DERElement(parsing: each.value, limit: 32).generalizedTime()
                    } else if each.critical {
                        throw .unsupported("critical entry extension \(each.oid)")
                    }
                }
            }
            return RevokedEntry(serialNumber: serial, revokedAt: time, reason: reason, invalidSince: invalidSince)
        }
    }

    private mutating func read(_ each: CertificateExtension) throws(DERFault) {
        func value() throws(DERFault) -> DERElement { try DERElement(parsing: each.value, limit: 65_536) }
        switch each.oid {
        case .crlNumber: number = try value().integer()
        case .deltaCRLIndicator: base = try value().integer()
        case .expiredCertsOnCRL: expiredSince = try value().generalizedTime()
        case .freshestCRL:
            for point in try value().list(limit: 16) { freshest += try CertificateFacts.addresses(ofPoint: point) }
        case .authorityKeyIdentifier:
            var members = try value().members()
            authorityKey = members.optional(0x80).map { Array($0.content) }
        case .issuingDistributionPoint:
            point = try CertificateFacts.addresses(ofPoint: value()).first
            // Lists of some reasons, of attribute certificates, or of other issuers are not ours to judge by.
            var members = try value().members()
            _ = members.optional(0xA0)
            _ = members.optional(0x81)
            _ = members.optional(0x82)
            guard members.next() == nil else { throw .unsupported("scope of the list") }
        default: if each.critical { throw .unsupported("critical extension \(each.oid)") }
        }
    }
}

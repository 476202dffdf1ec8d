package import Groundwork

/// A to-be-signed certificate list (RFC 5280, 5.1.2), version 2: complete for its scope, or the changes since such a
/// one.
package struct CertificateListBody: Sendable {
    package var issuer: DistinguishedName
    package var signatureAlgorithm: SignatureAlgorithm
    package var number: Int
    package var thisUpdate: Instant
    package var nextUpdate: Instant
    package var entries: RevokedEntries
    /// The shard's address: written as a critical issuingDistributionPoint that equals the certificates' own
    /// distribution point (5.2.5). Without it the list speaks of every certificate of the issuer.
    package var issuingDistributionPoint: String?
    package var authorityKeyIdentifier: [UInt8]
    /// Makes it a delta: the number of the complete list that it changes, critical (5.2.4).
    package var baseNumber: Int?
    /// Where the changes since this complete list are told (5.2.6). A delta has none.
    package var freshestAddress: String?
    /// Certificates that expired since then stay in the list (X.509, 9.5.2.8).
    package var expiredSince: Instant?

    package init(
        issuer: DistinguishedName, signatureAlgorithm: SignatureAlgorithm, number: Int, thisUpdate: Instant,
        nextUpdate: Instant, entries: RevokedEntries, issuingDistributionPoint: String? = nil,
        authorityKeyIdentifier: [UInt8], baseNumber: Int? = nil, freshestAddress: String? = nil,
        expiredSince: Instant? = nil
    ) {
        self.issuer = issuer
        self.signatureAlgorithm = signatureAlgorithm
        self.number = number
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.entries = entries
        self.issuingDistributionPoint = issuingDistributionPoint
        self.authorityKeyIdentifier = authorityKeyIdentifier
        self.baseNumber = baseNumber
        self.freshestAddress = freshestAddress
        self.expiredSince = expiredSince
    }

    /// A short list, from entries in memory.
    package init(
        issuer: DistinguishedName, signatureAlgorithm: SignatureAlgorithm, number: Int, thisUpdate: Instant,
        nextUpdate: Instant, entries: [RevokedEntry], issuingDistributionPoint: String? = nil,
        authorityKeyIdentifier: [UInt8], baseNumber: Int? = nil
    ) {
        self.init(
            issuer: issuer, signatureAlgorithm: signatureAlgorithm, number: number, thisUpdate: thisUpdate,
            nextUpdate: nextUpdate, entries: RevokedEntries(entries),
            issuingDistributionPoint: issuingDistributionPoint, authorityKeyIdentifier: authorityKeyIdentifier,
            baseNumber: baseNumber)
    }

    /// DER TBSCertList.
    package var der: [UInt8] {
        DER.sequence([
            DER.integer(1), signatureAlgorithm.identifier, issuer.der, DER.time(thisUpdate), DER.time(nextUpdate),
            // Absent where nothing is revoked (5.1.2.6).
            entries.count == 0 ? [] : DER.element(0x30, entries.bytes),
            DER.explicit(0, CertificateExtension.sequence(extensions)),
        ])
    }

    private var extensions: [CertificateExtension] {
        var extensions: [CertificateExtension] = [
            .authorityKeyIdentifier(authorityKeyIdentifier), .raw(.crlNumber, value: DER.integer(number)),
        ]
        if let baseNumber {
            extensions.append(.raw(.deltaCRLIndicator, critical: true, value: DER.integer(baseNumber)))
        }
        if let address = issuingDistributionPoint {
            let point = DER.sequence([DER.explicit(0, CertificateExtension.fullName(address))])
            extensions.append(.raw(.issuingDistributionPoint, critical: true, value: point))
        }
        if let address = freshestAddress, baseNumber == nil {
            let point = DER.sequence([DER.explicit(0, CertificateExtension.fullName(address))])
            extensions.append(.raw(.freshestCRL, value: DER.sequence([point])))
        }
        if let expiredSince {
            extensions.append(.raw(.expiredCertsOnCRL, value: DER.generalizedTime(expiredSince)))
        }
        return extensions
    }

    package func signed(by signer: some Signer) async throws -> [UInt8] {
        let body = der
        return CertificateList.assemble(
            body: body, algorithm: signatureAlgorithm, signature: try await signer.sign(body))
    }
}

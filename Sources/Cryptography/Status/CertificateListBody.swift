package import Groundwork

/// One revoked certificate in a list.
package struct RevokedEntry: Hashable, Sendable {
    package var serialNumber: SerialNumber
    package var revokedAt: Instant
    package var reason: RevocationReason

    package init(serialNumber: SerialNumber, revokedAt: Instant, reason: RevocationReason) {
        self.serialNumber = serialNumber
        self.revokedAt = revokedAt
        self.reason = reason
    }

    /// Writes the entry at the end of the buffer; `unspecified` is left out, as RFC 5280, 5.3.1 asks.
    fileprivate func append(to bytes: inout [UInt8]) {
        let time = DER.time(revokedAt)
        let length = 2 + serialNumber.bytes.count + time.count + (reason == .unspecified ? 0 : 14)
        DER.appendHeader(0x30, length: length, to: &bytes)
        DER.appendHeader(0x02, length: serialNumber.bytes.count, to: &bytes)
        bytes.append(contentsOf: serialNumber.bytes)
        bytes.append(contentsOf: time)
        guard reason != .unspecified else { return }
        bytes.append(contentsOf: [0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01])
        bytes.append(UInt8(reason.rawValue))
    }
}

/// A to-be-signed certificate list (RFC 5280, 5.1.2), version 2, full for its scope.
package struct CertificateListBody: Sendable {
    package var issuer: DistinguishedName
    package var signatureAlgorithm: SignatureAlgorithm
    package var number: Int
    package var thisUpdate: Instant
    package var nextUpdate: Instant
    package var entries: [RevokedEntry]
    /// The shard's address: written as a critical issuingDistributionPoint that equals the certificates' own
    /// distribution point (RFC 5280, 5.2.5).
    package var issuingDistributionPoint: String?
    package var authorityKeyIdentifier: [UInt8]

    package init(
        issuer: DistinguishedName, signatureAlgorithm: SignatureAlgorithm, number: Int, thisUpdate: Instant,
        nextUpdate: Instant, entries: [RevokedEntry], issuingDistributionPoint: String? = nil,
        authorityKeyIdentifier: [UInt8]
    ) {
        self.issuer = issuer
        self.signatureAlgorithm = signatureAlgorithm
        self.number = number
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.entries = entries
        self.issuingDistributionPoint = issuingDistributionPoint
        self.authorityKeyIdentifier = authorityKeyIdentifier
    }

    /// DER TBSCertList.
    package var der: [UInt8] {
        DER.sequence([
            DER.integer(1), signatureAlgorithm.identifier, issuer.der, DER.time(thisUpdate), DER.time(nextUpdate),
            revokedCertificates, DER.explicit(0, CertificateExtension.sequence(extensions)),
        ])
    }

    /// All entries in one buffer: a list of 200,000 is written in a fraction of a second.
    private var revokedCertificates: [UInt8] {
        guard !entries.isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * 52)
        for entry in entries { entry.append(to: &bytes) }
        return DER.element(0x30, bytes)
    }

    private var extensions: [CertificateExtension] {
        var extensions: [CertificateExtension] = [
            .authorityKeyIdentifier(authorityKeyIdentifier), .raw(.crlNumber, value: DER.integer(number)),
        ]
        if let address = issuingDistributionPoint {
            let point = DER.sequence([DER.explicit(0, CertificateExtension.fullName(address))])
            extensions.append(.raw(.issuingDistributionPoint, critical: true, value: point))
        }
        return extensions
    }

    package func signed(by signer: some Signer) async throws -> [UInt8] {
        let body = der
        return CertificateList.assemble(
            body: body, algorithm: signatureAlgorithm, signature: try await signer.sign(body))
    }
}

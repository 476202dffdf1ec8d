package import Cryptography
internal import Groundwork

/// One officer's signature under a request, with the certificate it was made for.
package struct OfficerSignature: Hashable, Sendable {
    /// DER.
    package let certificate: [UInt8]
    package let signature: [UInt8]

    package init(certificate: [UInt8], signature: [UInt8]) {
        self.certificate = certificate
        self.signature = signature
    }

    /// The first bytes of everything an officer's key signs, so that nothing else can pass for an order.
    package static let domainTag = "YZT-AUTHORISATION-1"

    /// `"YZT-AUTHORISATION-1" ‖ 0x00 ‖ H(request) ‖ H(certificate DER)`; H is SM3 for SM2 and SHA-256 otherwise.
    package static func signedBytes(request: [UInt8], certificate: [UInt8], family: AlgorithmFamily) -> [UInt8] {
        Array(domainTag.utf8) + [0] + family.digest.hash(request) + family.digest.hash(certificate)
    }

    /// Makes a signature with an officer's own key, under a request that binds what its act's form asks for.
    /// - Throws: `officers.malformed-request` before the key is asked for anything.
    package static func make(
        under request: CanonicalRequest, with signer: some OfficerSigner
    ) async throws -> OfficerSignature {
        try request.checkForm()
        let certificate = try await signer.certificate
        guard let family = certificate.publicKey.family else {
            throw Refusal(OfficersRefusal.certificateKey, detail: "key of no known family")
        }
        let signed = signedBytes(request: request.bytes, certificate: certificate.der, family: family)
        return OfficerSignature(certificate: certificate.der, signature: try await signer.sign(signed))
    }
}

extension OfficerSignature {
    /// Whether each signature was made under this request by the key of its certificate; whose that is, the register
    /// says.
    /// - Throws: `officers.unknown-certificate`, `officers.certificate-key`, `officers.bad-signature`.
    static func verify(_ signatures: [OfficerSignature], under request: CanonicalRequest) throws(Refusal) {
        for (index, signature) in signatures.enumerated() {
            let place = ["signature": String(index + 1)]
            let certificate: Certificate
            do { certificate = try Certificate(der: signature.certificate) } catch {
                throw Refusal(OfficersRefusal.unknownCertificate, detail: error.detail, facts: place)
            }
            guard let family = certificate.publicKey.family else { throw Refusal(OfficersRefusal.certificateKey) }
            let signed = signedBytes(request: request.bytes, certificate: signature.certificate, family: family)
            guard certificate.publicKey.verifies(signature.signature, over: signed) else {
                throw Refusal(OfficersRefusal.badSignature, facts: place)
            }
        }
    }
}

/// An officer's key, on a card or in software: what the signing side needs of it.
package protocol OfficerSigner: Sendable {
    var certificate: Certificate { get async throws }
    /// The family's outer signature over these bytes: SM2 over SM3(Z_A ‖ M), ECDSA or PKCS#1 v1.5 with SHA-256.
    func sign(_ toBeSigned: [UInt8]) async throws -> [UInt8]
}

/// A key in memory behind `Signer`: evaluation, tests, and any HSM that gives a `Signer`.
package struct KeyedOfficerSigner: OfficerSigner {
    package let certificate: Certificate
    private let signer: any Signer

    package init(certificate: Certificate, signer: any Signer) {
        self.certificate = certificate
        self.signer = signer
    }

    package func sign(_ toBeSigned: [UInt8]) async throws -> [UInt8] { try await signer.sign(toBeSigned) }
}

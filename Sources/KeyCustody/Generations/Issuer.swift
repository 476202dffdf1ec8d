package import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork

/// One generation of one authority's key: what signs certificates and revocation lists.
///
/// The signer is not to be had from outside: a certificate needs an ``IssuancePermit``, and there is no other way.
package final class Issuer: Sendable {
    package typealias Role = AuthorityRole

    package let generation: String
    package let role: Role
    package let certificate: Certificate
    package let shards: Int
    package let addresses: StatusAddresses
    /// Whether it and what stands above it is neither revoked nor held: only then it issues. It goes on answering for
    /// what it issued before.
    package let isActive: Bool
    private let signer: (any Signer)?

    package init(
        generation: String, role: Role, certificate: Certificate, shards: Int, addresses: StatusAddresses,
        signer: (any Signer)?, isActive: Bool = true
    ) {
        self.isActive = isActive
        self.generation = generation
        self.role = role
        self.certificate = certificate
        self.shards = shards
        self.addresses = addresses
        self.signer = signer
    }

    /// The same generation after a change of its status.
    func with(isActive: Bool) -> Issuer {
        Issuer(
            generation: generation, role: role, certificate: certificate, shards: shards, addresses: addresses,
            signer: signer, isActive: isActive)
    }

    package var family: AlgorithmFamily? { certificate.publicKey.family }
    package var hasSigner: Bool { signer != nil }

    /// What signs this generation's certificates.
    /// - Throws: `no-signer` where the key is elsewhere.
    package func certificateSigner() throws(Refusal) -> CertificateSigner { CertificateSigner(try required()) }

    /// What its lists are signed with.
    /// - Throws: `no-signer` where the key is elsewhere.
    package func listAlgorithm() throws(Refusal) -> SignatureAlgorithm { try required().algorithm }

    /// The one place where a revocation list is signed. The signature is verified over the bytes that were signed: a
    /// list of a hundred thousand entries is not read again for that.
    package func signList(_ permit: consuming CRLPermit) async throws -> [UInt8] {
        let (body, algorithm) = (permit.body, permit.algorithm)
        let signature = try await required().sign(body)
        Counted.signatures.add("crl")
        guard certificate.publicKey.verifies(signature, over: body, digest: algorithm.digest) else {
            throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: generation)
        }
        return CertificateList.assemble(body: body, algorithm: algorithm, signature: signature)
    }

    /// What the rules know about one of this generation's lists.
    package func listContext(_ name: CRLName, longestLifeSeconds: Int64) -> CRLContext {
        CRLContext(certificate, generation, shards, addresses, name, longestLifeSeconds: longestLifeSeconds)
    }

    private func required() throws(Refusal) -> any Signer {
        guard let signer else { throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": generation]) }
        return signer
    }
}

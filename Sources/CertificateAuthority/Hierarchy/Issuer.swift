package import Cryptography
internal import Groundwork

/// One generation of one authority's key: what signs certificates and revocation lists.
///
/// The signer is not to be had from outside: a certificate needs an ``IssuancePermit``, and there is no other way.
package final class Issuer: Sendable {
    package enum Role: String, Sendable, Codable { case root, issuing }

    package let generation: String
    package let role: Role
    package let certificate: Certificate
    package let shards: Int
    package let addresses: StatusAddresses
    /// Whether it and what stands above it is neither revoked nor held: only then it issues. It goes on answering for
    /// what it issued before.
    package let isActive: Bool
    private let signer: (any Signer)?

    init(
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

    /// The one place where a certificate is signed.
    static func sign(
        _ permit: consuming IssuancePermit, with signer: any Signer
    ) async throws -> Certificate {
        let signature = try await signer.sign(permit.body)
        return permit.certificate(signature: signature)
    }

    /// The one place where a revocation list is signed. The signature is verified over the bytes that were signed: a
    /// list of a hundred thousand entries is not read again for that.
    func signList(_ permit: consuming ListPermit) async throws -> [UInt8] {
        let (body, algorithm) = (permit.body, permit.algorithm)
        let signature = try await required().sign(body)
        guard certificate.publicKey.verifies(signature, over: body, digest: algorithm.digest) else {
            throw Refusal(CertificateAuthorityRefusal.signatureUnverified, detail: generation)
        }
        return CertificateList.assemble(body: body, algorithm: algorithm, signature: signature)
    }

    /// What the rules know about one of this generation's lists.
    func listContext(_ name: ListName, longestLifeSeconds: Int64) -> ListContext {
        ListContext(certificate, generation, shards, addresses, name, longestLifeSeconds: longestLifeSeconds)
    }

    func required() throws(Refusal) -> any Signer {
        guard let signer else { throw Refusal(CertificateAuthorityRefusal.noSigner, facts: ["key": generation]) }
        return signer
    }
}

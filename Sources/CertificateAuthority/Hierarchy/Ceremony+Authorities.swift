internal import Audit
internal import Cryptography
internal import Groundwork
internal import Storage

/// The two certificates that make authorities: there is no profile for them, only the hierarchy.
extension Ceremony {
    func rootDraft(_ key: any Signer) -> IssuanceEngine.Draft {
        draft(
            hierarchy.root, role: .root, key: key.publicKey, signer: key, signingKey: key.publicKey,
            issuerGeneration: hierarchy.root.generation, issuerShards: hierarchy.root.shards,
            issuerName: hierarchy.root.name.distinguishedName, issuerCertificate: nil,
            extensions: [
                .basicConstraints(.certificateAuthority(maxPathLength: 1)), .keyUsage([.keyCertSign, .cRLSign]),
                .subjectKeyIdentifier(key.publicKey.keyIdentifier),
            ])
    }

    func issuingDraft(_ key: any Signer, root: Issuer) throws(Refusal) -> IssuanceEngine.Draft {
        draft(
            hierarchy.issuing, role: .issuing, key: key.publicKey, signer: try root.required(),
            signingKey: root.certificate.publicKey, issuerGeneration: root.generation, issuerShards: root.shards,
            issuerName: root.certificate.subject, issuerCertificate: root.certificate,
            extensions: [
                .authorityKeyIdentifier(root.certificate.keyIdentifier),
                .subjectKeyIdentifier(key.publicKey.keyIdentifier),
                .basicConstraints(.certificateAuthority(maxPathLength: 0)), .keyUsage([.keyCertSign, .cRLSign]),
                // anyPolicy: the issuing authority may issue under each policy of this CP.
                .certificatePolicies(["2.5.29.32.0"]),
            ])
    }

    private func draft(
        _ plan: Hierarchy.Authority, role: Issuer.Role, key publicKey: PublicKey, signer: any Signer,
        signingKey: PublicKey,
        issuerGeneration: String, issuerShards: Int, issuerName: DistinguishedName, issuerCertificate: Certificate?,
        extensions: [CertificateExtension]
    ) -> IssuanceEngine.Draft {
        let now = surroundings.now()
        let notBefore = now.truncatedToSecond
        var notAfter = notBefore.adding(days: Int64(plan.validityDays)).adding(seconds: -1)
        if let issuerCertificate { notAfter = min(notAfter, issuerCertificate.notAfter) }
        let subject = plan.name.distinguishedName
        let addresses = addresses
        let algorithm = signer.algorithm
        return IssuanceEngine.Draft(
            issuer: issuerGeneration, shards: issuerShards, profile: role == .root ? "root" : "issuing-authority",
            purpose: .authority, publicKey: publicKey, location: .none, holder: nil,
            reference: "ceremony/\(plan.generation)", actor: .system, notAfter: notAfter,
            leaseSeconds: book.certificates.issuance.intentLeaseSeconds, activateBy: nil, policyVersion: book.version,
            context: LintContext(
                issuer: issuerCertificate, policy: book.certificates, addresses: addresses,
                generation: issuerGeneration, shards: issuerShards),
            signer: signer, issuerKey: signingKey,
            body: { [notAfter] serial in
                var all = extensions
                if role != .root {
                    let shard = Shard.number(of: serial, among: issuerShards)
                    all += [
                        .crlDistributionPoint(addresses.list(issuerGeneration, shard: shard)),
                        .authorityInformationAccess(caIssuers: addresses.issuer(issuerGeneration)),
                    ]
                }
                return CertificateBody(
                    serialNumber: serial, signatureAlgorithm: algorithm, issuer: issuerName, notBefore: notBefore,
                    notAfter: notAfter, subject: subject, publicKey: publicKey, extensions: all)
            },
            alsoStore: { transaction, certificate in
                try transaction.execute(
                    """
                    INSERT INTO authority_issuer (generation, family, role, parent, shards, key_name, serial, der,
                        created_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    """, plan.generation, publicKey.family?.rawValue, role.rawValue, issuerGeneration, plan.shards,
                    plan.generation, certificate.serialNumber.bytes, certificate.der, now)
            })
    }
}

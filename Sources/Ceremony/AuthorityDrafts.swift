internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Issuance
internal import KeyCustody
internal import Storage

/// The certificates that make authorities, as the engine issues them where the root's key is on this machine.
struct AuthorityDrafts: Sendable {
    let book: PolicyBook
    let addresses: StatusAddresses
    let surroundings: Surroundings

    func root(_ plan: Hierarchy.Authority, key: any Signer) -> IssuanceEngine.Draft {
        let bodies = AuthorityBody(addresses: addresses, policy: book.certificates, now: surroundings.now())
        let publicKey = key.publicKey
        return draft(
            plan, role: .root, key: publicKey, signer: CertificateSigner(key), parent: (plan.generation, plan.shards),
            bodies: bodies,
            issuer: nil
        ) { serial throws(Refusal) in try bodies.root(plan, key: publicKey, serial: serial) }
    }

    func issuing(
        _ plan: Hierarchy.Authority, key: PublicKey, root: Issuer
    ) throws(Refusal) -> IssuanceEngine.Draft {
        let bodies = AuthorityBody(addresses: addresses, policy: book.certificates, now: surroundings.now())
        let certificate = root.certificate
        let (generation, shards) = (root.generation, root.shards)
        return draft(
            plan, role: .issuing, key: key, signer: try root.certificateSigner(),
            parent: (generation, shards), bodies: bodies, issuer: certificate
        ) { serial throws(Refusal) in
            try bodies.issuing(
                plan, key: key, serial: serial, root: certificate, rootGeneration: generation, rootShards: shards)
        }
    }

    private func draft(
        _ plan: Hierarchy.Authority, role: AuthorityRole, key: PublicKey, signer: CertificateSigner,
        parent: (generation: String, shards: Int), bodies: AuthorityBody, issuer: Certificate?,
        body: @escaping @Sendable (SerialNumber) throws(Refusal) -> CertificateBody
    ) -> IssuanceEngine.Draft {
        let now = bodies.now
        let parentGeneration = parent.generation
        return IssuanceEngine.Draft(
            issuer: parent.generation, shards: parent.shards, profile: role == .root ? "root" : "issuing-authority",
            purpose: .authority, publicKey: key, location: .none, holder: nil,
            reference: "ceremony/\(plan.generation)", actor: .system,
            notAfter: AuthorityBody.end(plan, from: now, issuer: issuer),
            leaseSeconds: book.certificates.issuance.intentLeaseSeconds, activateBy: nil, policyVersion: book.version,
            context: bodies.context(root: issuer, rootGeneration: parent.generation, rootShards: parent.shards),
            signer: signer, issuerKey: signer.publicKey, body: body,
            alsoStore: { transaction, certificate in
                try HierarchyStore.insert(
                    HierarchyStore.Generation(
                        plan: plan, role: role, parent: parentGeneration, family: key.family, certificate: certificate),
                    at: now, in: transaction)
            })
    }
}

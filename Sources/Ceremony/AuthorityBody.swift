internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody

/// The bodies of the two certificates that make authorities: there is no profile for them, only the hierarchy. Pure.
struct AuthorityBody {
    let addresses: StatusAddresses
    let policy: CertificatePolicy
    let now: Instant

    func root(_ plan: Hierarchy.Authority, key: PublicKey, serial: SerialNumber) throws(Refusal) -> CertificateBody {
        let name = plan.name.distinguishedName
        return CertificateBody(
            serialNumber: serial, signatureAlgorithm: try Self.algorithm(key), issuer: name,
            notBefore: now.truncatedToSecond, notAfter: Self.end(plan, from: now, issuer: nil), subject: name,
            publicKey: key,
            extensions: [
                .basicConstraints(.certificateAuthority(maxPathLength: 1)), .keyUsage([.keyCertSign, .cRLSign]),
                .subjectKeyIdentifier(key.keyIdentifier),
            ])
    }

    func issuing(
        _ plan: Hierarchy.Authority, key: PublicKey, serial: SerialNumber, root: Certificate,
        rootGeneration generation: String, rootShards: Int
    ) throws(Refusal) -> CertificateBody {
        CertificateBody(
            serialNumber: serial, signatureAlgorithm: try Self.algorithm(root.publicKey), issuer: root.subject,
            notBefore: now.truncatedToSecond, notAfter: Self.end(plan, from: now, issuer: root),
            subject: plan.name.distinguishedName, publicKey: key,
            extensions: [
                .authorityKeyIdentifier(root.keyIdentifier), .subjectKeyIdentifier(key.keyIdentifier),
                .basicConstraints(.certificateAuthority(maxPathLength: 0)), .keyUsage([.keyCertSign, .cRLSign]),
                // anyPolicy: the issuing authority may issue under each policy of this CP.
                .certificatePolicies(["2.5.29.32.0"]),
                .crlDistributionPoint(
                    addresses.list(generation, shard: Shard.number(of: serial, among: rootShards))),
                .authorityInformationAccess(caIssuers: addresses.issuer(generation)),
            ])
    }

    func context(root: Certificate?, rootGeneration: String, rootShards: Int) -> LintContext {
        LintContext(
            issuer: root, policy: policy, addresses: addresses, generation: rootGeneration, shards: rootShards)
    }

    /// The root's list: full for its scope, at the address that the issuing certificates name.
    func list(
        _ root: Certificate, plan: Hierarchy.Authority, number: Int, entries: [RevokedEntry]
    ) throws(Refusal) -> CertificateListBody {
        let thisUpdate = now.truncatedToSecond
        return CertificateListBody(
            issuer: root.subject, signatureAlgorithm: try Self.algorithm(root.publicKey), number: number,
            thisUpdate: thisUpdate, nextUpdate: thisUpdate.adding(days: Int64(policy.status.rootListLifeDays)),
            entries: entries, issuingDistributionPoint: addresses.list(plan.generation, shard: 0),
            authorityKeyIdentifier: root.keyIdentifier)
    }

    func listContext(_ root: Certificate, plan: Hierarchy.Authority) -> CRLContext {
        CRLContext(
            issuer: root, isOurs: true, address: addresses.list(plan.generation, shard: 0), shard: 0,
            shards: plan.shards,
            longestLifeSeconds: Int64(policy.status.rootListLifeDays) * 86_400)
    }

    static func end(_ plan: Hierarchy.Authority, from now: Instant, issuer: Certificate?) -> Instant {
        let full = now.truncatedToSecond.adding(days: Int64(plan.validityDays)).adding(seconds: -1)
        return issuer.map { min(full, $0.notAfter) } ?? full
    }

    private static func algorithm(_ key: PublicKey) throws(Refusal) -> SignatureAlgorithm {
        guard let family = key.family else { throw Refusal(KeyCustodyRefusal.wrongFamily) }
        return family.signatureAlgorithm
    }
}

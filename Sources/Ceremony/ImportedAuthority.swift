internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// An authority's certificate that was signed elsewhere, as it is stored: like every other, intent and certificate.
struct ImportedAuthority {
    let plan: Hierarchy.Authority
    let role: AuthorityRole
    let parent: Hierarchy.Authority
    let certificate: Certificate

    /// - Throws: `already-initialised` if the generation is there with another certificate.
    static func isStored(
        _ generation: String, _ certificate: Certificate, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        guard let stored = try HierarchyStore.certificate(of: generation, in: transaction) else { return false }
        guard stored == certificate.der else {
            throw Refusal(
                CertificateRecordsRefusal.alreadyInitialised, detail: "\(generation) has another certificate")
        }
        return true
    }

    /// Its history begins with the day on which it was brought.
    func store(
        at now: Instant, owner: [UInt8], audit: AuditLog, by actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        let serial = certificate.serialNumber
        let key = DigestAlgorithm.sha256.hash(certificate.publicKey.spki)
        let profile = role == .root ? "root" : "issuing-authority"
        let shard = Shard.number(of: serial, among: parent.shards)
        let intent = IntentStore.Intent(
            serial: serial, issuer: parent.generation, profile: profile, purpose: .authority, keyHash: key, medium: nil,
            holder: nil, reference: "ceremony/\(plan.generation)#\(Hex.encode(key.prefix(16)))", owner: owner,
            leaseUntil: now.adding(seconds: 60), shard: shard, notAfter: certificate.notAfter)
        try IntentStore.refuseKeyInUse(intent, in: transaction)
        try IntentStore.insert(intent, at: now, in: transaction)
        guard try IntentStore.finish(serial, owner: owner, in: transaction) else {
            throw Refusal(CertificateRecordsRefusal.intentLost, detail: serial.hex)
        }
        try CertificateRegister.insert(
            CertificateRegister.Entry(
                certificate: certificate, issuer: parent.generation, profile: profile, purpose: .authority,
                family: certificate.publicKey.family, state: .active, shard: shard, origin: "unproved"),
            at: now, by: actor, facts: ["origin": "ceremony"], audit: audit, in: transaction)
        try HierarchyStore.insert(
            HierarchyStore.Generation(
                plan: plan, role: role, parent: parent.generation, family: certificate.publicKey.family,
                certificate: certificate), at: now, in: transaction)
    }
}

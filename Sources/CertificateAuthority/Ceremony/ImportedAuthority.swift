internal import Audit
internal import Cryptography
internal import Groundwork
internal import Storage

/// An authority's certificate that was signed elsewhere, as it is stored: like every other, intent and certificate.
struct ImportedAuthority {
    let plan: Hierarchy.Authority
    let role: Issuer.Role
    let parent: Hierarchy.Authority
    let certificate: Certificate

    /// - Throws: `already-initialised` if the generation is there with another certificate.
    static func isStored(
        _ generation: String, _ certificate: Certificate, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        guard
            let row = try transaction.first("SELECT der FROM authority_issuer WHERE generation = $1", generation)
        else { return false }
        guard try row.blob("der") == certificate.der else {
            throw Refusal(
                CertificateAuthorityRefusal.alreadyInitialised, detail: "\(generation) has another certificate")
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
            throw Refusal(CertificateAuthorityRefusal.intentLost, detail: serial.hex)
        }
        try transaction.execute(
            """
            INSERT INTO certificate (serial, issuer, profile, purpose, family, state, status_version, origin, shard,
                not_before, not_after, issued_at, activated_at, der)
            VALUES ($1, $2, $3, $4, $5, 'active', 1, 'unproved', $6, $7, $8, $9, $9, $10)
            """, serial.bytes, parent.generation, profile, CertificatePurpose.authority.rawValue,
            certificate.publicKey.family?.rawValue, shard, certificate.notBefore, certificate.notAfter, now,
            certificate.der)
        try StatusHistory.begin(
            serial, as: .active, at: now, by: .issuanceDone, of: actor,
            facts: [
                "sha256": .string(Hex.encode(certificate.fingerprint)), "origin": "ceremony",
                "state": .string(CertificateState.active.rawValue),
            ], audit: audit, in: transaction)
        try transaction.execute(
            """
            INSERT INTO authority_issuer (generation, family, role, parent, shards, key_name, serial, der, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, plan.generation, certificate.publicKey.family?.rawValue, role.rawValue, parent.generation,
            plan.shards, plan.generation, serial.bytes, certificate.der, now)
    }
}

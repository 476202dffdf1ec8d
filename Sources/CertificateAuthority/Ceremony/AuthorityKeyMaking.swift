internal import Audit
internal import Cryptography
internal import Groundwork
internal import Storage

/// Keys of the authority's own, made in its custody once and audited once.
struct AuthorityKeyMaking: Sendable {
    let database: Database
    let audit: AuditLog
    let keys: any KeyCustody

    /// The key of this name: the one in custody that was made here, or a new one.
    ///
    /// A key that lies there though nobody began to make it is another authority's, or was slipped in: refused.
    func key(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        let isThere = try await keys.contains(name)
        let isOurs = try await database.write { transaction in
            for known in ["key/\(name)", "key-begun/\(name)"] {
                if try AuthoritySetting.value(known, in: transaction) != nil { return true }
            }
            guard !isThere else { return false }
            try AuthoritySetting.set("key-begun/\(name)", "yes", in: transaction)
            return true
        }
        guard isOurs else { throw Refusal(CertificateAuthorityRefusal.keyFileExists, facts: ["key": name]) }
        let key: any Signer
        if isThere {
            key = try await keys.signer(name)
        } else {
            key = try await keys.generate(name, family: family)
        }
        guard key.publicKey.family == family else {
            throw Refusal(CertificateAuthorityRefusal.wrongKeyFile, facts: ["key": name])
        }
        let fingerprint = Hex.encode(DigestAlgorithm.sha256.hash(key.publicKey.spki))
        try await database.write { [audit] transaction in
            guard try AuthoritySetting.value("key/\(name)", in: transaction) != fingerprint else { return }
            try AuthoritySetting.set("key/\(name)", fingerprint, in: transaction)
            try audit.record(
                AuditEvent(
                    act: CertificateAuthorityAct.keyCreated, actor: .system, subject: name,
                    facts: ["key": .string(fingerprint)]), in: transaction)
        }
        return key
    }
}

/// Certifies the authority's own keys under one of its generations.
struct ServiceCertification: Sendable {
    let making: AuthorityKeyMaking
    let issuance: Issuance
    let surroundings: Surroundings

    /// Made again for a key that is certified already, nothing happens. A certificate ends with its issuer's at the
    /// latest: so the last one of a generation serves to that end.
    func certify(
        _ service: Hierarchy.Service, key name: String, family: AlgorithmFamily, under generation: String,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void = { _, _ in }
    ) async throws -> CertificateRecord {
        let key = try await making.key(name, family: family)
        let now = surroundings.now()
        return try await issuance.issueAnything(
            IssuanceRequest(
                profile: service.profile,
                subject: SubjectDetails(
                    country: service.name.country, organization: service.name.organization,
                    commonName: service.name.commonName),
                proof: .ownKey(key.publicKey), actor: .system, reference: "ceremony/\(name)",
                notAfterAtMost: issuance.issuers.issuer(generation: generation).certificate.notAfter),
            issuer: generation
        ) { transaction, certificate in
            // The newest is the last one: two of the same millisecond keep their order.
            let last = try transaction.first(
                "SELECT max(since) AS since FROM service_key WHERE role = $1", service.role.rawValue)?
                .optionalInstant("since")
            let since = last.map { max(now, $0.adding(milliseconds: 1)) } ?? now
            try transaction.execute(
                "INSERT INTO service_key (role, issuer, serial, key_name, since) VALUES ($1, $2, $3, $4, $5)",
                service.role.rawValue, generation, certificate.serialNumber.bytes, name, since)
            try StoredAuthority.touch(in: transaction)
            try alsoStore(transaction, certificate)
        }
    }

    static func firstKeyName(_ role: ServiceRole, of generation: String) -> String {
        "\(generation)-\(role.rawValue.lowercased())"
    }
}

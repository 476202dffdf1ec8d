package import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork
package import Issuance
package import KeyCustody
package import Storage

/// Keys of the authority's own, made in its custody once and audited once.
package struct AuthorityKeyMaking: Sendable {
    let database: Database
    let audit: AuditLog
    let keys: any SigningKeys

    package init(
        database: Database, audit: AuditLog, keys: any SigningKeys
    ) {
        self.database = database
        self.audit = audit
        self.keys = keys
    }

    /// The key of this name: the one in custody that was made here, or a new one.
    ///
    /// A key that lies there though nobody began to make it is another authority's, or was slipped in: refused.
    package func key(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        let isThere = try await keys.contains(name)
        let isOurs = try await database.write { transaction in
            for known in ["key/\(name)", "key-begun/\(name)"] {
                if try AuthoritySetting.value(known, in: transaction) != nil { return true }
            }
            guard !isThere else { return false }
            try AuthoritySetting.set("key-begun/\(name)", "yes", in: transaction)
            return true
        }
        guard isOurs else { throw Refusal(KeyCustodyRefusal.keyFileExists, facts: ["key": name]) }
        let key: any Signer
        if isThere {
            key = try await keys.signer(name)
        } else {
            key = try await keys.generate(name, family: family)
        }
        guard key.publicKey.family == family else {
            throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": name])
        }
        let fingerprint = Hex.encode(DigestAlgorithm.sha256.hash(key.publicKey.spki))
        try await database.write { [audit] transaction in
            guard try AuthoritySetting.value("key/\(name)", in: transaction) != fingerprint else { return }
            try AuthoritySetting.set("key/\(name)", fingerprint, in: transaction)
            try audit.record(
                AuditEvent(
                    act: CeremonyAct.keyCreated, actor: .system, subject: name,
                    facts: ["key": .string(fingerprint)]), in: transaction)
        }
        return key
    }
}

/// Certifies the authority's own keys under one of its generations.
package struct ServiceCertification: Sendable {
    let making: AuthorityKeyMaking
    let issuance: IssuanceService
    let surroundings: Surroundings

    package init(
        making: AuthorityKeyMaking, issuance: IssuanceService, surroundings: Surroundings
    ) {
        self.making = making
        self.issuance = issuance
        self.surroundings = surroundings
    }

    /// Made again for a key that is certified already, nothing happens. A certificate ends with its issuer's at the
    /// latest: so the last one of a generation serves to that end.
    package func certify(
        _ service: Hierarchy.Service, key name: String, family: AlgorithmFamily, under generation: String,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void = { _, _ in }
    ) async throws -> CertificateRecord {
        let key = try await making.key(name, family: family)
        let now = surroundings.now()
        return try await issuance.issueInCeremony(
            IssuanceRequest(
                profile: service.profile,
                subject: SubjectDetails(
                    country: service.name.country, organization: service.name.organization,
                    commonName: service.name.commonName),
                proof: .ownKey(key.publicKey), actor: .system, reference: "ceremony/\(name)",
                notAfterAtMost: issuance.issuers.issuer(generation: generation).certificate.notAfter),
            issuer: generation
        ) { transaction, certificate in
            try HierarchyStore.insertServiceKey(
                service.role, issuer: generation, certificate: certificate, keyName: name, at: now, in: transaction)
            try alsoStore(transaction, certificate)
        }
    }

    package static func firstKeyName(_ role: ServiceRole, of generation: String) -> String {
        "\(generation)-\(role.rawValue.lowercased())"
    }
}

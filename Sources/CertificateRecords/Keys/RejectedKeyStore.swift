package import Cryptography
package import Groundwork
package import Storage

/// A key that is never certified again.
package struct RejectedKey: Sendable, Hashable {
    /// Why.
    package enum Cause: String, Sendable, CaseIterable {
        /// A certificate of it was revoked for keyCompromise, cACompromise or aACompromise (RFC 5280, 5.3.1).
        case compromised
        /// Two officers put it on the list of weak and compromised keys.
        case listed

        package var text: LocalisedText {
            switch self {
            case .compromised: LocalisedText(zh: "其证书曾因密钥泄露被吊销", en: "a certificate of it was revoked for compromise")
            case .listed: LocalisedText(zh: "列入弱密钥名单", en: "it is on the list of weak keys")
            }
        }
    }

    /// SHA-256 of the SubjectPublicKeyInfo, 32 bytes.
    package let hash: [UInt8]
    package let cause: Cause
    /// The certificate whose revocation told it.
    package let serial: SerialNumber?
    /// What the officers said of it.
    package let note: String?
    package let notedAt: Instant

    init(_ row: Row) throws(Refusal) {
        hash = try row.blob("key_hash")
        let text = try row.text("cause")
        guard let cause = Cause(rawValue: text) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "cause \(text)")
        }
        self.cause = cause
        serial = try row.optionalBlob("serial").flatMap { SerialNumber($0[...]) }
        note = try row.optionalText("note")
        notedAt = try row.instant("noted_at")
    }
}

/// The keys that are refused for ever, on every path and under every profile.
package enum RejectedKeyStore {
    /// Refuses a key on the list.
    /// - Throws: `certificate-authority.key-rejected`.
    package static func refuse(_ keyHash: [UInt8], in transaction: any ReadTransaction) throws(Refusal) {
        guard
            let row = try transaction.first(
                "SELECT key_hash, cause, serial, note, noted_at FROM rejected_key WHERE key_hash = $1", keyHash)
        else { return }
        let key = try RejectedKey(row)
        throw Refusal(
            CertificateRecordsRefusal.keyRejected,
            detail: key.serial.map { "serial number \($0.hex)" } ?? key.note ?? "",
            facts: [
                "key": Hex.encode(keyHash), "cause": key.cause.text.zh, "causeEnglish": key.cause.text.en,
            ])
    }

    /// Whether a revocation for this reason says that the key is in other hands.
    static func isCompromise(_ reason: RevocationReason) -> Bool {
        switch reason {
        case .keyCompromise, .caCompromise, .aaCompromise: true
        default: false
        }
    }

    /// The key of this certificate is compromised; noted in the transaction that revokes it or revises the reason.
    static func note(
        compromiseOf serial: SerialNumber, at moment: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO rejected_key (key_hash, cause, serial, noted_at)
            SELECT key_hash, 'compromised', serial, $2 FROM issuance_intent WHERE serial = $1
            ON CONFLICT (key_hash) DO NOTHING
            """, serial.bytes, moment)
    }

    /// Puts keys on the list.
    /// - Returns: how many were not on it.
    static func add(
        _ hashes: [[UInt8]], note: String, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        var added = 0
        for hash in hashes {
            added += try transaction.execute(
                """
                INSERT INTO rejected_key (key_hash, cause, note, noted_at) VALUES ($1, 'listed', $2, $3)
                ON CONFLICT (key_hash) DO NOTHING
                """, hash, note, now)
        }
        return added
    }

    /// The list, the newest first.
    package static func all(limit: Int, in transaction: any ReadTransaction) throws(Refusal) -> [RejectedKey] {
        var keys: [RejectedKey] = []
        for row in try transaction.query(
            """
            SELECT key_hash, cause, serial, note, noted_at FROM rejected_key ORDER BY noted_at DESC, key_hash LIMIT $1
            """, limit)
        {
            keys.append(try RejectedKey(row))
        }
        return keys
    }

    /// Certificates that are not revoked and have not ended, whose keys are on the list.
    package static func certificatesInUse(
        at now: Instant, limit: Int = 1000, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query(
            """
            SELECT c.serial FROM rejected_key r JOIN issuance_intent i ON i.key_hash = r.key_hash
            JOIN certificate c ON c.serial = i.serial
            WHERE c.state <> 'revoked' AND c.not_after > $1 ORDER BY c.serial LIMIT $2
            """, now, limit
        ).serials()
    }
}

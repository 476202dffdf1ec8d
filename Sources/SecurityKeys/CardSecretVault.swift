package import AgentProtocol
internal import Cryptography
package import Groundwork
package import Storage

/// Where the authority keeps the secrets that it shares with cards.
///
/// A new secret is committed as pending before the card hears of it, and the old one is kept until the card confirmed.
/// Unlock secrets lie in envelopes {version, key id, algorithm, nonce, ciphertext, tag} with medium, kind and
/// generation as associated data; management secrets are derived, and only their generation (the master's version) is
/// stored.
package struct CardSecretVault: Sendable {
    package static let envelopeVersion = 1
    package static let algorithm = "AES-256-GCM"

    let keyring: VaultKeyring
    private let surroundings: Surroundings

    package init(keyring: VaultKeyring, surroundings: Surroundings) {
        self.keyring = keyring
        self.surroundings = surroundings
    }

    /// Over keys that stay as they are.
    package init(keys: VaultKeys, surroundings: Surroundings) {
        self.init(keyring: VaultKeyring(keys), surroundings: surroundings)
    }

    /// Where the masters are: for `yzt doctor`.
    package var isInToken: Bool { get throws(Refusal) { try keyring.held().isInToken } }

    package var masterVersion: Int { get throws(Refusal) { try keyring.held().masterVersion } }

    /// Opens the keys if they could not be opened before, and takes over what another process has added to them. Costs
    /// a look at the file where nothing changed.
    /// - Throws: why they cannot be opened: `cryptography.token-missing` and its like, `security-keys.bad-key-file`.
    package func refresh() async throws(Refusal) { try await keyring.refresh() }

    /// What is stored: enough to open the secret once the transaction is over.
    package struct Envelope: Sendable, Hashable {
        let reference: SecretReference
        let keyIdentifier: String
        let sealed: [UInt8]
    }

    /// The generations that are stored, the current one and a pending one.
    package struct Generations: Hashable, Sendable {
        package var current: Int
        package var pending: Int?
    }

    package func generations(
        of kind: SecretKind, medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> Generations {
        let rows = try transaction.query(
            "SELECT generation, state FROM escrow_secret WHERE medium = $1 AND kind = $2", medium.bytes, kind.rawValue)
        var result = Generations(current: 0)
        for row in rows {
            let generation = Int(try row.integer("generation"))
            if try row.text("state") == "pending" { result.pending = generation } else { result.current = generation }
        }
        return result
    }

    /// Stores the secret as pending. Asked again for the same reference, it keeps what it has: the secret may have
    /// reached the card.
    package func commitPending(
        _ reference: SecretReference, medium: MediumNumber, in transaction: any Transaction
    ) throws(Refusal) {
        let known = try transaction.first(
            "SELECT state FROM escrow_secret WHERE medium = $1 AND kind = $2 AND generation = $3", medium.bytes,
            reference.kind.rawValue, reference.generation)
        guard known == nil else { return }
        var envelope: Envelope?
        if reference.kind == .unlock {
            let secret = Self.newUnlockSecret(in: surroundings)
            let keys = try keyring.held()
            let current = try VaultRewrapStore.sealingKey(in: transaction) ?? keys.wrappingKey
            envelope = try seal(secret, reference, medium: medium, under: current, of: keys)
        }
        try transaction.execute(
            """
            INSERT INTO escrow_secret (medium, kind, generation, state, version, key_id, algorithm, sealed, created_at)
            VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8)
            """, medium.bytes, reference.kind.rawValue, reference.generation, Self.envelopeVersion,
            envelope?.keyIdentifier ?? "", envelope == nil ? "derived" : Self.algorithm, envelope?.sealed,
            surroundings.now())
    }

    /// The card holds it: it becomes the current one, and older ones go. Asked again it does nothing.
    package func confirm(
        _ reference: SecretReference, medium: MediumNumber, in transaction: any Transaction
    ) throws(Refusal) {
        let known = try transaction.execute(
            "UPDATE escrow_secret SET state = 'current' WHERE medium = $1 AND kind = $2 AND generation = $3",
            medium.bytes, reference.kind.rawValue, reference.generation)
        guard known == 1 else {
            throw Refusal(SecurityKeysRefusal.secretMissing, detail: "\(medium) \(reference)")
        }
        try transaction.execute(
            "DELETE FROM escrow_secret WHERE medium = $1 AND kind = $2 AND generation < $3", medium.bytes,
            reference.kind.rawValue, reference.generation)
    }

    /// - Throws: `security-keys.secret-missing`.
    package func envelope(
        _ reference: SecretReference, medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> Envelope {
        let row = try transaction.first(
            "SELECT key_id, sealed FROM escrow_secret WHERE medium = $1 AND kind = $2 AND generation = $3",
            medium.bytes, reference.kind.rawValue, reference.generation)
        guard let row else { throw Refusal(SecurityKeysRefusal.secretMissing, detail: "\(medium) \(reference)") }
        return Envelope(
            reference: reference, keyIdentifier: try row.text("key_id"), sealed: try row.optionalBlob("sealed") ?? [])
    }

    /// Opens an envelope, or derives what is derived.
    package func open(_ envelope: Envelope, medium: MediumNumber, model: CardModel) async throws(Refusal) -> SecretBytes
    {
        let (kind, version) = (envelope.reference.kind, envelope.reference.generation)
        var keys = try keyring.held()
        let isKnown = kind == .management ? keys.masters[version] != nil : keys.wrapping[envelope.keyIdentifier] != nil
        if !isKnown {
            // Another process may have added it.
            try await keyring.refresh()
            keys = try keyring.held()
        }
        if kind == .management {
            return try await ManagementSecret.derive(
                from: keys, version: version, model: model.name, medium: medium, cipher: model.management)
        }
        return try Self.open(envelope, medium: medium, with: keys)
    }

    /// - Throws: `security-keys.secret-unreadable`.
    static func open(_ envelope: Envelope, medium: MediumNumber, with keys: VaultKeys) throws(Refusal) -> SecretBytes {
        guard let key = keys.wrapping[envelope.keyIdentifier] else {
            throw Refusal(SecurityKeysRefusal.secretUnreadable, detail: "key \(envelope.keyIdentifier) is missing")
        }
        guard envelope.sealed.count > 28 else { throw Refusal(SecurityKeysRefusal.secretUnreadable) }
        let sealed = AuthenticatedEncryption.Sealed(
            nonce: Array(envelope.sealed[0..<12]), ciphertext: Array(envelope.sealed[28...]),
            tag: Array(envelope.sealed[12..<28]))
        do {
            return try AuthenticatedEncryption.open(
                sealed, key: key.secret, associatedData: associatedData(envelope.reference, medium: medium))
        } catch {
            throw Refusal(SecurityKeysRefusal.secretUnreadable, detail: "\(medium) \(envelope.reference)")
        }
    }

    func seal(
        _ secret: borrowing SecretBytes, _ reference: SecretReference, medium: MediumNumber, under identifier: String,
        of keys: VaultKeys
    ) throws(Refusal) -> Envelope {
        guard let key = keys.wrapping[identifier] else {
            throw Refusal(SecurityKeysRefusal.vaultBehind, detail: "wrapping key \(identifier)")
        }
        let sealed = try AuthenticatedEncryption.seal(
            secret, key: key.secret, nonce: surroundings.randomBytes(AuthenticatedEncryption.nonceLength),
            associatedData: Self.associatedData(reference, medium: medium))
        return Envelope(
            reference: reference, keyIdentifier: identifier, sealed: sealed.nonce + sealed.tag + sealed.ciphertext)
    }

    private static func associatedData(_ reference: SecretReference, medium: MediumNumber) -> [UInt8] {
        Array("\(envelopeVersion)|\(algorithm)|\(medium.hex)|\(reference.kind.rawValue)|\(reference.generation)".utf8)
    }

    /// Eight characters out of 64: 48 bits behind a counter of a few tries. Never FF, which pads.
    private static func newUnlockSecret(in surroundings: Surroundings) -> SecretBytes {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bytes = surroundings.randomBytes(8).map { letters[Int($0 & 63)] }
        return SecretBytes(wiping: &bytes)
    }
}

internal import Cryptography
internal import Groundwork

/// A root's private key as it is kept beside its certificate: PKCS #8 under AES-256-GCM, whose key was made for this
/// once and exists only as its custodians' shares.
struct SealedRoot: Codable, Sendable, Hashable {
    /// How the key-encryption key is divided, and what each share must be.
    struct Division: Codable, Sendable, Hashable {
        var threshold: Int
        var shares: Int
        /// Names in the order of the shares' numbers.
        var custodians: [String]
        /// Commitments in the same order: a share of another content is found by itself.
        var commitments: [String]
    }

    var format: String
    /// The key's own identifier: 16 random bytes.
    var key: String
    var generation: String
    /// SHA-256 of the SubjectPublicKeyInfo.
    var publicKey: String
    var division: Division
    var nonce: String
    var ciphertext: String
    var tag: String

    static let format = "YZT-ROOT-1"

    static func seal(
        _ root: PrivateKey, generation: String, key: [UInt8], under encryption: borrowing SecretBytes,
        division: Division
    ) throws(Refusal) -> SealedRoot {
        let nonce = try SecretSharing.randomBytes(count: AuthenticatedEncryption.nonceLength)
        var file = SealedRoot(
            format: format, key: Hex.encode(key), generation: generation,
            publicKey: Hex.encode(DigestAlgorithm.sha256.hash(root.publicKey.spki)), division: division,
            nonce: Hex.encode(nonce), ciphertext: "", tag: "")
        let sealed = try AuthenticatedEncryption.seal(
            root.plainPKCS8(), key: encryption, nonce: nonce, associatedData: file.head)
        file.ciphertext = Hex.encode(sealed.ciphertext)
        file.tag = Hex.encode(sealed.tag)
        return file
    }

    static func decode(_ text: String, file: String) throws(Refusal) -> SealedRoot {
        let root = try StrictYAML.decode(SealedRoot.self, from: text, file: file, limit: 65_536)
        let division = root.division
        guard root.format == format, division.custodians.count == division.shares,
            division.commitments.count == division.shares, (2...9).contains(division.threshold),
            (division.threshold...9).contains(division.shares)
        else { throw Refusal(CeremonyRefusal.ceremonyArtefact, facts: ["artefact": file]) }
        return root
    }

    func open(with encryption: borrowing SecretBytes) throws(Refusal) -> PrivateKey {
        guard let nonce = Hex.decode(nonce), let ciphertext = Hex.decode(ciphertext), let tag = Hex.decode(tag) else {
            throw Refusal(CeremonyRefusal.ceremonyArtefact, facts: ["artefact": generation])
        }
        let opened: SecretBytes
        do throws(Refusal) {
            opened = try AuthenticatedEncryption.open(
                AuthenticatedEncryption.Sealed(nonce: nonce, ciphertext: ciphertext, tag: tag), key: encryption,
                associatedData: head)
        } catch {
            throw Refusal(CeremonyRefusal.sharesDoNotJoin, facts: ["generation": generation])
        }
        let key = try PrivateKey(plainPKCS8: opened)
        guard Hex.encode(DigestAlgorithm.sha256.hash(key.publicKey.spki)) == publicKey else {
            throw Refusal(CeremonyRefusal.sharesDoNotJoin, facts: ["generation": generation])
        }
        return key
    }

    func encoded() throws -> [UInt8] { Array(try StrictYAML.encode(self).utf8) }

    /// What commitments are bound to.
    static func context(key: String, generation: String) -> [UInt8] { Array("\(key)/\(generation)".utf8) }

    private var head: [UInt8] {
        CanonicalJSON.object([
            "format": .string(format), "key": .string(key), "generation": .string(generation),
            "publicKey": .string(publicKey), "threshold": .integer(Int64(division.threshold)),
            "custodians": .array(division.custodians.map { .string($0) }),
            "commitments": .array(division.commitments.map { .string($0) }),
        ]).bytes
    }
}

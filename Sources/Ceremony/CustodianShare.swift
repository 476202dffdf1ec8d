internal import Cryptography
package import Groundwork

/// One custodian's share of a root key as it is kept: a YAML file, sealed with the custodian's own passphrase.
///
/// What it is a share of stands in clear and is bound to the sealed part; the check at its end tells a damaged file
/// from a wrong passphrase.
package struct CustodianShare: Codable, Sendable, Hashable {
    package var format: String
    /// The root key's own identifier, drawn when it was divided: shares of different keys never mix.
    package var key: String
    package var generation: String
    package var custodian: String
    package var share: Int
    package var of: Int
    package var threshold: Int
    package var rounds: Int
    package var salt: String
    package var nonce: String
    package var ciphertext: String
    package var tag: String
    /// SHA-256 over everything above, in RFC 8785's form.
    package var check: String

    static let format = "YZT-SHARE-1"
    static let roundsAtMost = 10_000_000

    static func seal(
        _ share: SecretShare, of division: SealedRoot.Division, key: String, generation: String, custodian: String,
        passphrase: borrowing SecretBytes, rounds: Int
    ) throws(Refusal) -> CustodianShare {
        let salt = try SecretSharing.randomBytes(count: 16)
        let nonce = try SecretSharing.randomBytes(count: AuthenticatedEncryption.nonceLength)
        var file = CustodianShare(
            format: format, key: key, generation: generation, custodian: custodian, share: Int(share.number),
            of: division.shares, threshold: division.threshold, rounds: rounds, salt: Hex.encode(salt),
            nonce: Hex.encode(nonce), ciphertext: "", tag: "", check: "")
        let wrapping = try PassphraseKey.derive(from: passphrase, salt: salt, rounds: rounds)
        let sealed = try AuthenticatedEncryption.seal(
            share.value, key: wrapping, nonce: nonce, associatedData: file.head)
        file.ciphertext = Hex.encode(sealed.ciphertext)
        file.tag = Hex.encode(sealed.tag)
        file.check = file.expectedCheck
        return file
    }

    /// Reads a file from outside.
    /// - Throws: `share-altered` with the file's name if it is not whole.
    package static func decode(_ bytes: [UInt8], file: String) throws(Refusal) -> CustodianShare {
        let share: CustodianShare
        do throws(Refusal) {
            share = try StrictYAML.decode(
                CustodianShare.self, from: String(decoding: bytes, as: UTF8.self), file: file, limit: 16_384)
        } catch {
            throw Refusal(
                CeremonyRefusal.shareAltered, detail: error.code, facts: ["file": file])
        }
        guard share.format == format, share.check == share.expectedCheck,
            (1...255).contains(share.share), (1...roundsAtMost).contains(share.rounds)
        else {
            throw Refusal(
                CeremonyRefusal.shareAltered, detail: "its check does not fit", facts: ["file": file])
        }
        return share
    }

    /// The share itself.
    /// - Throws: `share-passphrase` if the passphrase is another one.
    func open(with passphrase: borrowing SecretBytes) throws(Refusal) -> SecretShare {
        guard let salt = Hex.decode(salt), let nonce = Hex.decode(nonce), let ciphertext = Hex.decode(ciphertext),
            let tag = Hex.decode(tag), let number = UInt8(exactly: share)
        else { throw Refusal(CeremonyRefusal.shareAltered, facts: ["file": custodian]) }
        let wrapping = try PassphraseKey.derive(from: passphrase, salt: salt, rounds: rounds)
        do throws(Refusal) {
            let value = try AuthenticatedEncryption.open(
                AuthenticatedEncryption.Sealed(nonce: nonce, ciphertext: ciphertext, tag: tag), key: wrapping,
                associatedData: head)
            return SecretShare(number: number, value: value)
        } catch {
            throw Refusal(CeremonyRefusal.sharePassphrase, facts: ["custodian": custodian])
        }
    }

    func encoded() throws -> [UInt8] { Array(try StrictYAML.encode(self).utf8) }

    /// Bound to the sealed part.
    private var head: [UInt8] { CanonicalJSON.object(clear).bytes }

    private var clear: [String: CanonicalJSON] {
        [
            "format": .string(format), "key": .string(key), "generation": .string(generation),
            "custodian": .string(custodian), "share": .integer(Int64(share)), "of": .integer(Int64(of)),
            "threshold": .integer(Int64(threshold)), "rounds": .integer(Int64(rounds)), "salt": .string(salt),
            "nonce": .string(nonce),
        ]
    }

    private var expectedCheck: String {
        let all = clear.merging(["ciphertext": .string(ciphertext), "tag": .string(tag)]) { $1 }
        return Hex.encode(DigestAlgorithm.sha256.hash(CanonicalJSON.object(all).bytes))
    }
}

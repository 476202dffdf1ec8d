internal import Cryptography
internal import Groundwork

/// A personal datum in the log: SHA-256(salt ‖ datum) with 256 random bits of salt of its own.
///
/// Without the salt the commitment says nothing, even about a datum with few possible values; with both, anyone can
/// check it. Deleting salt and datum therefore forgets the datum and leaves the tree whole.
package struct PersonalCommitment: Hashable, Sendable {
    package let salt: [UInt8]
    package let datum: String

    package init(salt: [UInt8], datum: String) {
        self.salt = salt
        self.datum = datum
    }

    init(_ datum: String, in surroundings: Surroundings) {
        self.init(salt: surroundings.randomBytes(32), datum: datum)
    }

    package var commitment: [UInt8] { DigestAlgorithm.sha256.hash(salt + datum.utf8) }
}

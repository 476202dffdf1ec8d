package import Cryptography

/// A signer that keeps a journal: nothing is signed whose line is not on the disk before.
package struct JournalledSigner: Signer {
    private let signer: any Signer
    private let journal: SigningJournal

    package init(_ signer: any Signer, journal: SigningJournal) {
        self.signer = signer
        self.journal = journal
    }

    package var algorithm: SignatureAlgorithm { signer.algorithm }
    package var publicKey: PublicKey { signer.publicKey }

    package func sign(_ message: [UInt8]) async throws -> [UInt8] {
        try await journal.record(message)
        return try await signer.sign(message)
    }
}

package import Audit
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage
internal import TimeStamping

extension Authority {
    /// Every key that checkpoints were ever signed with, the newest first, each with the end of its time.
    package var checkpointKeys: [CheckpointKey] {
        services.filter { $0.role == .checkpoints }.reversed()
            .map { CheckpointKey($0.certificate.publicKey, endsAt: $0.endsAt) }
    }

    /// Signs and time-stamps the state of the log, if anything happened since the last time and its end still follows
    /// from the last checkpoint.
    ///
    /// Where the key was exchanged while it signed, in whatever process, nothing of the old one is kept and the new one
    /// signs: the end of a key's time is exact, and needs no allowance.
    /// - Parameter held: the checkpoint that is kept beside the store.
    package func checkpoint(held: Checkpoint? = nil) async throws -> SignedCheckpoint {
        let key = try service(.checkpoints)
        do {
            return try await checkpoint(by: key, held: held)
        } catch let refusal as Refusal where refusal.isBecause(KeyCustodyRefusal.noSigner) {
            try await refresh()
            let next = try service(.checkpoints)
            guard next.certificate != key.certificate else { throw refusal }
            return try await checkpoint(by: next, held: held)
        }
    }

    private func checkpoint(by key: ServiceKey, held: Checkpoint?) async throws -> SignedCheckpoint {
        let serial = key.certificate.serialNumber
        return try await audit.checkpoint(
            database: database, signer: key.signer, trusting: checkpointKeys.map(\.key), held: held,
            timeStamp: { [timeStamps] bytes in try await timeStamps.token(over: bytes) },
            mayStore: { transaction in
                guard try StoredAuthority.stands(serial, in: transaction) else {
                    throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": "\(key.issuer) checkpoints"])
                }
            })
    }
}

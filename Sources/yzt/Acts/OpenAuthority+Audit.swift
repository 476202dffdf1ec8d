import Audit
import CertificateAuthority
import Groundwork

extension OpenAuthority {
    /// Signs and time-stamps the state of the log, if anything happened since the last time.
    @discardableResult
    func checkpoint() async throws -> SignedCheckpoint {
        let key = try authority.service(.checkpoints)
        let timeStamps = authority.timeStamps
        return try await audit.checkpoint(database: database, signer: key.signer) { bytes in
            try await timeStamps.token(over: bytes)
        }
    }
}

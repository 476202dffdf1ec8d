import CertificateAuthority
import Cryptography
import Groundwork
import Officers

/// Changes of certificates' status, each on an order for exactly that serial number.
extension OpenAuthority {
    @discardableResult
    func revoke(
        _ serial: SerialNumber, because reason: RevocationReason, words: String, by keys: OrderingKeys
    ) async throws -> CertificateRecord {
        let request = authority.revocation.request(toRevoke: serial, because: reason, words: words)
        let authorisation = try await order(request, by: keys)
        return try await authority.revocation.revoke(serial, reason: reason, on: .authorised(authorisation))
    }

    @discardableResult
    func suspend(_ serial: SerialNumber, words: String, by keys: OrderingKeys) async throws -> CertificateRecord {
        let authorisation = try await order(authority.revocation.request(toSuspend: serial, words: words), by: keys)
        return try await authority.revocation.suspend(serial, on: .authorised(authorisation))
    }

    @discardableResult
    func resume(_ serial: SerialNumber, words: String, by keys: OrderingKeys) async throws -> CertificateRecord {
        let authorisation = try await order(authority.revocation.request(toResume: serial, words: words), by: keys)
        return try await authority.revocation.resume(serial, on: .authorised(authorisation))
    }
}

import CertificateRecords
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Storage

extension Authority {
    /// Whether the certificate is one of ours that may be relied on at this moment: stored, active, in its time, its
    /// chain whole. Asked of the store each time.
    func isGoodNow(_ certificate: Certificate) async throws -> Bool {
        let now = surroundings.now()
        guard try await database.read({ try Authority.isUsable(certificate, at: now, in: $0) }) else { return false }
        return ChainValidation.validate(
            certificate, intermediates: issuers.issuing.map(\.certificate), anchors: issuers.anchors, at: now
        ).isValid
    }
}

package import Cryptography
package import Groundwork
package import Storage

/// What the authority's own record says of a certificate at one moment: all that a login needs to know.
package struct LoginCertificateStatus: Hashable, Sendable {
    package enum Purpose: String, Sendable { case authentication, signature, encryption, other }
    package enum State: String, Sendable { case issued, active, suspended, revoked }

    package var certificate: [UInt8]
    package var purpose: Purpose
    package var state: State
    package var uscc: String?
    /// The 16 bytes of the medium number.
    package var medium: [UInt8]?

    package init(certificate: [UInt8], purpose: Purpose, state: State, uscc: String?, medium: [UInt8]?) {
        self.certificate = certificate
        self.purpose = purpose
        self.state = state
        self.uscc = uscc
        self.medium = medium
    }

    /// Why a certificate with this status logs nobody in, in the order in which holders can do something about it.
    package var refusal: Refusal? {
        if purpose != .authentication {
            return Refusal(AuthenticationRefusal.wrongPurpose, facts: ["purpose": purpose.rawValue])
        }
        return switch state {
        case .revoked: Refusal(AuthenticationRefusal.certificateRevoked)
        case .suspended: Refusal(AuthenticationRefusal.certificateSuspended)
        case .issued: Refusal(AuthenticationRefusal.notActivated)
        case .active: nil
        }
    }
}

/// The certificate authority as a login sees it: functions, so that this room needs to know nothing else of it.
package struct CertificateKnowledge: Sendable {
    /// The certificate's record, read inside the caller's transaction; `nil` if this authority never issued it.
    package var certificateStatus: @Sendable (SerialNumber, any ReadTransaction) throws -> LoginCertificateStatus?
    /// A signed OCSP answer about the certificate, made or confirmed now.
    package var statusAnswer: @Sendable (Certificate) async throws -> [UInt8]
    /// The issuing authorities below the anchors.
    package var intermediates: @Sendable () async throws -> [Certificate]
    package var anchors: @Sendable () async throws -> [Certificate]

    package init(
        certificateStatus: @escaping @Sendable (SerialNumber, any ReadTransaction) throws -> LoginCertificateStatus?,
        statusAnswer: @escaping @Sendable (Certificate) async throws -> [UInt8],
        intermediates: @escaping @Sendable () async throws -> [Certificate],
        anchors: @escaping @Sendable () async throws -> [Certificate]
    ) {
        self.certificateStatus = certificateStatus
        self.statusAnswer = statusAnswer
        self.intermediates = intermediates
        self.anchors = anchors
    }
}

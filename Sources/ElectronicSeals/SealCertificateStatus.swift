package import Cryptography
package import Groundwork
package import Storage

/// What the authority's own record says of a certificate at one moment: all that a seal needs to know.
package struct SealCertificateStatus: Hashable, Sendable {
    package enum Purpose: String, Sendable { case authentication, signature, encryption, other }
    package enum State: Hashable, Sendable {
        case issued, active
        case suspended(since: Instant)
        /// `replaced`: by renewal, change or reissue, so that there is another certificate to make a seal for.
        case revoked(replaced: Bool, since: Instant)
    }

    package var certificate: Certificate
    package var purpose: Purpose
    package var state: State
    package var uscc: String?
    /// The 16 bytes of the medium number.
    package var medium: [UInt8]?

    package init(certificate: Certificate, purpose: Purpose, state: State, uscc: String?, medium: [UInt8]?) {
        self.certificate = certificate
        self.purpose = purpose
        self.state = state
        self.uscc = uscc
        self.medium = medium
    }

    /// Why a seal of this certificate cannot be used at `now`, if so.
    package func defect(at now: Instant) -> ElectronicSealsRefusal? {
        if purpose != .signature { return .wrongPurpose }
        switch state {
        case .revoked(replaced: true, _): return .certificateReplaced
        case .revoked(replaced: false, _): return .certificateRevoked
        case .suspended: return .certificateSuspended
        case .issued: return .notActivated
        case .active: return certificate.isValid(at: now) ? nil : .certificateExpired
        }
    }

    /// Whether the certificate was good at a moment in the past, as far as its record tells: suspended or revoked only
    /// afterwards, or not at all.
    package func wasGood(at instant: Instant) -> Bool {
        guard certificate.isValid(at: instant) else { return false }
        return switch state {
        case .issued: false
        case .active: true
        case .suspended(let since), .revoked(_, let since): instant < since.truncatedToSecond
        }
    }

    func refuseIfDefect(at now: Instant) throws(Refusal) {
        if let defect = defect(at: now) { throw Refusal(defect, facts: ["purpose": purpose.rawValue]) }
    }
}

/// The rest of the installation as sealing sees it: functions, so that this room needs to know nothing else of it.
package struct SealDependencies: Sendable {
    /// A certificate's record, read inside the caller's transaction; `nil` if this authority never issued it.
    package var certificateStatus: @Sendable (SerialNumber, any ReadTransaction) throws -> SealCertificateStatus?
    package var intermediates: @Sendable () async throws -> [Certificate]
    package var anchors: @Sendable () async throws -> [Certificate]
    /// The entity's name in the registry, by its code.
    package var entityName: @Sendable (_ uscc: String, any ReadTransaction) throws -> String?
    /// Answers an RFC 3161 request (DER) with a response (DER).
    package var timeStamp: @Sendable (_ request: [UInt8]) async throws -> [UInt8]

    package init(
        certificateStatus: @escaping @Sendable (SerialNumber, any ReadTransaction) throws -> SealCertificateStatus?,
        intermediates: @escaping @Sendable () async throws -> [Certificate],
        anchors: @escaping @Sendable () async throws -> [Certificate],
        entityName: @escaping @Sendable (_ uscc: String, any ReadTransaction) throws -> String?,
        timeStamp: @escaping @Sendable (_ request: [UInt8]) async throws -> [UInt8]
    ) {
        self.certificateStatus = certificateStatus
        self.intermediates = intermediates
        self.anchors = anchors
        self.entityName = entityName
        self.timeStamp = timeStamp
    }
}

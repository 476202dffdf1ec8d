package import AgentProtocol
package import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork
package import Officers
package import SecurityKeys
package import Storage

/// What a plan needs of the certificate authority. Every function may be asked again with the same effect.
package protocol CertifyingAuthority: Sendable {
    /// Builds and judges the certificate that a plan would ask for, over a key of the family that is thrown away:
    /// what the profile, the linter or the issuer would refuse is refused before anything is begun.
    func rehearse(_ rehearsal: CertificateRehearsal) async throws
    /// The service's key that signs plans, and that an agent pins.
    func planSigner() throws -> any Signer
    /// The certificate for this request; the same reference gets the same certificate, so that nothing is charged
    /// twice.
    func certify(_ requested: PlannedCertificate) async throws -> Certificate
    /// Every certificate that was issued for a key on this medium, with what it is now.
    func certificates(
        of medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CertificateNow]
    /// Makes certificates valid for login and sealing.
    /// - Returns: those that cannot be: they were revoked, or were not activated in time.
    func activate(_ certificates: [Certificate], actor: AuditActor) async throws -> [Certificate]
    /// An officer's next certificate takes the place of the present one: from here on it alone signs for the officer,
    /// and the one of before is revoked, together.
    func succeed(_ old: Certificate, by new: Certificate, under order: SpentOrder) async throws
    /// Revokes certificates; those already revoked stay as they are.
    func revoke(_ certificates: [Certificate], because ending: CertificateEnding, actor: AuditActor) async throws
    /// The same inside the transaction of the act that ends them.
    func revoke(
        _ serials: [SerialNumber], because ending: CertificateEnding, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal)
    /// Puts certificates on hold, or takes them off it again; those that are so already stay as they are.
    func hold(
        _ serials: [SerialNumber], _ change: CertificateHold, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal)
}

/// What the authority says of one certificate at this moment.
package struct CertificateNow: Hashable, Sendable {
    package var serial: SerialNumber
    package var der: [UInt8]
    package var state: CertificateState
    /// The unified social credit code that it was issued for; `nil` for an officer's.
    package var entity: String?

    package init(serial: SerialNumber, der: [UInt8], state: CertificateState, entity: String?) {
        self.serial = serial
        self.der = der
        self.state = state
        self.entity = entity
    }

    /// Whether there is something left to revoke.
    package var canBeRevoked: Bool { state == .issued || state == .active || state == .suspended }
}

package enum CertificateHold: Hashable, Sendable { case suspend, resume }

/// Why a plan ends a certificate.
package enum CertificateEnding: String, Sendable, CaseIterable {
    /// Another took its place (RFC 5280, 5.3.1: superseded).
    case superseded
    /// It was never activated (cessationOfOperation).
    case neverActivated
    /// The security key was lost (keyCompromise).
    case lost
    /// The security key was retired (cessationOfOperation).
    case retired
    /// The security key goes to another holder, or starts anew with the same (cessationOfOperation).
    case reassigned
    /// The plan was given up when the key that it replaces was gone (cessationOfOperation).
    case givenUp
}

/// What one certificate is asked for with.
package struct PlannedCertificate: Sendable {
    /// Names the plan's step: `plan_…/authentication/1`.
    package var reference: String
    package var profile: String
    package var purpose: KeyPurpose
    package var holder: KeyHolder
    /// PKCS#10, DER; verified, and its public key is the one that the security key made.
    package var request: [UInt8]
    package var medium: MediumNumber
    package var slot: KeySlot
    package var model: String
    package var stock: KeyStock
    package var origin: KeyOrigin
    /// The order that the plan stands under; `nil` for the bootstrap's.
    package var order: SpentOrder?
    /// Who is answerable.
    package var actor: AuditActor
    /// Looked at once more in the transaction that stores the intent.
    package var condition: @Sendable (any ReadTransaction) throws -> Void
}

/// What a certificate would be asked for with.
package struct CertificateRehearsal: Sendable {
    package var profile: String
    package var holder: KeyHolder
    package var family: AlgorithmFamily
    package var medium: MediumNumber
    package var model: String
    /// The best that a card of this model can prove.
    package var origin: KeyOrigin
}

/// Is told of each named step of a plan. What it throws stops the plan as a kill would: nothing is tidied up.
package typealias PlanObserver = @Sendable (_ step: String) async throws -> Void

package import AgentProtocol
package import CreditCodes
package import Cryptography
package import SecurityKeys

/// What somebody wants done to a security key that takes a plan.
package enum KeyIntent: Sendable {
    /// A blank key gets this name, its secrets, and a PIN that nobody knows.
    case stockIn(MediumNumber, KeyStock)
    /// Keys and certificates of an entity, on a key from stock.
    case enrol(MediumNumber, for: UnifiedSocialCreditCode, AlgorithmFamily)
    /// New keys and certificates for the same entity with what the registry says now: staged where the model has a
    /// spare place for each purpose, unless `staged` is `false`.
    case renew(MediumNumber, for: UnifiedSocialCreditCode, because: RenewalReason, staged: Bool)
    /// What the lost key carries is revoked, and the entity's keys and certificates are made on this one, from stock;
    /// or on the same one anew, whoever held it.
    case reissue(MediumNumber, for: UnifiedSocialCreditCode, AlgorithmFamily, lost: MediumNumber)
    /// A new PIN, and a new unlock secret afterwards; within the plan that is open, if it needs the PIN.
    case unlock(MediumNumber)
    /// An officer's key, from stock.
    case enrolOfficer(MediumNumber, KeyHolder.Officer, AlgorithmFamily)
    /// The same officer's next key and certificate on the same medium.
    case renewOfficer(MediumNumber, KeyHolder.Officer)
    /// A new PIN on an officer's key, as ``unlock(_:)`` does it on an entity's.
    case unlockOfficer(MediumNumber)

    package enum RenewalReason: Sendable, Hashable {
        /// The certificates end (更新).
        case renewal
        /// The registry's data changed (变更).
        case change
    }

    package var medium: MediumNumber {
        switch self {
        case .stockIn(let medium, _), .enrol(let medium, _, _), .renew(let medium, _, _, _),
            .reissue(let medium, _, _, _), .unlock(let medium), .enrolOfficer(let medium, _, _),
            .renewOfficer(let medium, _), .unlockOfficer(let medium):
            medium
        }
    }

    /// The two purposes of an entity's key and their profiles.
    package static var entityProfiles: [KeyPurpose: String] {
        [.authentication: "entity-authentication", .signature: "entity-signature"]
    }

    /// An officer's key has one purpose.
    package static var officerProfiles: [KeyPurpose: String] { [.authentication: "officer"] }
}

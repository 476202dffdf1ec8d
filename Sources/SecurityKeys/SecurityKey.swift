package import AgentProtocol
package import CreditCodes
package import Cryptography
package import Groundwork

/// The record of one security key. The maker's serial number, model and version are attributes, never its name.
package struct SecurityKey: Hashable, Sendable {
    package var medium: MediumNumber
    package var model: String
    package var status: KeyStatus
    package var serial: [UInt8]?
    package var version: String?
    /// Who holds it, once it is being personalised.
    package var holder: Holder?
    package var stock: KeyStock
    package var createdAt: Instant
    package var changedAt: Instant

    /// Whose a key is on record. An officer is found by the certificate (``Officers``), not from here.
    package enum Holder: Hashable, Sendable {
        case entity(UnifiedSocialCreditCode)
        case officer

        /// `nil` for an officer.
        package var entity: UnifiedSocialCreditCode? {
            if case .entity(let entity) = self { entity } else { nil }
        }
    }

    package init(
        medium: MediumNumber, model: String, status: KeyStatus, serial: [UInt8]?, version: String?, holder: Holder?,
        stock: KeyStock = .unstated, createdAt: Instant, changedAt: Instant
    ) {
        self.medium = medium
        self.model = model
        self.status = status
        self.serial = serial
        self.version = version
        self.holder = holder
        self.stock = stock
        self.createdAt = createdAt
        self.changedAt = changedAt
    }

    /// Whether a card that claims this name states the same serial number as when it was taken into stock.
    package func agrees(with facts: MediumFacts) -> Bool { facts.medium == medium && facts.serial == serial }
}

/// A certificate on a security key: the place is part of its record, and the key is found by the certificate. Whether
/// it is active is the authority's to say.
package struct KeyCertificate: Hashable, Sendable {
    package var purpose: KeyPurpose
    package var family: AlgorithmFamily
    package var slot: KeySlot
    /// DER.
    package var certificate: [UInt8]
    package var origin: KeyOrigin

    package init(
        purpose: KeyPurpose, family: AlgorithmFamily, slot: KeySlot, certificate: [UInt8], origin: KeyOrigin
    ) {
        self.purpose = purpose
        self.family = family
        self.slot = slot
        self.certificate = certificate
        self.origin = origin
    }
}

package import AgentProtocol
package import Cryptography
package import Groundwork

/// The record of one security key. The maker's serial number, model and version are attributes, never its name.
package struct SecurityKey: Hashable, Sendable {
    package var medium: MediumNumber
    package var model: String
    package var status: KeyStatus
    package var serial: [UInt8]?
    package var version: String?
    /// The entity that holds it (its USCC), once it is being personalised.
    package var holder: String?
    package var stock: KeyStock
    package var createdAt: Instant
    package var changedAt: Instant

    package init(
        medium: MediumNumber, model: String, status: KeyStatus, serial: [UInt8]?, version: String?, holder: String?,
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

/// A certificate on a security key: the place is part of its record, and the key is found by the certificate.
package struct KeyCertificate: Codable, Hashable, Sendable {
    package var purpose: KeyPurpose
    package var family: AlgorithmFamily
    package var place: KeyPlace
    /// DER.
    package var certificate: [UInt8]
    package var origin: KeyOrigin
    package var state: State

    package enum State: String, Codable, CaseIterable, Sendable {
        /// Issued and not yet proved: login and sealing refuse it.
        case issued
        case active
        /// Replaced, or never activated: revoked.
        case ended

        package var title: LocalisedText {
            switch self {
            case .issued: LocalisedText(zh: "待激活", en: "not activated")
            case .active: LocalisedText(zh: "已激活", en: "active")
            case .ended: LocalisedText(zh: "已终止", en: "ended")
            }
        }
    }

    package init(
        purpose: KeyPurpose, family: AlgorithmFamily, place: KeyPlace, certificate: [UInt8], origin: KeyOrigin,
        state: State
    ) {
        self.purpose = purpose
        self.family = family
        self.place = place
        self.certificate = certificate
        self.origin = origin
        self.state = state
    }
}

package import Cryptography
package import Groundwork

package enum OfficerKind: IdentifierKind {
    package static let prefix = "officer"
}
package typealias OfficerIdentifier = Identifier<OfficerKind>

/// A person who orders acts with a key of their own.
package struct Officer: Hashable, Sendable {
    package let identifier: OfficerIdentifier
    package let name: String
    package let roles: Set<OfficerRole>
    package let status: OfficerStatus
    /// The certificate whose key signs this officer's requests; an earlier one no longer counts.
    package let certificate: Certificate
    /// When the officer was enrolled.
    package let since: Instant

    package init(
        identifier: OfficerIdentifier, name: String, roles: Set<OfficerRole>, status: OfficerStatus,
        certificate: Certificate, since: Instant
    ) {
        self.identifier = identifier
        self.name = name
        self.roles = roles
        self.status = status
        self.certificate = certificate
        self.since = since
    }
}

/// What enrolling an officer takes: who, as what, with which key.
package struct OfficerEnrolment: Sendable {
    package let name: String
    package let roles: Set<OfficerRole>
    package let certificate: Certificate

    package init(name: String, roles: Set<OfficerRole>, certificate: Certificate) {
        self.name = name
        self.roles = roles
        self.certificate = certificate
    }
}

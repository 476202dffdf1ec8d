package import Audit
internal import CertificateProfiles
package import CreditCodes
package import Cryptography
package import Groundwork
package import Officers
package import Storage

/// What a certificate is asked for.
package struct IssuanceRequest: Sendable {
    /// A file in `Policies/profiles`, by its id.
    package var profile: String
    package var subject: SubjectDetails
    package var proof: KeyProof
    package var location: KeyLocation
    /// Who answers for it.
    package var actor: AuditActor
    /// Names the step for which this is done, such as a plan's identifier and its step. A request made again under the
    /// same reference gets the same certificate; an earlier try that did not finish is closed by it.
    package var reference: String?
    /// The officers' order, which an officer's, a server's or a department's certificate needs; see
    /// ``Issuance/request(toCertifyOfficer:justification:)`` and ``Issuance/request(toIssue:justification:)``.
    /// Entities' certificates stand under the order of the plan that asks for them.
    package var authorisation: Authorisation?
    /// The order of the plan that asks for an entity's certificate, spent when the plan began.
    package var planOrder: SpentOrder?
    /// Ends the validity earlier than the profile would.
    package var notAfterAtMost: Instant?
    /// Must hold in the transaction that stores the intent; what it throws refuses the request.
    package var condition: @Sendable (any ReadTransaction) throws -> Void

    package init(
        profile: String, subject: SubjectDetails, proof: KeyProof, location: KeyLocation = .none, actor: AuditActor,
        reference: String? = nil, authorisation: Authorisation? = nil, planOrder: SpentOrder? = nil,
        notAfterAtMost: Instant? = nil, condition: @escaping @Sendable (any ReadTransaction) throws -> Void = { _ in }
    ) {
        self.profile = profile
        self.subject = subject
        self.proof = proof
        self.location = location
        self.actor = actor
        self.reference = reference
        self.authorisation = authorisation
        self.planOrder = planOrder
        self.notAfterAtMost = notAfterAtMost
        self.condition = condition
    }
}

/// How it is known that the applicant holds the private key.
package enum KeyProof: Sendable {
    /// DER of a PKCS#10 request signed by the new key (RFC 2986). Its subject is not looked at: names come from the
    /// registry.
    case request([UInt8])
    /// The authority's own key, which this process has just made or opened.
    case ownKey(PublicKey)
}

/// Who the certificate names.
package struct SubjectDetails: Sendable, Hashable {
    package var country: String
    package var stateOrProvince: String?
    package var locality: String?
    package var organization: String?
    package var organizationalUnit: String?
    package var commonName: String
    /// The legal entity, where the profile names one.
    package var entity: UnifiedSocialCreditCode?
    /// The servers, where the profile names some: see ``ServerName``.
    package var serverNames: [String]

    package init(
        country: String = "CN", stateOrProvince: String? = nil, locality: String? = nil, organization: String? = nil,
        organizationalUnit: String? = nil, commonName: String, entity: UnifiedSocialCreditCode? = nil,
        serverNames: [String] = []
    ) {
        self.country = country
        self.stateOrProvince = stateOrProvince
        self.locality = locality
        self.organization = organization
        self.organizationalUnit = organizationalUnit
        self.commonName = commonName
        self.entity = entity
        self.serverNames = serverNames
    }

    func value(of attribute: SubjectAttribute) -> String? {
        switch attribute {
        case .country: country
        case .stateOrProvince: stateOrProvince
        case .locality: locality
        case .organization: organization
        case .organizationalUnit: organizationalUnit
        case .organizationIdentifier: nil
        case .commonName: commonName
        }
    }
}

/// Where the private key is, and how that is known.
package struct KeyLocation: Sendable, Hashable {
    package var medium: [UInt8]?
    package var slot: UInt8?
    package var model: String?
    /// The delivery that the medium came with, and the service point that handed it out.
    package var batch: String?
    package var servicePoint: String?
    /// `attested`, `witnessed` or `unproved`, alone or followed by a colon and what stands behind it.
    package var origin: String

    package init(
        medium: [UInt8]? = nil, slot: UInt8? = nil, model: String? = nil, batch: String? = nil,
        servicePoint: String? = nil, origin: String = "unproved"
    ) {
        self.medium = medium
        self.slot = slot
        self.model = model
        self.batch = batch
        self.servicePoint = servicePoint
        self.origin = origin
    }

    package static let none = KeyLocation()

    var originKind: String { String(origin.prefix { $0 != ":" }) }
}

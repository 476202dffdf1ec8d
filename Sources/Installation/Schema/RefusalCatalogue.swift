internal import AgentProtocol
internal import Audit
internal import Authentication
internal import Ceremony
internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
internal import CreditCodes
internal import Cryptography
internal import ElectronicSeals
package import Groundwork
internal import Issuance
internal import KeyCustody
internal import LegalEntities
internal import LongTermEvidence
internal import Officers
internal import Personalisation
internal import PortableDocuments
internal import Reconciliation
internal import Registration
internal import Revocation
internal import SealImages
internal import SecurityKeys
internal import Storage
internal import TimeStamping

/// Every refusal of every room up to this one, for the page that explains codes and the test that holds them to the
/// rules.
package enum RefusalCatalogue {
    package struct Entry: Sendable {
        package let code: String
        package let message: LocalisedText
        package let nextStep: LocalisedText
    }

    /// The lists, in the rooms' order.
    package static let rooms: [any RefusalReason.Type] = [
        GroundworkRefusal.self, CryptographyRefusal.self, StorageRefusal.self, AuditRefusal.self,
        CreditCodesRefusal.self, OfficersRefusal.self, LegalEntitiesRefusal.self, AgentProtocolRefusal.self,
        SecurityKeysRefusal.self, CertificateProfilesRefusal.self, CertificateRecordsRefusal.self,
        KeyCustodyRefusal.self, TimeStampingRefusal.self, IssuanceRefusal.self, CertificateStatusRefusal.self,
        LongTermEvidenceRefusal.self, ReconciliationRefusal.self, CeremonyRefusal.self, RevocationRefusal.self,
        ArchiveRefusal.self, PersonalisationRefusal.self,
        AuthenticationRefusal.self, SealImagesRefusal.self, PortableDocumentsRefusal.self,
        ElectronicSealsRefusal.self, RegistrationRefusal.self, InstallationRefusal.self,
    ]

    /// Every refusal of them.
    package static let entries: [Entry] = rooms.flatMap { entries(of: $0) }

    /// Those of one more list.
    package static func entries<Reason: RefusalReason>(of reason: Reason.Type) -> [Entry] {
        reason.allCases.map { Entry(code: $0.code, message: $0.message, nextStep: $0.nextStep) }
    }
}

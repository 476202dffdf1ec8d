package import Cryptography
package import Groundwork

package enum SealKindOfIdentifier: IdentifierKind { package static let prefix = "seal" }
package typealias SealIdentifier = Identifier<SealKindOfIdentifier>

package enum StampKindOfIdentifier: IdentifierKind { package static let prefix = "stamp" }
package typealias StampIdentifier = Identifier<StampKindOfIdentifier>

/// A seal (印章): the right of one entity's signature key to put one picture on documents.
package struct Seal: Hashable, Sendable {
    package let id: SealIdentifier
    /// `esID` of the seal data, unique for ever.
    package let esID: String
    /// The entity's unified social credit code.
    package let uscc: String
    package let kind: SealKindName
    /// The name drawn on it: the registry's at the time of making.
    package let name: String
    package let family: AlgorithmFamily
    package let certificateSerial: SerialNumber
    /// SHA-256 of the certificate's DER.
    package let certificateHash: [UInt8]
    package let validFrom: Instant
    package let validUntil: Instant
    package let madeAt: Instant
    package var status: SealStatus
    package let replaces: SealIdentifier?
    package let data: SealData
    package let drawing: SealDrawing

    /// What an order to suspend, resume or close it binds: whose seal it is, and which.
    package var orderParameters: [String: CanonicalJSON] {
        ["entity": .string(uscc), "name": .string(name), "kind": .string(kind.text)]
    }
}

/// The seal as documents show it: a content stream of outlines, kept as it was made, for a face may change.
package struct SealDrawing: Hashable, Sendable {
    package let content: [UInt8]
    package let widthMicrometres: Int64
    package let heightMicrometres: Int64

    package var widthMillimetres: Double { Double(widthMicrometres) / 1000 }
    package var heightMillimetres: Double { Double(heightMicrometres) / 1000 }
}

/// Whether a seal can be used now, worked out whenever somebody asks and never stored: a seal is usable only while it
/// is active and its certificate is issued, activated, good and within its validity.
package enum SealUsability: Hashable, Sendable {
    case usable
    case not(ElectronicSealsRefusal)

    /// - Parameters:
    ///   - standing: the certificate's record now; `nil` where there is none.
    ///   - wasReplaced: whether renewal, change or reissue put another certificate in this one's place.
    package init(of seal: Seal, certificateStatus: SealCertificateStatus?, at now: Instant) {
        self =
            if seal.status != .active {
                .not(.sealNotActive)
            } else if let certificateStatus {
                if let reason = certificateStatus.defect(at: now) {
                    .not(reason)
                } else if now < seal.validFrom || now >= seal.validUntil {
                    .not(.certificateExpired)
                } else {
                    .usable
                }
            } else {
                .not(.certificateUnknown)
            }
    }
}

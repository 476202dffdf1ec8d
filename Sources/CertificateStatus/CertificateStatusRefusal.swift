package import Groundwork

/// What lists and answers refuse.
package enum CertificateStatusRefusal: String, RefusalReason {
    case unknownShard = "unknown-shard"

    /// Codes are of one list for all rooms of the authority, and stay.
    package static let room = "certificate-authority"

    package var message: LocalisedText {
        switch self {
        case .unknownShard:
            LocalisedText(zh: "没有该证书吊销列表。", en: "There is no such revocation list.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .unknownShard:
            LocalisedText(zh: "请核对后重试。", en: "Check it and try again.")
        }
    }
}

internal import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork

extension CertificateStore.Selected {
    /// Why it is left out; `nil`: it is on the list.
    fileprivate func leftOut(at now: Instant) -> BulkPlan.LeftOut? {
        if purpose.isAuthoritysOwn { return .ownCertificate }
        if !OrderedChange.canRevokeInBulk(purpose) { return .officersCertificate }
        return state == .revoked ? .revokedAlready : now.truncatedToSecond > notAfter ? .expired : nil
    }
}

/// The dry run: exactly which certificates, in one order, and what is left out.
package struct BulkPlan: Sendable, Hashable {
    package enum LeftOut: String, Sendable, CaseIterable, Hashable {
        case revokedAlready, expired
        /// The authority's own certificates are never revoked by the hundred.
        case ownCertificate
        /// Nor are officers': others decide on those, one by one.
        case officersCertificate

        package var label: LocalisedText {
            switch self {
            case .revokedAlready: LocalisedText(zh: "已吊销", en: "revoked already")
            case .expired: LocalisedText(zh: "已过期", en: "expired")
            case .ownCertificate: LocalisedText(zh: "机构自用证书", en: "the authority's own")
            case .officersCertificate: LocalisedText(zh: "人员证书", en: "an officer's")
            }
        }
    }

    package let selection: String
    /// Ascending.
    package let serials: [SerialNumber]
    package let states: [CertificateState: Int]
    package let leftOut: [LeftOut: Int]
    /// SHA-256 over the serial numbers in their order: what the officers sign.
    package let digest: [UInt8]

    init(_ selection: BulkSelection, _ candidates: [CertificateStore.Selected], at now: Instant) throws(Refusal) {
        var states: [CertificateState: Int] = [:]
        var leftOut: [LeftOut: Int] = [:]
        var serials: Set<SerialNumber> = []
        for candidate in candidates {
            if let reason = candidate.leftOut(at: now) {
                leftOut[reason, default: 0] += 1
            } else if serials.insert(candidate.serial).inserted {
                states[candidate.state, default: 0] += 1
            }
        }
        guard !serials.isEmpty else { throw Refusal(RevocationRefusal.nothingSelected) }
        self.selection = selection.text
        self.serials = serials.sorted()
        self.states = states
        self.leftOut = leftOut
        digest = BulkPlan.digest(self.serials.map(\.bytes))
    }

    static func digest(_ serials: [[UInt8]]) -> [UInt8] { DigestAlgorithm.sha256.hash(serials.flatMap(\.self)) }

    /// Some of them, spread evenly over the list.
    package func sample(_ count: Int) -> [SerialNumber] {
        guard serials.count > count, count > 0 else { return serials }
        return (0..<count).map { serials[$0 * serials.count / count] }
    }
}

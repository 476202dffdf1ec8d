package import CertificateRecords
package import Cryptography
package import Groundwork

/// What a certificate was at one moment.
package enum ValidityVerdict: String, CaseIterable, Sendable, Hashable {
    case good
    case suspended
    case revoked
    case notYetIssued = "not-yet-issued"
    case notYetValid = "not-yet-valid"
    /// Issued, and its key had not yet proved itself on its medium.
    case notYetActive = "not-yet-active"
    case expired
    /// Not one of ours.
    case unknown

    package var label: LocalisedText {
        switch self {
        case .good: LocalisedText(zh: "有效", en: "good")
        case .suspended: LocalisedText(zh: "冻结中", en: "suspended")
        case .revoked: LocalisedText(zh: "已吊销", en: "revoked")
        case .notYetIssued: LocalisedText(zh: "尚未签发", en: "not yet issued")
        case .notYetValid: LocalisedText(zh: "有效期未开始", en: "not yet valid")
        case .notYetActive: LocalisedText(zh: "尚未激活", en: "not yet activated")
        case .expired: LocalisedText(zh: "已过期", en: "expired")
        case .unknown: LocalisedText(zh: "非本机构签发", en: "not one of ours")
        }
    }
}

/// The verdict, since when and until when it held, and why.
package struct ValidityFinding: Hashable, Sendable {
    package var verdict: ValidityVerdict
    package var since: Instant?
    /// `nil`: as far as is known.
    package var until: Instant?
    package var reason: RevocationReason?
    /// The revocation's own date, where `since` is an invalidity date before it (RFC 5280, 5.3.2). The verdict goes by
    /// the earlier one, for nobody may be held to what a thief signed; whoever judges by the date of revocation, as the
    /// sliding of the control time does (ETSI EN 319 102-1, 5.6.2.4), finds it here.
    package var revokedAt: Instant?

    /// Since when the key is known or suspected to have been misused, where that is before the revocation.
    package var invalidSince: Instant? { revokedAt == nil ? nil : since }

    package init(
        _ verdict: ValidityVerdict, since: Instant? = nil, until: Instant? = nil, reason: RevocationReason? = nil,
        revokedAt: Instant? = nil
    ) {
        self.verdict = verdict
        self.since = since
        self.until = until
        self.reason = reason
        self.revokedAt = revokedAt
    }

    /// The judgement: what a certificate with this span and this history was at the moment, as known today.
    ///
    /// Lines count in the order in which they were entered; one entered later that reaches further back (a revocation
    /// from the suspension on) overrules what it covers.
    package static func at(
        _ instant: Instant, issuedAt: Instant, notBefore: Instant, notAfter: Instant, history: [StatusEvent]
    ) -> ValidityFinding {
        let lines = history.sorted { $0.version < $1.version }
        // A certificate's first second has begun when the store's milliseconds say that it was issued.
        let issued = min(issuedAt, lines.first?.since ?? issuedAt)
        guard instant >= issued else { return ValidityFinding(.notYetIssued, until: issued) }
        let end = notAfter.adding(seconds: 1)
        guard let index = lines.lastIndex(where: { $0.since <= instant }) else {
            return ValidityFinding(.notYetIssued, until: issued)
        }
        let line = lines[index]
        let next = lines[(index + 1)...].map(\.since).filter { $0 > instant }.min()
        // Revoked is for ever; everything else ends with the certificate.
        if line.state == .revoked, line.since < end {
            return ValidityFinding(
                .revoked, since: line.since, reason: line.reason, revokedAt: line.revokedAt)
        }
        guard instant < end else { return ValidityFinding(.expired, since: end) }
        guard instant.truncatedToSecond >= notBefore else { return ValidityFinding(.notYetValid, until: notBefore) }
        let until = min(next ?? end, end)
        switch line.state {
        case .issued: return ValidityFinding(.notYetActive, since: line.since, until: until)
        case .active: return ValidityFinding(.good, since: max(line.since, notBefore), until: until)
        case .suspended: return ValidityFinding(.suspended, since: line.since, until: until, reason: line.reason)
        case .revoked, .expired: return ValidityFinding(.expired, since: end)
        }
    }
}

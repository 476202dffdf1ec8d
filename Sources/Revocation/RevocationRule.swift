internal import CertificateProfiles
package import CertificateRecords
package import Cryptography

/// Which of RFC 5280's reasons (5.3.1) may end a certificate, and on whose word.
///
/// A hold is a suspension and its end a resumption: neither `certificateHold` nor `removeFromCRL` is ever given as a
/// reason to revoke, and `aACompromise` is for attribute authorities, which this is not.
package enum RevocationRule {
    /// Who speaks.
    package enum RequesterClass: String, Sendable, CaseIterable {
        /// Officers who ordered it.
        case officers
        /// A rule of this authority.
        case system
        /// The holder, through a case or a plan.
        case holder
    }

    package static func requesters(for reason: RevocationReason) -> Set<RequesterClass> {
        switch reason {
        case .keyCompromise, .superseded, .cessationOfOperation: [.officers, .system, .holder]
        // Says nothing: only where nothing is known, never for a holder, who knows.
        case .unspecified: [.officers, .system]
        // What the registry or the holder says about the entity.
        case .affiliationChanged: [.officers, .system, .holder]
        // The authority's own judgement.
        case .privilegeWithdrawn, .caCompromise: [.officers]
        case .certificateHold, .removeFromCRL, .aaCompromise: []
        }
    }

    /// The reasons that officers can choose from for a subscriber's certificate.
    package static let forSubscribers: [RevocationReason] = RevocationReason.allCases.filter {
        requesters(for: $0).contains(.officers) && $0 != .caCompromise
    }

    /// Whether the reason of a revocation may be said anew: a key that turns out to have been compromised is named so
    /// whatever was said before, since when may be put earlier, and where nothing was said something may be. A reason
    /// that says less than the one before, and a date that forgives what was void, are never given.
    package static func permitsRevision(from before: RevocationFact, to after: RevocationFact) -> Bool {
        guard after.revokedAt == before.revokedAt, after != before else { return false }
        let isEarlier =
            switch (before.invalidSince, after.invalidSince) {
            case (nil, _): true
            case (_?, nil): false
            case (let known?, let new?): new <= known
            }
        guard isEarlier else { return false }
        switch (before.reason, after.reason) {
        case (.caCompromise, _), (.certificateHold, _), (.removeFromCRL, _), (.aaCompromise, _): return false
        case (_, .keyCompromise): return true
        case (.unspecified, let new): return forSubscribers.contains(new)
        // The same reason with a date.
        case (let old, let new): return old == new
        }
    }

    static func permits(_ reason: RevocationReason, by requester: RequesterClass, for purpose: CertificatePurpose)
        -> Bool
    {
        requesters(for: reason).contains(requester) && (reason != .caCompromise || purpose == .authority)
    }
}

internal import Cryptography
package import Groundwork

/// An answer of the responder, and how long a cache may keep it.
package struct OCSPAnswer: Sendable, Hashable {
    package let der: [UInt8]
    /// `nil` for errors, which say nothing.
    package let thisUpdate: Instant?
    package let nextUpdate: Instant?
    /// Whether it was signed for this requester alone: with a nonce, about several certificates, or about an unknown
    /// one.
    package let isFresh: Bool
    /// The longest that anybody may repeat it (the design's bound); 0: nobody may.
    package let repeatable: Int
    /// SHA-1 of the bytes in hexadecimal, as RFC 5019, 6.2 has it; empty where nobody may repeat the answer.
    package let tag: String
    /// Why it is `internalError`, for the log; `nil` for every other answer.
    package let fault: String?

    init(der: [UInt8], thisUpdate: Instant?, nextUpdate: Instant?, isFresh: Bool, repeatable: Int, fault: String? = nil)
    {
        self.fault = fault
        self.der = der
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.isFresh = isFresh
        self.repeatable = isFresh ? 0 : repeatable
        tag = self.repeatable > 0 ? Hex.encode(DigestAlgorithm.sha1.hash(der)) : ""
    }

    static func error(_ status: OCSPResponse.ErrorStatus) -> OCSPAnswer {
        OCSPAnswer(der: OCSPResponse.error(status), thisUpdate: nil, nextUpdate: nil, isFresh: false, repeatable: 0)
    }

    /// Something failed that is none of the asker's business.
    static func failed(_ cause: any Error) -> OCSPAnswer {
        OCSPAnswer(
            der: OCSPResponse.error(.internalError), thisUpdate: nil, nextUpdate: nil, isFresh: false, repeatable: 0,
            fault: "\(cause)")
    }

    /// For `Cache-Control: max-age`: never beyond the answer's own end nor the bound. `nil`: not to be kept.
    package func maxAge(at now: Instant) -> Int? {
        guard repeatable > 0, let nextUpdate, nextUpdate > now else { return nil }
        return min(repeatable, Int(nextUpdate.seconds - now.seconds))
    }
}

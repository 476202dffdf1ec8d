package import Groundwork

/// An answer to a request for a time stamp (RFC 3161, 2.4.2).
package enum TimeStampResponse: Sendable {
    /// PKIFailureInfo: the number is that of the bit.
    package enum Failure: Int, CaseIterable, Sendable {
        case badAlgorithm = 0
        case badRequest = 2
        case badDataFormat = 5
        case timeNotAvailable = 14
        case unacceptedPolicy = 15
        case unacceptedExtension = 16
        case additionalInformationNotAvailable = 17
        case systemFailure = 25
    }

    case granted(TimeStampToken)
    case rejected(Set<Int>)

    /// DER of a granted answer.
    package static func granted(token: [UInt8]) -> [UInt8] { DER.sequence([DER.sequence([DER.integer(0)]), token]) }

    /// DER of a rejection, with a sentence in English.
    package static func rejected(_ failure: Failure, text: String) -> [UInt8] {
        DER.sequence([
            DER.sequence([
                DER.integer(2), DER.sequence([DER.utf8String(text)]), DER.namedBits([failure.rawValue]),
            ])
        ])
    }

    /// Bytes from outside, at most 1 MiB.
    package init(der: [UInt8]) throws(Refusal) {
        let (status, failures, token) = try reading(.timeStampResponse) { () throws(DERFault) in
            try DERElement(parsing: der, limit: 1 << 20).sequence { members throws(DERFault) in
                let (status, failures) = try members.required().sequence { info throws(DERFault) in
                    let status = try info.required().integer()
                    _ = info.optional(0x30)
                    return (status, try info.optional(0x03)?.namedBits() ?? [])
                }
                return (status, failures, members.next()?.encoded)
            }
        }
        switch (status, token) {
        case (0...1, let token?): self = .granted(try TimeStampToken(der: token))
        case (2..., nil): self = .rejected(failures)
        default: throw .cryptography(.malformed, .timeStampResponse, "status \(status)")
        }
    }
}

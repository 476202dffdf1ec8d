internal import Cryptography
internal import Groundwork

extension LintRule {
    /// UTCTime through 2049, GeneralizedTime from 2050.
    static let validityEncoding = LintRule(
        id: "validity-encoding", citation: "RFC 5280, 4.1.2.5", severity: .error, since: "2008-05-01"
    ) { target in
        guard let times = target.validityElements else { return ["unreadable"] }
        return zip(times, [target.certificate.notBefore, target.certificate.notAfter]).compactMap { element, instant in
            element.identifier == (instant.utc.year < 2050 ? 0x17 : 0x18)
                ? nil : "\(instant.utc.dashedDate): wrong time type"
        }
    }
}

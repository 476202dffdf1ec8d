internal import Cryptography
internal import Groundwork

extension LintRule {
    /// UTCTime through 2049, GeneralizedTime from 2050.
    static let validityEncoding = LintRule(
        id: "validity-encoding", citation: "RFC 5280, 4.1.2.5", severity: .error, since: "2008-05-01"
    ) { target in
        let (certificate, form) = (target.certificate, target.certificate.form)
        func judge(_ instant: Instant, _ type: UInt8) -> [String] {
            // 2050-01-01T00:00:00Z
            type == (instant.seconds < 2_524_608_000 ? 0x17 : 0x18)
                ? [] : ["\(instant.utc.dashedDate): wrong time type"]
        }
        return judge(certificate.notBefore, form.notBeforeType) + judge(certificate.notAfter, form.notAfterType)
    }
}

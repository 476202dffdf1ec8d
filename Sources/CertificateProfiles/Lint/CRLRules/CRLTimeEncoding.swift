internal import Cryptography
internal import Groundwork

extension LintRule {
    /// UTCTime through 2049, GeneralizedTime from 2050, in the entries too.
    static let listTimeEncoding = LintRule.ofList(
        id: "list-time-encoding", citation: "RFC 5280, 5.1.2.4 to 5.1.2.6", since: "2008-05-01"
    ) { target in
        // 2050-01-01T00:00:00Z
        func isRight(_ instant: Instant, _ type: UInt8) -> Bool {
            type == (instant.seconds < 2_524_608_000 ? 0x17 : 0x18)
        }
        return (isRight(target.thisUpdate, target.thisUpdateType) ? [] : ["thisUpdate: wrong time type"])
            + (target.nextUpdate.map { isRight($0, target.nextUpdateType) } ?? true
                ? [] : ["nextUpdate: wrong time type"])
            + (target.entries.allSatisfy { isRight($0.revokedAt, $0.timeType) }
                ? [] : ["revocationDate: wrong time type"])
    }
}

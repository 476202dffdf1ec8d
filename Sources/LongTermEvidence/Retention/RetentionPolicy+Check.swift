package import CertificateRecords
package import Groundwork

extension RetentionPolicy {
    /// Whether the policy says of each kind that the rooms can let go how long it is kept, long enough, and of no
    /// other.
    ///
    /// - Parameter longest: the longest life of a holder's certificate in days.
    /// - Throws: `malformed-policy`.
    package func check(
        _ retained: [RetainedRecords], _ companions: [CertificateCompanion], longestLife longest: Int
    ) throws(Refusal) {
        let floor = 366 * certificates.yearsAfterEnd + longest
        for kind in retained {
            guard let days = records.first(where: { $0.kind == kind.kind })?.days else {
                throw Self.refused("\(kind.kind): no line with rule days")
            }
            guard kind.floor == .none || days >= floor else {
                throw Self.refused("\(kind.kind): at least \(floor) days, for certificates live \(longest) days")
            }
        }
        let timed = Set(records.filter { $0.rule == .days }.map(\.kind))
        if let unknown = timed.subtracting(retained.map(\.kind)).min() {
            throw Self.refused("\(unknown): no room lets that go after a time")
        }
        let along = Set(records.filter { $0.rule == .certificate }.map(\.kind))
        guard along == Set(companions.filter(\.goesAlong).map(\.kind) + ["certificates"]) else {
            throw Self.refused("what goes with its certificate is another list: \(along.sorted())")
        }
    }
}

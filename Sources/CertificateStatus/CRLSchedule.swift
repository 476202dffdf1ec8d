package import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

/// How long a list lives, and when another is made: of the policy, what concerns one list.
package struct CRLSchedule: Sendable {
    package let life: Int64
    let renewal: Int64
    /// A complete list of everything is long: after changes it is made at most this often.
    let leastAge: Int64
    let burst: Int
    let burstSeconds: Int64
    let retention: Int64
    let isRoot: Bool

    init(_ issuer: Issuer, _ name: CRLName, _ policy: CertificatePolicy.Status) {
        self.init(isRoot: issuer.role == .root, name, policy)
    }

    package init(isRoot: Bool, _ name: CRLName, _ policy: CertificatePolicy.Status) {
        self.isRoot = isRoot
        if isRoot {
            life = Int64(policy.rootListLifeDays) * 86_400
            renewal = life / 2
        } else if name.kind == .delta {
            life = Int64(policy.deltaLifeMinutes) * 60
            renewal = life / 2
        } else {
            life = Int64(policy.listLifeHours) * 3600
            renewal = Int64(policy.listRenewedAfterHours) * 3600
        }
        leastAge = name.scope == .full && name.kind == .complete ? Int64(policy.fullListEveryMinutes) * 60 : 0
        burst = policy.listsOnDemand.lists
        burstSeconds = Int64(policy.listsOnDemand.withinSeconds)
        retention = Int64(policy.expiredStayDays) * 86_400
    }

    /// By so much two clocks that are both called right may differ.
    private static let carriedOnSeconds: Int64 = 300

    /// Whether a list with that date was made by a clock that was wrong: until then relying parties reject it, so it is
    /// neither served for long nor followed by another with such a date.
    func isInFuture(_ thisUpdate: Instant, of now: Instant) -> Bool {
        thisUpdate > now.adding(seconds: min(life, Self.carriedOnSeconds))
    }

    enum Verdict: Sendable { case serve, make, makeBaseFirst }

    func verdict(on state: CRLState, at now: Instant, isDemanded: Bool, canSign: Bool) -> Verdict {
        guard let stored = state.stored else { return state.isWithoutBase ? .makeBaseFirst : .make }
        let serves = stored.serves(at: now)
        // A root whose key is elsewhere keeps its list until that ends.
        if !canSign { return serves ? .serve : .make }
        let isYoung = now < stored.thisUpdate.adding(seconds: renewal) && !isInFuture(stored.thisUpdate, of: now)
        let isCurrent = stored.change >= state.change
        if isYoung, isCurrent { return .serve }
        // There may have been no complete list for so long that there is nothing for a delta to change.
        if state.isWithoutBase { return .makeBaseFirst }
        if isYoung, !isDemanded {
            // A clock that was set back must not hold a change up.
            if now >= stored.thisUpdate, now < stored.thisUpdate.adding(seconds: leastAge) { return .serve }
            if state.made(within: burstSeconds, at: now) >= burst { return .serve }
        }
        return .make
    }
}

/// Everything that decides whether a list is current; read at one moment, without the list's bytes.
struct CRLState: Sendable {
    struct Stored: Sendable {
        let number: Int
        let change: Int64
        let thisUpdate: Instant
        let nextUpdate: Instant

        func serves(at now: Instant) -> Bool { now < nextUpdate }
    }

    /// Of the last change within the scope.
    let change: Int64
    let stored: Stored?
    /// A delta needs a complete list that somebody may still hold.
    let isWithoutBase: Bool
    private let windowBegan: Instant
    private let windowLists: Int

    init(_ key: ListKey, at now: Instant, in transaction: any ReadTransaction) throws(Refusal) {
        let scope = key.name.scope.stored
        let counted = try CRLScopeStore.state(issuer: key.issuer, scope: scope, in: transaction)
        change = counted.change
        windowBegan = counted.windowBegan
        windowLists = counted.windowLists
        stored = try transaction.first(
            """
            SELECT number, change_number, this_update, next_update FROM revocation_list
            WHERE issuer = $1 AND scope = $2 AND kind = $3
            """, key.issuer, scope, key.name.kind.rawValue
        ).map { row throws(Refusal) in
            Stored(
                number: Int(try row.integer("number")), change: try row.integer("change_number"),
                thisUpdate: try row.instant("this_update"), nextUpdate: try row.instant("next_update"))
        }
        let base = try transaction.first(
            "SELECT 1 AS found FROM revocation_base WHERE issuer = $1 AND scope = $2 AND next_update > $3",
            key.issuer, scope, now)
        isWithoutBase = key.name.kind == .delta && base == nil
    }

    func made(within seconds: Int64, at now: Instant) -> Int {
        now < windowBegan.adding(seconds: seconds) ? windowLists : 0
    }
}

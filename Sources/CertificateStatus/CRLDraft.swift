internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

/// What a new list says, read at one moment; and how it is stored.
struct CRLDraft: Sendable {
    let number: Int
    let change: Int64
    let thisUpdate: Instant
    let nextUpdate: Instant
    let entries: RevokedEntries
    let baseNumber: Int?
    let expiredSince: Instant?

    init(
        _ issuer: Issuer, _ key: ListKey, _ schedule: CRLSchedule, at now: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) {
        let scope = key.name.scope.stored
        change = try StatusChange.number(in: transaction)
        number = try CRLScopeStore.state(issuer: key.issuer, scope: scope, in: transaction).number + 1
        // The clock may have been set back a little: time in lists is not. What lies further ahead was made by a clock
        // that was wrong, and nobody could use what bears such a date: then the number rises, not the date.
        let latest = try transaction.first(
            "SELECT max(this_update) AS latest FROM revocation_list WHERE issuer = $1 AND scope = $2", key.issuer, scope
        )?.optionalInstant("latest")
        let complete = try transaction.first(
            "SELECT this_update FROM revocation_list WHERE issuer = $1 AND scope = $2 AND kind = 'complete'",
            key.issuer, scope
        )?.instant("this_update")
        let moment = now.truncatedToSecond
        thisUpdate = latest.flatMap { schedule.isInFuture($0, of: now) ? nil : max(moment, $0) } ?? moment
        nextUpdate = min(thisUpdate.adding(seconds: schedule.life), issuer.certificate.notAfter)
        guard thisUpdate < nextUpdate else {
            throw Refusal(CertificateRecordsRefusal.outlivesIssuer, detail: "a list of \(issuer.generation)")
        }
        if key.name.kind == .delta {
            let base = try CRLDraft.base(key, at: now, in: transaction)
            baseNumber = base.number
            expiredSince = nil
            entries = try RevocationStore.changes(
                issuer: key.issuer, scope: scope, after: base.change, endingAfter: min(base.thisUpdate, moment),
                madeAt: thisUpdate, at: now, in: transaction)
            return
        }
        baseNumber = nil
        // An entry leaves after one list that was made past its certificate's end has named it (RFC 5280, 3.3); in the
        // lists that keep expired certificates, after policy's years.
        let kept = min(max(thisUpdate.adding(seconds: -schedule.retention), issuer.certificate.notBefore), thisUpdate)
        // By the clock as it is: a list that was made by one that was ahead let nothing go.
        let previous = min(complete ?? Instant(milliseconds: 0), moment)
        if case .shard(let shard) = key.name.scope, Shard.keepsExpired(shard, among: issuer.shards) {
            expiredSince = kept
        } else {
            expiredSince = nil
        }
        entries = try RevocationStore.entries(
            issuer: key.issuer, scope: scope, endingAfter: previous, keptAfter: min(previous, kept),
            splits: issuer.shards > 1, madeAt: thisUpdate, in: transaction)
    }

    private struct Base {
        let number: Int
        let change: Int64
        let thisUpdate: Instant
    }

    /// The oldest complete list that has not ended: whoever holds any valid one can apply the delta (RFC 5280, 5.2.4).
    private static func base(
        _ key: ListKey, at now: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> Base {
        guard
            let row = try transaction.first(
                """
                SELECT number, change_number, this_update FROM revocation_base
                WHERE issuer = $1 AND scope = $2 AND next_update > $3 ORDER BY number LIMIT 1
                """, key.issuer, key.name.scope.stored, now)
        else { throw Refusal(CertificateRecordsRefusal.statusBusy, detail: "no base for \(key.lease)") }
        return Base(
            number: Int(try row.integer("number")), change: try row.integer("change_number"),
            thisUpdate: try row.instant("this_update"))
    }

    func body(_ issuer: Issuer, _ key: ListKey, algorithm: SignatureAlgorithm) -> CertificateListBody {
        let (scope, kind) = (key.name.scope, key.name.kind)
        let points = issuer.addresses
        return CertificateListBody(
            issuer: issuer.certificate.subject, signatureAlgorithm: algorithm, number: number, thisUpdate: thisUpdate,
            nextUpdate: nextUpdate, entries: entries,
            // A delta has its complete list's scope, so it has its distribution point too.
            issuingDistributionPoint: scope == .full ? nil : points.list(issuer.generation, CRLName(scope)),
            authorityKeyIdentifier: issuer.certificate.keyIdentifier, baseNumber: baseNumber,
            freshestAddress: kind == .complete && issuer.role == .issuing
                ? points.list(issuer.generation, CRLName(scope, .delta)) : nil,
            expiredSince: expiredSince)
    }

    /// - Returns: `false` if another list of this scope got the number meanwhile.
    func store(
        _ der: [UInt8], _ key: ListKey, _ schedule: CRLSchedule, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        let scope = key.name.scope.stored
        guard
            try CRLScopeStore.take(
                number: number, issuer: key.issuer, scope: scope, at: now, windowSeconds: schedule.burstSeconds,
                in: transaction)
        else { return false }
        try transaction.execute(
            """
            INSERT INTO revocation_list (issuer, scope, kind, number, base_number, change_number, this_update,
                next_update, der) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (issuer, scope, kind) DO UPDATE SET number = excluded.number,
                base_number = excluded.base_number, change_number = excluded.change_number,
                this_update = excluded.this_update, next_update = excluded.next_update, der = excluded.der
            """, key.issuer, scope, key.name.kind.rawValue, number, baseNumber, change, thisUpdate, nextUpdate, der)
        guard key.name.kind == .complete else { return true }
        try transaction.execute(
            "DELETE FROM revocation_base WHERE issuer = $1 AND scope = $2 AND next_update <= $3", key.issuer, scope, now
        )
        try transaction.execute(
            """
            INSERT INTO revocation_base (issuer, scope, number, change_number, this_update, next_update)
            VALUES ($1, $2, $3, $4, $5, $6)
            """, key.issuer, scope, number, change, thisUpdate, nextUpdate)
        return true
    }
}

internal import Cryptography
package import Groundwork
internal import Storage

/// One shard's revocation list, as it is served.
package struct RevocationListAnswer: Sendable, Hashable {
    package let der: [UInt8]
    package let number: Int
    package let thisUpdate: Instant
    package let nextUpdate: Instant
}

extension StatusService {
    /// The current list of one shard: the stored one if nothing changed since and it is young enough, else a new one,
    /// whose number is one more than any list of this shard before (RFC 5280, 5.2.3).
    package func crl(issuer generation: String, shard: Int) async throws -> RevocationListAnswer {
        let issuer = try issuers.issuer(generation: generation)
        guard (0..<issuer.shards).contains(shard) else { throw Refusal(CertificateAuthorityRefusal.unknownShard) }
        let policy = try await policies.current().certificates.status
        let isRoot = issuer.role == .root
        let life = isRoot ? Int64(policy.rootListLifeDays) * 86_400 : Int64(policy.listLifeHours) * 3600
        let renewal = isRoot ? life / 2 : Int64(policy.listRenewedAfterHours) * 3600
        for _ in 0..<8 {
            let now = surroundings.now()
            let state = try await database.read { try ShardState(issuer, shard, in: $0) }
            if let list = state.list, list.changeVersion == state.changeVersion {
                let isYoung = now < list.answer.thisUpdate.adding(seconds: renewal)
                // A root whose key is elsewhere keeps its list until that ends.
                if isYoung || !issuer.hasSigner && now < list.answer.nextUpdate { return list.answer }
            }
            if let answer = try await publish(issuer, shard, after: state, at: now, life: life) { return answer }
        }
        throw Refusal(CertificateAuthorityRefusal.statusBusy, detail: "\(generation)/\(shard)")
    }

    /// `nil` if another process published first, or something was revoked meanwhile.
    private func publish(
        _ issuer: Issuer, _ shard: Int, after state: ShardState, at now: Instant, life: Int64
    ) async throws -> RevocationListAnswer? {
        let previous = state.list?.answer
        let thisUpdate = max(now.truncatedToSecond, previous?.thisUpdate ?? Instant(milliseconds: 0))
        let number = (previous?.number ?? 0) + 1
        let nextUpdate = thisUpdate.adding(seconds: life)
        let body = CertificateListBody(
            issuer: issuer.certificate.subject, signatureAlgorithm: try issuer.required().algorithm, number: number,
            thisUpdate: thisUpdate, nextUpdate: nextUpdate, entries: state.entries,
            issuingDistributionPoint: issuer.addresses.list(issuer.generation, shard: shard),
            authorityKeyIdentifier: issuer.certificate.keyIdentifier)
        let answer = RevocationListAnswer(
            der: try await issuer.signList(body), number: number, thisUpdate: thisUpdate, nextUpdate: nextUpdate)
        let generation = issuer.generation
        let isCurrent = try await database.write { transaction in
            guard
                try RevocationStore.changeVersion(issuer: generation, shard: shard, in: transaction)
                    == state.changeVersion
            else { return false }
            return try transaction.execute(
                """
                INSERT INTO revocation_list (issuer, shard, number, change_version, this_update, next_update, der)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (issuer, shard) DO UPDATE SET number = excluded.number,
                    change_version = excluded.change_version, this_update = excluded.this_update,
                    next_update = excluded.next_update, der = excluded.der
                WHERE revocation_list.number = excluded.number - 1
                """, generation, shard, number, state.changeVersion, thisUpdate, nextUpdate, answer.der) == 1
        }
        return isCurrent ? answer : nil
    }
}

/// Everything that decides whether a shard's list is current, and what a new one names; read at one moment.
private struct ShardState: Sendable {
    struct StoredList: Sendable {
        let answer: RevocationListAnswer
        let changeVersion: Int64
    }

    let changeVersion: Int64
    let list: StoredList?
    let entries: [RevokedEntry]

    init(_ issuer: Issuer, _ shard: Int, in transaction: any ReadTransaction) throws(Refusal) {
        changeVersion = try RevocationStore.changeVersion(issuer: issuer.generation, shard: shard, in: transaction)
        list = try transaction.first(
            """
            SELECT number, change_version, this_update, next_update, der FROM revocation_list
            WHERE issuer = $1 AND shard = $2
            """, issuer.generation, shard
        ).map { row throws(Refusal) in
            StoredList(
                answer: RevocationListAnswer(
                    der: try row.blob("der"), number: Int(try row.integer("number")),
                    thisUpdate: try row.instant("this_update"), nextUpdate: try row.instant("next_update")),
                changeVersion: try row.integer("change_version"))
        }
        entries = try RevocationStore.entries(
            issuer: issuer.generation, shard: shard,
            endingAfter: list?.answer.thisUpdate ?? Instant(milliseconds: 0), in: transaction)
    }
}

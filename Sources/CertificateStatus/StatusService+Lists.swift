package import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
package import Groundwork
internal import KeyCustody
internal import Storage
internal import Synchronization

/// A revocation list, as it is served.
package struct RevocationListAnswer: Sendable, Hashable {
    package let der: [UInt8]
    package let number: Int
    package let thisUpdate: Instant
    package let nextUpdate: Instant
    /// SHA-1 of the bytes in hexadecimal.
    package let tag: String

    init(der: [UInt8], number: Int, thisUpdate: Instant, nextUpdate: Instant) {
        self.der = der
        self.number = number
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        tag = Hex.encode(DigestAlgorithm.sha1.hash(der))
    }
}

struct ListKey: Hashable, Sendable {
    let issuer: String
    let name: CRLName

    var lease: String { "crl/\(issuer)/\(name.text)" }
}

extension StatusService {
    /// Longer than any list takes; a process that was killed at one keeps the others from it for so long.
    static let listLeaseSeconds: Int64 = 30

    /// The current list of one shard.
    package func crl(issuer generation: String, shard: Int) async throws -> RevocationListAnswer {
        try await crl(issuer: generation, CRLName(.shard(shard)))
    }

    /// The current list: the stored one if nothing changed since and it is young enough, else a new one, whose number
    /// is one more than any list of this scope before (RFC 5280, 5.2.3).
    ///
    /// Where very many changes come, a list is made anew only so often (policy: `listsOnDemand`), and the stored one
    /// serves in between: OCSP is what never lags.
    ///
    /// Where a new one cannot be made now (the token is away, the disk is full, the store is locked), the stored one
    /// serves until its own end: it says until when it holds.
    /// - Parameter isDemanded: make it now if anything changed, however young the stored one is, or refuse.
    package func crl(
        issuer generation: String, _ name: CRLName, isDemanded: Bool = false
    ) async throws -> RevocationListAnswer {
        try await crl(issuer: generation, name, isDemanded: isDemanded, orStored: !isDemanded)
    }

    /// - Parameter orStored: whether the stored list will do where a new one is due and cannot be made now.
    package func crl(
        issuer generation: String, _ name: CRLName, isDemanded: Bool = false, orStored: Bool
    ) async throws -> RevocationListAnswer {
        // A stored list is as old as the store: newer ones were given out, and would be contradicted.
        try issuers.storeStatus.require()
        let issuer = try issuers.issuer(generation: generation)
        // An offline root could not keep up with a delta's promise.
        guard name.scope.exists(amongShards: issuer.shards), name.kind == .complete || issuer.role == .issuing,
            name.scope != .full || issuer.role == .issuing || issuer.hasSigner
        else {
            throw Refusal(CertificateStatusRefusal.unknownShard)
        }
        guard keepsItsBound(at: surroundings.now()) else {
            throw Refusal(CertificateRecordsRefusal.statusBusy, detail: "the copy lags beyond its bound")
        }
        let schedule = CRLSchedule(issuer, name, try await policies.current().certificates.status)
        let key = ListKey(issuer: generation, name: name)
        for _ in 0..<64 {
            let now = surroundings.now()
            let state = try await database.read { try CRLState(key, at: now, in: $0) }
            switch schedule.verdict(on: state, at: now, isDemanded: isDemanded, canSign: issuer.hasSigner) {
            case .serve:
                if let answer = try await load(key, number: state.stored?.number) { return answer }
                continue
            case .makeBaseFirst:
                _ = try await crl(issuer: generation, CRLName(name.scope), isDemanded: false, orStored: false)
                continue
            case .make: break
            }
            guard replica == nil else {
                if state.stored?.serves(at: now) == true, let answer = try await load(key, number: state.stored?.number)
                {
                    return answer
                }
                throw Refusal(CertificateRecordsRefusal.statusBusy, detail: key.lease)
            }
            let made: Published?
            do {
                made = try await process.printing.run(key) {
                    try await publish(issuer, key, schedule, isDemanded: isDemanded)
                }
            } catch let refusal as Refusal where orStored && refusal.retry == .later {
                guard state.stored?.serves(at: now) == true,
                    let answer = try await load(key, number: state.stored?.number)
                else { throw refusal }
                return answer
            }
            switch made {
            case .some(.made(let answer)): return answer
            case .some(.leasedToAnother):
                // Where no list serves there is nothing to do but to wait for the lease's end.
                let serves = state.stored?.serves(at: now) == true
                let isFree = try await WorkLease.waitForEnd(
                    of: key.lease, patience: serves ? patience : StatusService.listLeaseSeconds * 1000, in: database,
                    surroundings)
                if !isFree, serves, let answer = try await load(key, number: state.stored?.number) { return answer }
            case .some(.overtaken), .none: continue
            }
        }
        throw Refusal(CertificateRecordsRefusal.statusBusy, detail: key.lease)
    }

    /// The bytes of the stored list with this number: from memory if they are there. `nil` if it was replaced
    /// meanwhile.
    private func load(_ key: ListKey, number: Int?) async throws -> RevocationListAnswer? {
        guard let number else { return nil }
        if let known = process.lists.withLock({ $0[key] }), known.number == number { return known }
        let loaded = try await database.read { transaction -> RevocationListAnswer? in
            try transaction.first(
                """
                SELECT number, this_update, next_update, der FROM revocation_list
                WHERE issuer = $1 AND scope = $2 AND kind = $3
                """, key.issuer, key.name.scope.stored, key.name.kind.rawValue
            ).map { row throws(Refusal) in
                RevocationListAnswer(
                    der: try row.blob("der"), number: Int(try row.integer("number")),
                    thisUpdate: try row.instant("this_update"), nextUpdate: try row.instant("next_update"))
            }
        }
        guard let loaded, loaded.number == number else { return nil }
        process.lists.withLock { $0[key] = loaded }
        return loaded
    }

    private enum Published: Sendable {
        case made(RevocationListAnswer)
        case leasedToAnother
        /// Somebody else made it: before the lease was ours, or after it ended.
        case overtaken
    }

    /// Lease, read, sign, verify, store: killed anywhere, it leaves a lease that ends and the list of before.
    private func publish(
        _ issuer: Issuer, _ key: ListKey, _ schedule: CRLSchedule, isDemanded: Bool
    ) async throws -> Published {
        let owner = process.owner
        let began = surroundings.now()
        let canSign = issuer.hasSigner
        let refused: Published? = try await database.write { transaction in
            let state = try CRLState(key, at: began, in: transaction)
            guard schedule.verdict(on: state, at: began, isDemanded: isDemanded, canSign: canSign) == .make else {
                return .overtaken
            }
            return try WorkLease.take(
                key.lease, owner: owner, at: began, seconds: StatusService.listLeaseSeconds, in: transaction)
                ? nil : .leasedToAnother
        }
        if let refused { return refused }
        do {
            try await process.observer(.listLeased, key.lease)
            let now = surroundings.now()
            let draft = try await database.read { try CRLDraft(issuer, key, schedule, at: now, in: $0) }
            try await process.observer(.listRead, key.lease)
            let algorithm = try issuer.listAlgorithm()
            let body = draft.body(issuer, key, algorithm: algorithm).der
            try await database.write { transaction in
                try ListIntentStore.insert(
                    digest: DigestAlgorithm.sha256.hash(body), issuer: key.issuer, scope: key.name.scope.stored,
                    number: draft.number, at: now, in: transaction)
            }
            let der = try await process.queue.urgently {
                try await issuer.signList(
                    Linter.permit(
                        list: body, in: issuer.listContext(key.name, longestLifeSeconds: schedule.life)))
            }
            try await process.observer(.listSigned, key.lease)
            let answer = RevocationListAnswer(
                der: der, number: draft.number, thisUpdate: draft.thisUpdate, nextUpdate: draft.nextUpdate)
            let isStored = try await database.write { transaction in
                // Not the lease's time but its owner counts: nobody took it, so nobody gave this number away.
                guard try WorkLease.isHeld(key.lease, owner: owner, in: transaction),
                    try draft.store(answer.der, key, schedule, at: now, in: transaction)
                else { return false }
                try WorkLease.release(key.lease, owner: owner, in: transaction)
                return true
            }
            guard isStored else { return .overtaken }
            process.lists.withLock { $0[key] = answer }
            try await process.observer(.listStored, key.lease)
            return .made(answer)
        } catch let refusal as Refusal {
            // Said no by itself: the next one may try at once. What was killed waits for the lease's end.
            _ = try? await database.write { try WorkLease.release(key.lease, owner: owner, in: $0) }
            throw refusal
        }
    }

    /// Makes every list anew that changed or comes of age, a bounded number of them. Housekeeping calls it.
    ///
    /// A generation that has ended has no more lists, and one that cannot be made keeps no other waiting.
    /// - Parameter isDemanded: whatever changed, however young the stored list is.
    /// - Returns: how many there were.
    /// - Throws: the first failure, after all others had their turn.
    @discardableResult
    package func renewLists(isDemanded: Bool = false, limit: Int = 512) async throws -> Int {
        let policy = try await policies.current().certificates.status
        var made = 0
        var failure: (any Error)?
        let began = surroundings.now().truncatedToSecond
        for issuer in issuers.issuers where issuer.hasSigner && began < issuer.certificate.notAfter {
            for scope in CRLScope.all(shards: issuer.shards) {
                for kind in issuer.role == .root ? [.complete] : CRLKind.allCases where made < limit {
                    try Task.checkCancellation()
                    let key = ListKey(issuer: issuer.generation, name: CRLName(scope, kind))
                    do {
                        if try await renewList(issuer, key, policy, isDemanded: isDemanded) { made += 1 }
                    } catch {
                        failure = failure ?? error
                    }
                }
            }
        }
        if let failure { throw failure }
        return made
    }

    /// Nobody asked for it, but a relying party may come at any time: it is there before.
    private func renewList(
        _ issuer: Issuer, _ key: ListKey, _ policy: CertificatePolicy.Status, isDemanded: Bool
    ) async throws -> Bool {
        let schedule = CRLSchedule(issuer, key.name, policy)
        let now = surroundings.now()
        let state = try await database.read { try CRLState(key, at: now, in: $0) }
        guard schedule.verdict(on: state, at: now, isDemanded: isDemanded, canSign: true) != .serve else {
            return false
        }
        _ = try await crl(issuer: key.issuer, key.name, isDemanded: isDemanded, orStored: false)
        return true
    }
}

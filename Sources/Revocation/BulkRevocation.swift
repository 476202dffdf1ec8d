package import Audit
internal import CertificateProfiles
internal import CertificateRecords
package import Cryptography
package import Groundwork
internal import KeyCustody
package import Officers
package import Storage

package enum BulkRevocationKind: IdentifierKind {
    package static let prefix = "bulk"
}
package typealias BulkRevocationIdentifier = Identifier<BulkRevocationKind>

/// The named steps of a revocation in bulk. Tests stop there; the shipped program shows them.
package enum BulkStep: String, Sendable, CaseIterable {
    /// The frozen list is stored, and nobody ordered it yet.
    case prepared
    /// Two officers' order over that list is spent.
    case ordered
    /// A part of it is revoked.
    case advanced
    case finished
}

/// Is told of each step and of how far the work is. What it throws stops it there as a kill would.
package typealias BulkObserver = @Sendable (BulkStep, BulkProgress) async throws -> Void

/// How far one revocation in bulk is.
package struct BulkProgress: Sendable, Hashable {
    package enum Phase: String, Sendable, CaseIterable { case prepared, running, done }

    package let identifier: BulkRevocationIdentifier
    package let phase: Phase
    package let selection: String
    package let reason: RevocationReason
    package let certificates: Int
    /// How many of them were looked at.
    package let cursor: Int
    package let revoked: Int
    /// Revoked otherwise or expired between the order and their turn.
    package let leftOut: Int
    package let createdAt: Instant
}

/// Revokes many certificates on one order of two officers.
///
/// The list is frozen and stored first; the officers sign its hash; then it is worked through in small transactions,
/// each of which moves the cursor with what it revoked. Killed anywhere it is taken up where it was, by this process or
/// another, once the lease is over: what was revoked is revoked once, and what was not ordered never begins.
package struct BulkRevocation: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let revocations: RevocationService
    /// Names this process's lease.
    let owner: [UInt8]

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, revocations: RevocationService,
        owner: [UInt8]
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.revocations = revocations
        self.owner = owner
    }

    private static let part = 64
    private static let leaseSeconds: Int64 = 60

    /// The dry run: nothing is stored.
    package func plan(_ selection: BulkSelection) async throws -> BulkPlan {
        let now = surroundings.now()
        return try await database.read { try BulkPlan(selection, selection.records(in: $0), at: now) }
    }

    /// What the officers sign: the exact list by its hash, how many, and why.
    package func request(
        _ plan: BulkPlan, because reason: RevocationReason, invalidSince: Instant? = nil, justification: String
    ) -> CanonicalRequest {
        CanonicalRequest(
            .revokeCertificates, subject: Hex.encode(plan.digest),
            parameters: BulkRevocation.parameters(plan, reason, invalidSince), reason: justification, in: surroundings)
    }

    /// What would be refused after the officers had signed is refused before: the dry run asks, and so does the order.
    /// - Throws: `certificate-authority.wrong-reason`, `certificate-authority.invalidity-date`.
    package func check(because reason: RevocationReason, invalidSince: Instant?) throws(Refusal) {
        guard RevocationRule.permits(reason, by: .officers, for: .authentication) else {
            throw Refusal(RevocationRefusal.wrongReason, facts: ["reason": reason.name])
        }
        let now = surroundings.now()
        guard invalidSince.map({ $0 <= now }) ?? true else {
            throw Refusal(RevocationRefusal.invalidityDate)
        }
    }

    private static func parameters(
        _ plan: BulkPlan, _ reason: RevocationReason, _ invalidSince: Instant?
    ) -> [String: CanonicalJSON] {
        var parameters: [String: CanonicalJSON] = [
            "certificates": .integer(Int64(plan.serials.count)), "reason": .integer(Int64(reason.rawValue)),
            "selection": .string(plan.selection),
        ]
        if let invalidSince { parameters["invalidSince"] = .integer(invalidSince.truncatedToSecond.milliseconds) }
        return parameters
    }

    /// Stores the list and spends the order over it; from then on it will be carried out, by whomever.
    package func begin(
        _ plan: BulkPlan, because reason: RevocationReason, invalidSince: Instant? = nil, by order: Authorisation,
        observer: @escaping BulkObserver = { _, _ in }
    ) async throws -> BulkRevocationIdentifier {
        try check(because: reason, invalidSince: invalidSince)
        let parameters = BulkRevocation.parameters(plan, reason, invalidSince)
        try order.require(.revokeCertificates, subject: Hex.encode(plan.digest), parameters: parameters)
        let job = BulkRevocationIdentifier(in: surroundings)
        try await prepare(job, plan, reason, invalidSince)
        try await observer(.prepared, progress(job))
        let (justification, actor) = (order.request.reason, order.actor)
        try await database.write { [audit] transaction in
            // Not the plan in memory but what is stored is what will be carried out: so that is what must be signed
            // for.
            guard try BulkStore.digest(job, in: transaction) == plan.digest else {
                throw Refusal(RevocationRefusal.selectionChanged)
            }
            try order.require(.revokeCertificates, subject: Hex.encode(plan.digest), parameters: parameters)
            try order.spend(in: transaction)
            try BulkStore.start(job, by: actor, justification: justification, in: transaction)
            try audit.record(
                AuditEvent(
                    act: RevocationAct.bulkBegun, actor: actor, subject: job.shown,
                    facts: parameters.merging(["list": .string(Hex.encode(plan.digest))]) { $1 }), in: transaction)
        }
        try await observer(.ordered, progress(job))
        return job
    }

    /// In parts, so that nobody else's write waits for a hundred thousand rows.
    private func prepare(
        _ job: BulkRevocationIdentifier, _ plan: BulkPlan, _ reason: RevocationReason, _ invalidSince: Instant?
    ) async throws {
        let now = surroundings.now()
        try await database.write {
            try BulkStore.insert(job, plan, reason, invalidSince?.truncatedToSecond, at: now, in: $0)
        }
        for start in stride(from: 0, to: plan.serials.count, by: 2000) {
            let part = plan.serials[start..<min(start + 2000, plan.serials.count)]
            try await database.write { try BulkStore.insert(part.map(\.bytes), from: start, into: job, in: $0) }
        }
    }

    /// Works through what is left of it, or through so many parts of it.
    /// - Throws: `bulk-busy` while another process is at it.
    @discardableResult
    package func run(
        _ job: BulkRevocationIdentifier, parts: Int = .max, observer: @escaping BulkObserver = { _, _ in }
    ) async throws -> BulkProgress {
        var done = 0
        while true {
            let now = surroundings.now()
            let progress = try await revocations.queue.urgently {
                try await database.write { try advance(job, at: now, in: $0) }
            }
            if progress.phase == .done {
                try await observer(.finished, progress)
                return progress
            }
            try await observer(.advanced, progress)
            done += 1
            if done >= parts { return progress }
        }
    }

    /// One part: what it revokes and the cursor's new place are stored together.
    private func advance(
        _ job: BulkRevocationIdentifier, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) -> BulkProgress {
        let order = try BulkStore.order(job, in: transaction)
        guard order.progress.phase == .running else {
            guard order.progress.phase == .done else {
                throw Refusal(CertificateRecordsRefusal.authorisationMissing, detail: job.shown)
            }
            return order.progress
        }
        guard
            try WorkLease.take(
                job.shown, owner: owner, at: now, seconds: BulkRevocation.leaseSeconds, in: transaction)
        else { throw Refusal(RevocationRefusal.bulkBusy, detail: job.shown) }
        let items = try BulkStore.items(job, from: order.progress.cursor, limit: BulkRevocation.part, in: transaction)
        var revoked = 0
        for item in items {
            let isRevoked = try revoke(item.serial, order, at: now, in: transaction)
            if isRevoked { revoked += 1 }
            try BulkStore.note(isRevoked ? "revoked" : "left-out", at: item.position, of: job, in: transaction)
        }
        let isDone = order.progress.cursor + items.count >= order.progress.certificates
        try BulkStore.move(job, by: items.count, revoked: revoked, isDone: isDone, at: now, in: transaction)
        let progress = try BulkStore.order(job, in: transaction).progress
        if isDone {
            try WorkLease.release(job.shown, owner: owner, in: transaction)
            try audit.record(
                AuditEvent(
                    act: RevocationAct.bulkDone, actor: order.bulk.actor, subject: job.shown,
                    facts: [
                        "revoked": .integer(Int64(progress.revoked)), "leftOut": .integer(Int64(progress.leftOut)),
                    ]), in: transaction)
        }
        return progress
    }

    /// `false` if it was revoked otherwise, or ended, since it was put on the list.
    private func revoke(
        _ serial: SerialNumber, _ order: BulkStore.Order, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        let record = try CertificateStore.required(serial, in: transaction)
        guard record.state(at: now).after(.revoke) != nil,
            OrderedChange.canRevokeInBulk(record.purpose)
        else { return false }
        // The date that the officers signed may lie outside one certificate's own life, or after its suspension.
        let since = record.revocation?.revokedAt ?? now
        let invalidSince = order.invalidSince.map { min(max($0, record.notBefore), since) }
        try revocations.revoke(
            serial, reason: order.progress.reason, invalidSince: invalidSince, on: .bulk(order.bulk), in: transaction)
        return true
    }

    package func progress(_ job: BulkRevocationIdentifier) async throws -> BulkProgress {
        try await database.read { try BulkStore.order(job, in: $0).progress }
    }

    /// What was ordered and is not done, the oldest first.
    package func unfinished() async throws -> [BulkProgress] {
        try await database.read { try BulkStore.open(in: $0) }.filter { $0.phase == .running }
    }

    /// Takes up what somebody left, and drops lists that nobody ordered for a day. Housekeeping calls it.
    /// - Returns: what this call finished.
    @discardableResult
    package func resume() async throws -> [BulkProgress] {
        var finished: [BulkProgress] = []
        for job in try await unfinished() {
            do {
                // So many in one turn that the other turns of a minute are not kept waiting.
                let progress = try await run(job.identifier, parts: 200)
                if progress.phase == .done { finished.append(progress) }
            } catch let refusal as Refusal where refusal.isBecause(RevocationRefusal.bulkBusy) {
                continue
            }
        }
        let yesterday = surroundings.now().adding(days: -1)
        try await database.write { try BulkStore.sweep(createdBefore: yesterday, in: $0) }
        return finished
    }
}

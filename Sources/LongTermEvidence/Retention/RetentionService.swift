package import Audit
internal import CertificateProfiles
package import CertificateRecords
internal import CertificateStatus
internal import Cryptography
package import Groundwork
package import KeyCustody
package import Officers
package import Storage
package import TimeStamping

/// Lets go of what need not be kept any longer: on two officers' order, at a time that the clock is trusted for, only
/// what an archive of ours holds as it stands now, and never the audit.
package struct RetentionService: Sendable {
    let database: Database
    let audit: AuditLog
    let policies: PolicyStore
    let clock: TrustedClock
    let surroundings: Surroundings
    let issuers: IssuerDirectory

    /// What other rooms keep about a certificate: held against the archive like its record, and gone in the same step.
    private(set) var companions: [CertificateCompanion] = []

    package init(
        database: Database, audit: AuditLog, policies: PolicyStore, clock: TrustedClock,
        surroundings: Surroundings, issuers: IssuerDirectory
    ) {
        self.database = database
        self.audit = audit
        self.policies = policies
        self.clock = clock
        self.surroundings = surroundings
        self.issuers = issuers
    }

    static let batch = 50

    /// The same service, with what other rooms keep about each certificate.
    package func with(_ companions: [CertificateCompanion]) -> RetentionService {
        var service = self
        service.companions = companions
        return service
    }

    /// What of the archive in this folder may go now. It is verified from our own roots, by the policy of our own
    /// signing certificates: what somebody else would trust lets nothing go here.
    /// - Throws: `archive-unproved`, `archive-unreadable`; `archive-other` for an archive that another authority made;
    ///   `clock-untrusted`.
    package func plan(archiveAt path: String) async throws -> RetentionPlan {
        let book = try await policies.current()
        let horizon = book.retention.horizon(at: try await clock.time().now)
        let trust = TimeStampedStatement.Trust(anchors: issuers.anchors, servicePolicy: try book.servicePolicy())
        let archive = try ArchiveReader(path: path, trust: trust).verify()
        guard try await database.read({ try AuditLog.origin(in: $0) }) == archive.manifest.origin else {
            throw Refusal(ArchiveRefusal.archiveOther, facts: ["path": path])
        }
        var serials: [SerialNumber] = []
        var kept: [RetentionPlan.Kept] = []
        for (serial, finding) in try await compare(archive.serials, with: archive, endedBefore: horizon) {
            switch finding {
            case .stays: continue
            case .lacking(let gap): kept.append(RetentionPlan.Kept(serial: serial, gap: gap))
            case .held: serials.append(serial)
            }
        }
        return RetentionPlan(of: archive, serials: serials, kept: kept, horizon: horizon)
    }

    private enum Finding: Sendable {
        /// It is gone, or not old enough.
        case stays
        case lacking(ArchiveGap)
        /// The archive has everything; named by its hash.
        case held([UInt8])
    }

    /// Part by part, and nowhere near a write: for this reads a file or more for each certificate.
    private func compare(
        _ serials: [SerialNumber], with archive: VerifiedArchive, endedBefore horizon: Instant
    ) async throws -> [(SerialNumber, Finding)] {
        var findings: [(SerialNumber, Finding)] = []
        for start in stride(from: 0, to: serials.count, by: RetentionService.batch) {
            let part = serials[start..<min(start + RetentionService.batch, serials.count)]
            findings += try await database.read { [companions] transaction in
                try part.map { serial in
                    guard let stored = try CertificateRecordBundle(serial, companions, in: transaction),
                        stored.record.isPast(horizon)
                    else { return (serial, .stays) }
                    return (serial, try stored.gap(in: archive).map { .lacking($0) } ?? .held(stored.hash))
                }
            }
        }
        return findings
    }

    private static func subject(_ plan: RetentionPlan) -> String { "retention:\(Hex.encode(plan.hash))" }

    /// What two officers sign.
    package func request(toPrune plan: RetentionPlan, justification: String) -> CanonicalRequest {
        CanonicalRequest(
            .pruneRecords, subject: RetentionService.subject(plan),
            parameters: RetentionService.parameters(plan), reason: justification, in: surroundings)
    }

    private static func parameters(_ plan: RetentionPlan) -> [String: CanonicalJSON] {
        [
            "archive": .string(Hex.encode(plan.archive)), "certificates": .integer(Int64(plan.serials.count)),
            "endedBefore": .string(plan.horizon.rfc3339),
        ]
    }

    /// Stores the order: from here on the pruning is decided, and ``carryOut(observer:)`` finishes it. What the archive
    /// holds is compared once more and remembered by its hash; each certificate is held against that in the transaction
    /// in which it goes, so what changes from here on stays.
    /// - Throws: `nothing-to-prune`; `archive-outdated`, if it lacks something of a certificate; `clock-untrusted`.
    package func begin(_ plan: RetentionPlan, by authorisation: Authorisation) async throws {
        guard !plan.serials.isEmpty else {
            throw plan.kept.first.map(RetentionService.outdated) ?? Refusal(ArchiveRefusal.nothingToPrune)
        }
        try authorisation.require(
            .pruneRecords, subject: RetentionService.subject(plan), parameters: RetentionService.parameters(plan))
        let now = try await clock.time().now
        let horizon = min(plan.horizon, try await policies.current().retention.horizon(at: now))
        var held: [(serial: SerialNumber, hash: [UInt8])] = []
        for (serial, finding) in try await compare(plan.serials, with: plan.source, endedBefore: horizon) {
            switch finding {
            case .stays: throw Refusal(CertificateRecordsRefusal.statusBusy, detail: serial.hex)
            case .lacking(let gap): throw RetentionService.outdated(RetentionPlan.Kept(serial: serial, gap: gap))
            case .held(let hash): held.append((serial, hash))
            }
        }
        try await database.write { [audit, held] transaction in
            try authorisation.spend(in: transaction)
            try transaction.execute(
                """
                INSERT INTO archive (hash, produced_at, certificates) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
                """, plan.archive, plan.source.manifest.producedAt, plan.source.manifest.certificates)
            try transaction.execute(
                "INSERT INTO retention_run (plan, archive, officer, begun_at) VALUES ($1, $2, $3, $4)", plan.hash,
                plan.archive, authorisation.actor.stored, now)
            for (serial, hash) in held {
                try transaction.execute(
                    "INSERT INTO pruned_certificate (serial, archive, plan, held) VALUES ($1, $2, $3, $4)",
                    serial.bytes, plan.archive, plan.hash, hash)
            }
            try audit.record(
                AuditEvent(
                    act: LongTermEvidenceAct.pruningOrdered, actor: authorisation.actor,
                    subject: Hex.encode(plan.hash),
                    facts: [
                        "archive": .string(Hex.encode(plan.archive)),
                        "certificates": .integer(Int64(plan.serials.count)),
                    ]), in: transaction)
        }
    }

    private static func outdated(_ kept: RetentionPlan.Kept) -> Refusal {
        Refusal(
            ArchiveRefusal.archiveOutdated,
            facts: ["serial": kept.serial.hex, "gapZh": kept.gap.text.zh, "gapEn": kept.gap.text.en])
    }

    /// Stored OCSP answers that ended long ago.
    /// - Returns: how many went.
    @discardableResult
    package func forgetEndedAnswers(limit: Int = 10_000) async throws -> Int {
        let days = try await policies.current().retention.statusAnswers.daysAfterEnd
        let before = try await clock.time().now.adding(days: -Int64(days))
        return try await database.write { transaction in
            try StatusService.forgetAnswers(endedBefore: before, limit: limit, in: transaction)
        }
    }
}

extension CertificateRecord {
    /// Whether it ended before that moment; the authority's own certificates stay for ever, for what they signed must
    /// remain verifiable.
    func isPast(_ horizon: Instant) -> Bool { notAfter < horizon && !purpose.isAuthoritysOwn }
}

extension PolicyBook {
    /// The policy that our own signing certificates name (CP-CPS, 1.4).
    /// - Throws: `malformed-policy`, where no profile has it.
    func servicePolicy() throws(Refusal) -> OID {
        guard let policy = profiles.values.filter({ $0.purpose == .service }).flatMap(\.policies).min() else {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: "no profile of purpose service")
        }
        return try OID(validating: policy)
    }
}

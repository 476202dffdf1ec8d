package import Audit
internal import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody
package import Storage

/// "Was this certificate valid at 10:00 on that day?": answered from the history, for ever, signed and time-stamped.
///
/// CRLs and OCSP speak of now and forget what ended; this answers for any moment since the first certificate, ours or
/// one whose records we took over.
package struct ValidityService: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let issuers: IssuerDirectory
    let policies: PolicyStore
    /// What another authority's archive told is held against it.
    package let kept: ImportedRecords
    package let evidenceSigner: EvidenceSigner
    /// Where a certificate's history and the audit differ, nothing is said of it.
    package let disputes: DisputedHistories

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, issuers: IssuerDirectory,
        policies: PolicyStore, kept: ImportedRecords, evidenceSigner: EvidenceSigner, disputes: DisputedHistories
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.issuers = issuers
        self.policies = policies
        self.kept = kept
        self.evidenceSigner = evidenceSigner
        self.disputes = disputes
    }

    /// What is asked for.
    package enum Question: Sendable {
        case serial(SerialNumber)
        /// Exactly these bytes: a serial number alone could be another authority's.
        case certificate(Certificate)

        var serial: SerialNumber {
            switch self {
            case .serial(let serial): serial
            case .certificate(let certificate): certificate.serialNumber
            }
        }
    }

    /// The signed answer.
    /// - Throws: for a moment that is to come, or so recent that its acts may still be on their way; and where our own
    ///   records do not reach back.
    package func answer(_ question: Question, at instant: Instant) async throws -> TimeStampedStatement {
        try await evidenceSigner.sign(statement(question, at: instant).body, family: question.family)
    }

    /// A third party's question: signed when nothing of our own waits.
    package func answerPublic(_ question: Question, at instant: Instant) async throws -> TimeStampedStatement {
        try await evidenceSigner.signForPublic(statement(question, at: instant).body, family: question.family)
    }

    /// The same, unsigned.
    package func statement(_ question: Question, at instant: Instant) async throws -> ValidityStatement {
        try issuers.storeStatus.require()
        let now = surroundings.now()
        guard instant <= now else { throw Refusal(LongTermEvidenceRefusal.momentToCome) }
        let settle = try await policies.current().certificates.validity.settleSeconds
        guard instant.adding(seconds: Int64(settle)) <= now else {
            throw Refusal(LongTermEvidenceRefusal.momentTooRecent, facts: ["seconds": String(settle)])
        }
        do {
            let (statement, claims) = try await found(question, at: instant, now)
            try kept.check(claims)
            return statement
        } catch DisputedHistories.Dispute.found(let serial, let what) {
            throw await disputes.raise(serial, what)
        } catch DisputedHistories.Dispute.unanswered(let refusal) {
            throw refusal
        }
    }

    /// With what is still to be held against kept archives: files are not read while the store is.
    private func found(
        _ question: Question, at instant: Instant, _ now: Instant
    ) async throws -> (ValidityStatement, [TakenClaim]) {
        try await database.read { [audit, issuers, disputes] transaction in
            let checkpoint = try ValidityService.newestCheckpoint(audit, in: transaction)
            let found = try ValidityService.records(question, issuers, in: transaction)
            // What an archive told is held against our audit too: it may be about a certificate of our own.
            let above = found?.records.issuers ?? []
            try disputes.check([question.serial] + above.map(\.certificate.serialNumber), in: transaction)
            guard let found else {
                let nothing = ValidityStatement(
                    serial: question.serial, certificate: question.hash, issuer: nil, chain: [], at: instant,
                    finding: ValidityFinding(.unknown), history: [], checkpoint: checkpoint, archive: nil,
                    producedAt: now)
                return (nothing, [])
            }
            let records = found.records
            let finding = records.finding(at: instant)
            if records.archive == nil, finding.verdict != .notYetIssued,
                let begins = try StatusHistory.begins(in: transaction), instant < begins
            {
                throw Refusal(
                    LongTermEvidenceRefusal.beforeRecords, facts: ["since": begins.rfc3339, "shown": begins.shown])
            }
            let statement = ValidityStatement(
                serial: records.serial, certificate: records.certificate?.fingerprint,
                issuer: records.issuers.first.map { "\($0.certificate.subject)" },
                chain: records.issuers.map {
                    ValidityStatement.Link(
                        subject: "\($0.certificate.subject)", sha256: $0.certificate.fingerprint,
                        verdict: $0.verdict(at: instant).verdict)
                }, at: instant, finding: finding, history: records.history, checkpoint: checkpoint,
                archive: records.archive, producedAt: now)
            return (statement, found.claims)
        }
    }

    /// Our own first, then what was imported. A certificate with a number of ours and other bytes is not ours.
    static func records(
        _ question: Question, _ issuers: IssuerDirectory, in transaction: any ReadTransaction
    ) throws(Refusal) -> ImportedCertificates.Found? {
        if let own = try ValidityRecords.own(question.serial, issuers: issuers, in: transaction) {
            let found = ImportedCertificates.Found(records: own, claims: [])
            guard case .certificate(let asked) = question else { return found }
            if own.certificate == asked { return found }
        }
        if let tombstone = try PrunedRecords.find(question.serial, in: transaction) {
            let taken = try ImportedCertificates.records(question, in: transaction)
            if let taken { return taken }
            throw Refusal(
                ArchiveRefusal.recordsArchived, facts: ["archive": Hex.encode(tombstone.archive)])
        }
        return try ImportedCertificates.records(question, in: transaction)
    }

    private static func newestCheckpoint(
        _ audit: AuditLog, in transaction: any ReadTransaction
    ) throws(Refusal) -> ValidityStatement.CheckpointReference? {
        guard let checkpoint = try audit.newestCheckpoint(in: transaction)?.checkpoint else { return nil }
        return ValidityStatement.CheckpointReference(
            origin: checkpoint.origin, number: Int64(checkpoint.number), size: Int64(checkpoint.size),
            sha256: checkpoint.hash)
    }
}

extension ValidityService.Question {
    fileprivate var family: AlgorithmFamily? {
        if case .certificate(let certificate) = self { certificate.publicKey.family } else { nil }
    }

    var hash: [UInt8]? { if case .certificate(let certificate) = self { certificate.fingerprint } else { nil } }
}

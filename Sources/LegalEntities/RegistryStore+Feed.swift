internal import Audit
internal import CreditCodes
internal import Groundwork
internal import Storage

/// How a feed's records come into the store.
extension RegistryStore {
    func begin(
        _ identifier: Identifier<RegistryImportKind>, file: FeedFile, actor: AuditActor,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO registry_import
                (id, feed, digest, begun_at, done_at, lines, added, changed, renamed, unchanged, bad)
            VALUES ($1, $2, $3, $4, NULL, 0, 0, 0, 0, 0, 0)
            """, identifier, file.name, file.digest, surroundings.now())
        try record(
            .importBegun, actor: actor, subject: identifier.shown,
            facts: ["feed": .string(file.name), "digest": .string(Hex.encode(file.digest))], in: transaction)
    }

    func finish(_ report: ImportReport, actor: AuditActor, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            UPDATE registry_import SET done_at = $1, lines = $2, added = $3, changed = $4, renamed = $5,
                unchanged = $6, bad = $7
            WHERE id = $8
            """, surroundings.now(), report.lines, report.added, report.changed, report.renamed, report.unchanged,
            report.bad, report.identifier)
        try record(
            .importDone, actor: actor, subject: report.identifier.shown, facts: report.counts, in: transaction)
    }

    /// The records that are new or say something else than what is stored. A code that a batch names again stays in,
    /// for the later line decides.
    func differing(
        _ records: [RegistryRecord], in transaction: any ReadTransaction
    ) throws(Refusal) -> [RegistryRecord] {
        var differing: [RegistryRecord] = []
        var codes = Set<UnifiedSocialCreditCode>()
        for new in records {
            if !codes.contains(new.code), try record(of: new.code, in: transaction) == new { continue }
            codes.insert(new.code)
            differing.append(new)
        }
        return differing
    }

    /// Stores what is new and what differs; a record that says the same is left alone, byte for byte.
    func put(
        _ records: [RegistryRecord], from identifier: Identifier<RegistryImportKind>, in transaction: any Transaction
    ) throws(Refusal) -> BatchCounts {
        let now = surroundings.now()
        var counts = BatchCounts()
        for new in records {
            guard let old = try record(of: new.code, in: transaction) else {
                try insert(new, from: identifier, at: now, in: transaction)
                counts.added += 1
                continue
            }
            guard old != new else {
                counts.unchanged += 1
                continue
            }
            if old.name != new.name {
                try keepName(old, from: identifier, until: now, in: transaction)
                counts.renamed += 1
            }
            try update(new, from: identifier, at: now, in: transaction)
            counts.changed += 1
        }
        return counts
    }

    private func insert(
        _ record: RegistryRecord, from identifier: Identifier<RegistryImportKind>, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO registry_record
                (uscc, name, entity_type, division, legal_representative, status, changed_at, changed_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, record.code.text, record.name, record.type, record.division, record.legalRepresentative,
            record.status.rawValue, now, identifier)
    }

    private func update(
        _ record: RegistryRecord, from identifier: Identifier<RegistryImportKind>, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            UPDATE registry_record SET name = $2, entity_type = $3, division = $4, legal_representative = $5,
                status = $6, changed_at = $7, changed_by = $8
            WHERE uscc = $1
            """, record.code.text, record.name, record.type, record.division, record.legalRepresentative,
            record.status.rawValue, now, identifier)
    }

    private func keepName(
        _ old: RegistryRecord, from identifier: Identifier<RegistryImportKind>, until now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO registry_former_name (uscc, until, place, name, changed_by)
            SELECT $1, $2, coalesce(max(place), 0) + 1, $3, $4 FROM registry_former_name WHERE uscc = $1
            """, old.code.text, now, old.name, identifier)
    }
}

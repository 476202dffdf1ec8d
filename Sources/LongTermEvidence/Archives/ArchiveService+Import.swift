internal import Audit
internal import Cryptography
internal import Groundwork
package import Officers
internal import Storage

/// The named steps of taking an archive over.
package enum TakeOverStep: Sendable, Hashable {
    case begun
    /// So many files of it are in the folder that will be kept.
    case filesKept(Int)
    case kept
    case recordsStored(Int)
    case done
}

extension ArchiveService {
    private static let batch = 100

    /// What two officers sign to take an archive over.
    package func request(toTakeOver archive: VerifiedArchive, justification: String) -> CanonicalRequest {
        CanonicalRequest(
            .importArchive, subject: ArchiveService.subject(archive),
            parameters: ArchiveService.parameters(archive), reason: justification, in: surroundings)
    }

    private static func parameters(_ archive: VerifiedArchive) -> [String: CanonicalJSON] {
        [
            "origin": .string(archive.manifest.origin),
            "certificates": .integer(Int64(archive.manifest.certificates)),
        ]
    }

    private static func subject(_ archive: VerifiedArchive) -> String { "archive:\(Hex.encode(archive.manifest.hash))" }

    /// Takes the records of an archive over: from the end of it on, questions about their certificates are answered.
    ///
    /// Another authority's archive is kept whole before any of its records counts. Of our own, the records come back
    /// that were pruned, and nothing of what was let go with them.
    ///
    /// Interrupted, the same call goes on and needs no other order; done already, it looks whether the archive is kept,
    /// and does nothing else. Nothing is stored over our own records, and a longer history of the same certificate is
    /// never replaced by a shorter one.
    /// - Returns: how many records it stored or looked at.
    /// - Throws: `archive-own` where it is this authority's and nothing of it was pruned.
    package func takeOver(
        _ archive: VerifiedArchive, keeping kept: ImportedArchives, order: @Sendable () async throws -> Authorisation,
        observer: @Sendable (TakeOverStep) async throws -> Void = { _ in }
    ) async throws -> Int {
        let hash = archive.manifest.hash
        let (progress, isOwn) = try await database.read { transaction in
            (
                try transaction.first("SELECT done_at FROM taken_archive WHERE hash = $1", hash)
                    .map { try $0.optionalInteger("done_at") != nil },
                try AuditLog.origin(in: transaction) == archive.manifest.origin
            )
        }
        if progress == nil {
            if isOwn { try await requirePruned(archive) }
            try await begin(archive, order())
        }
        try await observer(.begun)
        if !isOwn { try await kept.keep(archive) { try await observer(.filesKept($0)) } }
        try await observer(.kept)
        if progress == true { return 0 }
        var count = 0
        for start in stride(from: 0, to: archive.serials.count, by: ArchiveService.batch) {
            var records: [ArchiveRecord] = []
            for serial in archive.serials[start..<min(start + ArchiveService.batch, archive.serials.count)] {
                records.append(try archive.record(serial))
            }
            let these = records
            try await database.write { transaction in
                for record in these {
                    try ImportedCertificates.store(
                        record, origin: archive.manifest.origin, archive: hash, in: transaction)
                }
            }
            count += these.count
            try await observer(.recordsStored(count))
        }
        try await end(archive)
        try await observer(.done)
        return count
    }

    /// Our own archive has something to tell only about what is no longer here.
    private func requirePruned(_ archive: VerifiedArchive) async throws {
        let isPruned = try await database.read { transaction in
            for serial in archive.serials where try PrunedRecords.find(serial, in: transaction) != nil { return true }
            return false
        }
        guard isPruned else { throw Refusal(ArchiveRefusal.archiveOwn) }
    }

    private func begin(_ archive: VerifiedArchive, _ authorisation: Authorisation) async throws {
        try authorisation.require(
            .importArchive, subject: ArchiveService.subject(archive), parameters: ArchiveService.parameters(archive))
        let hash = archive.manifest.hash
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            if try transaction.first("SELECT hash FROM taken_archive WHERE hash = $1", hash) != nil { return }
            try authorisation.spend(in: transaction)
            try transaction.execute(
                """
                INSERT INTO taken_archive (hash, origin, witnessed, certificates, officer, begun_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, hash, archive.manifest.origin, archive.witnessed.json.bytes, archive.manifest.certificates,
                authorisation.actor.stored, now)
            for issuer in archive.issuers {
                try transaction.execute(
                    """
                    INSERT INTO taken_issuer (archive, sha256, der) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
                    """, hash, issuer.fingerprint, issuer.der)
            }
            try audit.record(
                AuditEvent(
                    act: LongTermEvidenceAct.archiveTaken, actor: authorisation.actor, subject: Hex.encode(hash),
                    facts: [
                        "origin": .string(archive.manifest.origin),
                        "certificates": .integer(Int64(archive.manifest.certificates)),
                    ]), in: transaction)
        }
    }

    private func end(_ archive: VerifiedArchive) async throws {
        let hash = archive.manifest.hash
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            guard
                try transaction.execute(
                    "UPDATE taken_archive SET done_at = $2 WHERE hash = $1 AND done_at IS NULL", hash, now) == 1
            else { return }
            try audit.record(
                AuditEvent(
                    act: LongTermEvidenceAct.archiveTakenWhole, actor: .system, subject: Hex.encode(hash)),
                in: transaction)
        }
    }
}

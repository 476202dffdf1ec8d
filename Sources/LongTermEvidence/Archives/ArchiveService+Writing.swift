internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

/// The parts of an archive, each written once: what an interrupted export left is used again if it still says the
/// truth.
extension ArchiveService {
    func writeIssuers(to folder: borrowing ArchiveFolder) async throws {
        for issuer in issuers.issuers {
            try folder.write(issuer.certificate.der, "\(ArchiveLayout.issuers)/\(issuer.generation).cer")
        }
        let keys = services().filter { $0.role == .checkpoints }
        try folder.write(Array(keys.map(\.certificate.pem).joined().utf8), ArchiveLayout.auditKeys)
    }

    /// One certificate: its file, and its record with history, proofs and answer.
    func writeRecord(
        _ serial: SerialNumber, to folder: borrowing ArchiveFolder
    ) async throws -> (record: ArchiveRecord, list: ArchiveContents.List) {
        let audit = audit
        let (stored, proofs) = try await database.read { [companions] transaction in
            guard let stored = try CertificateRecordBundle(serial, companions, in: transaction) else {
                throw Refusal(CertificateRecordsRefusal.unknownCertificate, facts: ["serial": serial.hex])
            }
            var proofs: [ArchiveRecord.Proof] = []
            let events = try AuditedHistory.events(behind: stored.history, of: stored.record, in: transaction)
            for event in events {
                guard let evidence = try audit.evidence(of: event, in: transaction) else {
                    // It happened after the checkpoint: another one, and this record once more.
                    throw Refusal(ArchiveRefusal.archiveFailed, detail: "no checkpoint covers \(event)")
                }
                proofs.append(ArchiveRecord.Proof(evidence))
            }
            return (stored, proofs)
        }
        let (row, history) = (stored.record, stored.history)
        for beside in stored.beside {
            let name = ArchiveLayout.beside(serial, beside.kind)
            // What an interrupted export wrote may be gone since.
            if beside.bytes.isEmpty { folder.remove(name) } else { try folder.write(beside.bytes, name) }
        }
        let list = ArchiveContents.List(issuer: row.issuer, shard: row.shard)
        if let bytes = folder.contents(ArchiveLayout.record(serial)), let there = ArchiveRecord(body: bytes),
            there.history == history, there.particulars == row.particulars,
            folder.contents(ArchiveLayout.certificate(serial)) == row.der
        {
            return (there, list)
        }
        let record = ArchiveRecord(
            serial: serial, der: row.der,
            issuer: try issuers.issuer(generation: row.issuer).certificate.fingerprint,
            particulars: row.particulars, issuedAt: row.issuedAt, history: history, proofs: proofs,
            answer: try await answer(row, history))
        try folder.write(row.der, ArchiveLayout.certificate(serial))
        try folder.write(record.body, ArchiveLayout.record(serial))
        return (record, list)
    }

    /// The long-term answer for the certificate's last second, or, while that is to come, for the present.
    private func answer(_ row: CertificateRecord, _ history: [StatusEvent]) async throws -> CanonicalJSON {
        let settle = try await policies.current().certificates.validity.settleSeconds
        let latest = surroundings.now().adding(seconds: -Int64(settle))
        let answer = try await validity.answer(.certificate(row.certificate()), at: min(row.notAfter, latest))
        guard ValidityStatement(body: answer.body)?.history == history else {
            throw Refusal(ArchiveRefusal.archiveFailed, detail: "\(row.serialNumber) changed meanwhile")
        }
        return answer.json
    }

    /// The current list of each shard; a root whose key is elsewhere gives the one that it has, or none.
    func writeLists(_ shards: Set<ArchiveContents.List>, to folder: borrowing ArchiveFolder) async throws {
        for list in shards {
            do {
                let answer = try await status.crl(
                    issuer: list.issuer, CRLName(.shard(list.shard)), orStored: false)
                try folder.write(answer.der, "\(ArchiveLayout.lists)/\(list.issuer)-\(list.shard).crl")
            } catch let refusal as Refusal where refusal.isBecause(KeyCustodyRefusal.noSigner) {
                continue
            }
        }
    }

    func writeCheckpoints(_ numbers: Set<Int64>, to folder: borrowing ArchiveFolder) async throws {
        let audit = audit
        let lines = try await database.read { transaction in
            try numbers.sorted().flatMap { number -> [UInt8] in
                guard let signed = try audit.checkpoint(number: Int(number), in: transaction) else {
                    throw Refusal(ArchiveRefusal.archiveFailed, detail: "checkpoint \(number)")
                }
                return signed.line + [UInt8(ascii: "\n")]
            }
        }
        try folder.write(lines, ArchiveLayout.checkpoints)
    }

    /// Sums, manifest, signature, time stamp.
    func seal(
        _ scope: ArchiveScope, certificates: Int, folder: borrowing ArchiveFolder, _ observer: Observer
    ) async throws -> ArchiveManifest {
        let now = surroundings.now()
        let family = services().last { $0.role == .statements }?.certificate.publicKey.family ?? .p256
        try folder.write(Array(ArchiveLayout.explanation(family, at: now).utf8), ArchiveLayout.readMe)
        var sums: [UInt8] = []
        for name in try folder.names() where !ArchiveLayout.proofs.contains(name) {
            guard let bytes = folder.contents(name) else {
                throw Refusal(ArchiveRefusal.archiveFailed, detail: name)
            }
            sums += "\(Hex.encode(DigestAlgorithm.sha256.hash(bytes)))  \(name)\n".utf8
        }
        try folder.write(sums, ArchiveLayout.sums)
        try await observer(.sumsWritten)
        let origin = try await database.read { try AuditLog.origin(in: $0) } ?? ""
        let manifest = ArchiveManifest(
            origin: origin, statusBase: addresses.base, scope: scope, certificates: certificates,
            sums: DigestAlgorithm.sha256.hash(sums), producedAt: now)
        let witnessed = try await validity.evidenceSigner.sign(manifest.body)
        for (name, bytes) in ArchiveLayout.seal(witnessed) { try folder.write(bytes, name) }
        try await observer(.manifestWritten)
        return manifest
    }
}

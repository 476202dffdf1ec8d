internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
package import Groundwork
internal import Storage

/// What an archive lacks of a certificate as the store has it now.
package enum ArchiveGap: Hashable, Sendable {
    /// It was sealed while the certificate could still be used: of the time after that it proves nothing.
    case sealedTooEarly
    case certificate
    /// Profile, medium, place and whatever else the store knows of it.
    case particulars
    case history
    /// A line that a room keeps about it, by the companion's kind.
    case beside(String)

    package var text: LocalisedText {
        switch self {
        case .sealedTooEarly:
            LocalisedText(zh: "封存时证书尚未到期", en: "it was sealed before the certificate ended")
        case .certificate: LocalisedText(zh: "证书本身不同", en: "the certificate is another one")
        case .particulars: LocalisedText(zh: "登记事项已变更", en: "what is registered about it is newer")
        case .history: LocalisedText(zh: "状态记录已变更", en: "its status is newer")
        case .beside(let kind):
            LocalisedText(zh: "其他记录已变更（{k}）", en: "other records about it are newer ({k})").filled(with: ["k": kind])
        }
    }
}

/// Everything that the store has about one certificate and that goes with it: read in one transaction, both for what is
/// written into an archive and for what an archive is held against before anything is deleted.
struct CertificateRecordBundle {
    struct Beside {
        let kind: String
        /// One JSON object a line, as the archive's file has them.
        let bytes: [UInt8]
        let goesAlong: Bool
    }

    let record: CertificateRecord
    let history: [StatusEvent]
    let beside: [Beside]

    /// `nil` where there is no such certificate (any more).
    init?(_ serial: SerialNumber, _ companions: [CertificateCompanion], in transaction: any ReadTransaction) throws {
        guard let record = try CertificateStore.certificate(serial, in: transaction) else { return nil }
        self.record = record
        history = try StatusHistory.events(of: serial, in: transaction)
        beside = try companions.map { companion in
            Beside(
                kind: companion.kind,
                bytes: try companion.lines(record, transaction).flatMap { $0.bytes + [UInt8(ascii: "\n")] },
                goesAlong: companion.goesAlong)
        }
    }

    /// The first thing that the archive does not hold as it stands here; `nil` if it holds everything.
    ///
    /// A room's lines may have become fewer since, by a rule of their own: each that is still there must be in the
    /// archive.
    func gap(in archive: VerifiedArchive) throws(Refusal) -> ArchiveGap? {
        let archived = try archive.record(record.serialNumber)
        if archived.der != record.der { return .certificate }
        if archive.sealedAt < record.notAfter { return .sealedTooEarly }
        if archived.particulars != record.particulars || archived.issuedAt != record.issuedAt { return .particulars }
        guard archived.history == history, history.last?.version == record.statusVersion,
            history.last?.state == record.storedState
        else { return .history }
        for beside in beside where !beside.bytes.isEmpty {
            let lines = try archive.lines(beside.kind, about: record.serialNumber)
            let isThere = beside.bytes.split(separator: UInt8(ascii: "\n")).allSatisfy { lines.contains($0) }
            if !isThere { return .beside(beside.kind) }
        }
        return nil
    }

    /// Names what would be deleted: an order is good for exactly this.
    var hash: [UInt8] {
        let along = beside.filter(\.goesAlong).map { ($0.kind, CanonicalJSON.string(digits($0.bytes))) }
        let json: CanonicalJSON = [
            "certificate": .string(digits(record.der)), "version": .integer(record.statusVersion),
            "state": .string(record.storedState.rawValue), "issuedAt": .string(record.issuedAt.rfc3339),
            "particulars": .object(record.particulars), "history": .array(history.map(\.json)),
            "beside": .object(Dictionary(along) { $1 }),
        ]
        return DigestAlgorithm.sha256.hash(json.bytes)
    }

    private func digits(_ bytes: [UInt8]) -> String { Hex.encode(DigestAlgorithm.sha256.hash(bytes)) }
}

extension CertificateRecord {
    /// What the store knows beside the certificate itself.
    var particulars: [String: CanonicalJSON] {
        func text(_ value: String?) -> CanonicalJSON { value.map { .string($0) } ?? .null }
        return [
            "generation": .string(issuer), "profile": .string(profile), "purpose": .string(purpose.rawValue),
            "creditCode": text(creditCode), "medium": medium.map { .string(Hex.encode($0)) } ?? .null,
            "place": slot.map { .integer(Int64($0)) } ?? .null, "model": text(model), "origin": .string(origin),
            "batch": text(batch), "servicePoint": text(servicePoint), "district": text(district),
            "shard": .integer(Int64(shard)), "activateBy": text(activateBy?.rfc3339),
        ]
    }
}

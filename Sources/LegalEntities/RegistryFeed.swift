internal import Audit
internal import CreditCodes
internal import Groundwork
package import Officers
internal import Storage

/// Brings a registry file into the store: streaming, in batches, bad lines reported and good ones imported.
///
/// Importing the same file again changes nothing; an import that was interrupted is finished by importing again. A
/// batch is one transaction. The order is spent when the import begins; begin and end are audited, with the counts.
package struct RegistryFeed: Sendable {
    package static let batchSize = 2000
    /// So many lines at most; a longer file is split by whoever delivers it.
    package static let lineLimit = 20_000_000

    private let store: RegistryStore

    package init(_ store: RegistryStore) { self.store = store }

    /// The order to import this very file: the subject is the registry, the parameters are name and digest.
    package func request(toImport file: FeedFile, reason: String) -> CanonicalRequest {
        CanonicalRequest(
            .importRegistry, subject: "registry", parameters: Self.parameters(file), reason: reason,
            in: store.surroundings)
    }

    private static func parameters(_ file: FeedFile) -> [String: CanonicalJSON] {
        ["feed": .string(file.name), "digest": .string(Hex.encode(file.digest))]
    }

    /// - Throws: before anything is stored, the refusals of the order and `feed-header`; later `feed-unreadable` and
    ///   the store's, with the batches so far imported.
    package func importFile(
        _ file: FeedFile, authorisedBy authorisation: Authorisation,
        progress: @Sendable (ImportReport) -> Void = { _ in }
    ) async throws -> ImportReport {
        try authorisation.require(.importRegistry, subject: "registry", parameters: Self.parameters(file))
        var lines = FeedLines()
        var reader = try file.reader()
        var block = try reader.next()
        // The header is within the first block: a line is far shorter.
        var waiting = lines.take(block ?? [])
        if block == nil || waiting.isEmpty, let last = lines.finish() { waiting.append(last) }
        try Self.checkHeader(waiting.first)
        waiting.removeFirst()

        var report = ImportReport(identifier: Identifier(in: store.surroundings))
        let identifier = report.identifier
        let overridden = try await store.database.write { transaction in
            try authorisation.spend(in: transaction)
            try store.begin(identifier, file: file, actor: authorisation.actor, in: transaction)
            return Dictionary(
                try store.overrides(in: transaction).map { ($0.code.text, $0.code) }, uniquingKeysWith: { $1 })
        }
        var batch: [RegistryRecord] = []
        while true {
            for line in waiting {
                read(line, overridden: overridden, into: &batch, report: &report)
                guard report.lines <= Self.lineLimit else {
                    throw Refusal(LegalEntitiesRefusal.feedUnreadable, detail: "more than \(Self.lineLimit) lines")
                }
                if batch.count == Self.batchSize {
                    report.add(try await write(batch, of: identifier))
                    batch.removeAll(keepingCapacity: true)
                    progress(report)
                }
            }
            guard block != nil else { break }
            block = try reader.next()
            waiting = lines.take(block ?? [])
            if block == nil, let last = lines.finish() { waiting.append(last) }
        }
        if !batch.isEmpty { report.add(try await write(batch, of: identifier)) }
        let final = report
        try await store.database.write { transaction in
            try store.finish(final, actor: authorisation.actor, in: transaction)
        }
        progress(report)
        return report
    }

    private func read(
        _ line: FeedLines.Line, overridden: [String: UnifiedSocialCreditCode], into batch: inout [RegistryRecord],
        report: inout ImportReport
    ) {
        switch line {
        case .tooLong(let number):
            report.lines += 1
            report.note(.tooLong, line: number)
        case .text(let bytes, let number):
            if bytes.isEmpty { return }
            report.lines += 1
            do { batch.append(try RegistryLine.parse(bytes, rules: store.rules, overridden: { overridden[$0] })) } catch
            {
                report.note(error, line: number)
            }
        }
    }

    /// Compares beside the writer and writes only what differs, so that a daily feed, which says mostly what is known,
    /// holds up nobody.
    private func write(
        _ batch: [RegistryRecord], of identifier: Identifier<RegistryImportKind>
    ) async throws -> BatchCounts {
        let differing = try await store.database.read { try store.differing(batch, in: $0) }
        var counts = BatchCounts()
        if !differing.isEmpty {
            counts = try await store.database.write { try store.put(differing, from: identifier, in: $0) }
        }
        counts.unchanged += batch.count - differing.count
        return counts
    }

    /// The header, with or without a byte order mark.
    private static func checkHeader(_ line: FeedLines.Line?) throws(Refusal) {
        guard case .text(var bytes, _) = line else { throw Refusal(LegalEntitiesRefusal.feedHeader) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard bytes.elementsEqual(RegistryLine.header.utf8) else {
            throw Refusal(LegalEntitiesRefusal.feedHeader, detail: "expected \(RegistryLine.header)")
        }
    }
}

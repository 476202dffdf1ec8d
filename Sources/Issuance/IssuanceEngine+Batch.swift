internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// The same order for many certificates at once: one transaction stores all intents, another all certificates, and
/// between them every processor builds, judges, signs and verifies.
extension IssuanceEngine {
    /// Issues a batch. What one draft is refused for concerns that draft alone; what the store refuses concerns all.
    ///
    /// An observer that stops at one of them stops the batch there, as a kill would: recovery closes what was open.
    func run(batch drafts: [Draft]) async throws -> [Result<CertificateRecord, any Error>] {
        var items = drafts.map {
            Item(draft: $0, serial: numbers.draw(for: $0.purpose, among: $0.shards, in: surroundings))
        }
        for item in items { try await observer(.requested, item.serial) }
        items = try await intend(items)
        for item in items where item.isOpen { try await observer(.intended, item.serial) }
        let intended = items
        do {
            // A signer may write its journal before it signs: those that wait together share one write.
            items = try await ConcurrentMap.map(items, waiting: true) { [self] in try await certify($0) }
            items = try await store(items)
            for item in items where item.isIssued { try await announce(.stored, item.serial) }
        } catch let stopped as IssuanceStopped {
            throw stopped.reason
        } catch {
            items = intended.map { $0.failing(error) }
        }
        await close(items.filter(\.needsClosing))
        return items.map(\.result)
    }

    /// One certificate of a batch on its way.
    private struct Item: Sendable {
        enum Progress: Sendable {
            case requested, intended
            case certified(Certificate)
            case issued(CertificateRecord)
            /// The reference had its certificate already.
            case earlier(CertificateRecord)
            /// Before anything was stored.
            case refused(any Error)
            /// After the intent was stored.
            case failed(any Error)
        }

        let draft: Draft
        let serial: SerialNumber
        var progress = Progress.requested

        var isOpen: Bool { if case .intended = progress { true } else { false } }
        var isIssued: Bool { if case .issued = progress { true } else { false } }
        var needsClosing: Bool { if case .failed = progress { true } else { false } }

        func with(_ progress: Progress) -> Item {
            var item = self
            item.progress = progress
            return item
        }

        func failing(_ error: any Error) -> Item { isOpen ? with(.failed(error)) : self }

        var result: Result<CertificateRecord, any Error> {
            switch progress {
            case .issued(let record), .earlier(let record): .success(record)
            case .refused(let error), .failed(let error): .failure(error)
            case .requested, .intended, .certified:
                .failure(Refusal(CertificateRecordsRefusal.intentLost, detail: serial.hex))
            }
        }
    }

    private func intend(_ items: [Item]) async throws -> [Item] {
        let now = surroundings.now()
        return try await database.write { [self] transaction in
            if let first = items.first { try refuseOtherPolicies(first.draft, in: transaction) }
            try requireIssuers(of: items, in: transaction)
            return try items.map { item in
                do {
                    let intent = intent(item.draft, item.serial, at: now)
                    let earlier = try note(intent, item.draft, at: now, in: transaction)
                    return item.with(earlier.map { .earlier($0) } ?? .intended)
                } catch let refusal as Refusal
                    where refusal.isBecause(CertificateRecordsRefusal.keyInUse)
                    || refusal.isBecause(CertificateRecordsRefusal.keyRejected)
                {
                    // Found out before anything of this one was written.
                    return item.with(.refused(refusal))
                }
            }
        }
    }

    private func requireIssuers(of items: [Item], in transaction: any ReadTransaction) throws(Refusal) {
        for issuer in Set(items.map(\.draft.issuer)) { try IssuerStatus.require(issuer, in: transaction) }
    }

    private func certify(_ item: Item) async throws -> Item {
        guard item.isOpen else { return item }
        do {
            return item.with(.certified(try await certify(item.draft, item.serial)))
        } catch let stopped as IssuanceStopped {
            throw stopped
        } catch {
            return item.with(.failed(error))
        }
    }

    private func store(_ items: [Item]) async throws -> [Item] {
        try await database.write { [self] transaction in
            let now = surroundings.now()
            try requireIssuers(of: items, in: transaction)
            return try items.map { item in
                guard case .certified(let certificate) = item.progress else { return item }
                do {
                    return item.with(
                        .issued(try put(certificate, item.draft, item.serial, at: now, in: transaction)))
                } catch let refusal as Refusal where refusal.isBecause(CertificateRecordsRefusal.intentLost) {
                    // Its intent was taken over: that is looked at first, so nothing of it is written.
                    return item.with(.failed(refusal))
                }
            }
        }
    }

    /// Closes what was begun and not finished, at once where the store allows it; otherwise recovery does it later.
    private func close(_ items: [Item]) async {
        guard !items.isEmpty else { return }
        _ = try? await database.write { [self] transaction in
            let now = surroundings.now()
            for item in items {
                guard case .failed(let error) = item.progress else { continue }
                _ = try IntentStore.close(
                    item.serial, because: (error as? Refusal)?.code ?? "failed", at: now, audit: audit,
                    actor: item.draft.actor, in: transaction)
            }
        }
    }
}

internal import CertificateProfiles
package import CertificateRecords
internal import Groundwork
internal import KeyCustody

/// Issuing in bulk: whole districts renew in the same weeks.
extension IssuanceService {
    /// Issues many certificates, two commits for each batch; the answers stand in the order of the requests, each a
    /// certificate or what that request was refused for.
    ///
    /// Every certificate passes the same checks, lint, signature and verification as one that is issued alone, and has
    /// its own intent. Only what a plan orders can be issued so: an officers' order is for one certificate. While one
    /// batch is being stored, the next is being signed; while any is in hand, the public's signatures take one place.
    ///
    /// An interface within this system: no command and no address offers it yet.
    package func issueMany(
        _ requests: [IssuanceRequest], issuer generation: String? = nil, batch size: Int = 200
    ) async throws -> [Result<CertificateRecord, any Error>] {
        let size = max(1, min(size, 1000))
        let batches = stride(from: 0, to: requests.count, by: size).map {
            Array(requests[$0..<min($0 + size, requests.count)])
        }
        return try await withThrowingTaskGroup(of: (Int, [Result<CertificateRecord, any Error>]).self) { group in
            var answers = [[Result<CertificateRecord, any Error>]](repeating: [], count: batches.count)
            for (index, batch) in batches.enumerated() {
                if index >= Self.batchesAtOnce, let (done, results) = try await group.next() { answers[done] = results }
                group.addTask { (index, try await issueBatch(batch, generation)) }
            }
            for try await (done, results) in group { answers[done] = results }
            return answers.flatMap(\.self)
        }
    }

    /// One is proved and signed, one waits for the disk, one is ready for whoever is free first.
    private static let batchesAtOnce = 3

    private func issueBatch(
        _ requests: [IssuanceRequest], _ generation: String?
    ) async throws -> [Result<CertificateRecord, any Error>] {
        do {
            do {
                return try await issueBatchOnce(requests, generation)
            } catch let refusal as Refusal where refusal.isBecause(CertificateRecordsRefusal.statusBusy) {
                // The policies changed between reading them and storing the intents: nothing was stored; once more.
                return try await issueBatchOnce(requests, generation)
            }
        } catch let refusal as Refusal {
            // What the store refuses concerns this batch; others may have been stored already.
            return requests.map { _ in .failure(refusal) }
        }
    }

    private func issueBatchOnce(
        _ requests: [IssuanceRequest], _ generation: String?
    ) async throws -> [Result<CertificateRecord, any Error>] {
        let book = try await policies.current()
        let drafts = try await ConcurrentMap.map(requests) { request -> Result<IssuanceEngine.Draft, any Error> in
            Result {
                guard try book.profile(request.profile).order == .plan else {
                    throw Refusal(CertificateRecordsRefusal.authorisationMissing, detail: "not in bulk")
                }
                return try draft(request, generation, under: book)
            }
        }
        let open = drafts.compactMap { try? $0.get() }
        let ready = try await engine.queue.urgently { try await engine.run(batch: open) }
        var issued = ready.makeIterator()
        return drafts.map { draft in
            switch draft {
            case .failure(let error): .failure(error)
            case .success: issued.next() ?? .failure(Refusal(CertificateRecordsRefusal.intentLost))
            }
        }
    }
}

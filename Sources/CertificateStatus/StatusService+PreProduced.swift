internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

extension StatusService {
    /// Signs ahead what is asked about often: answers that age, whose certificate's status changed, or whose responder
    /// was replaced. Of several processes one does it. Housekeeping calls it.
    /// - Returns: how many answers were signed.
    /// - Throws: the first failure, after all others had their turn.
    @discardableResult
    package func refreshAnswers(limit: Int = 2000) async throws -> Int {
        let policy = try await policies.current().certificates.status
        let now = surroundings.now()
        try await storeAsks()
        let owner = process.owner
        let lease = "ocsp/ahead"
        guard
            try await database.write({
                try WorkLease.take(lease, owner: owner, at: now, seconds: 120, in: $0)
            })
        else { return 0 }
        var signed = 0
        var failure: (any Error)?
        for issuer in issuers.issuing {
            let responders = services.keys(.ocspResponder, issuer: issuer.generation)
            guard let responder = responders.last(where: { $0.certificate.isValid(at: now) }) else { continue }
            let context = ResponderContext(
                issuer: issuer, responder: responder, policy: policy,
                context: process.context(issuer, responder, lifeSeconds: policy.ocspLifeSeconds))
            // An answer is replaced at half its life when it is asked for: a quarter earlier than that nobody waits.
            let aging = now.adding(seconds: -Int64(policy.ocspLifeSeconds) * 3 / 8)
            let left = limit - signed
            let due = try await database.read { transaction in
                try StoredResponse.due(
                    issuer: issuer.generation, responder: responder.certificate.serialNumber,
                    hits: policy.answersAheadFromAsks, agingBefore: aging, limit: left, in: transaction)
            }
            for answer in due {
                // One that cannot be signed keeps no other waiting.
                do { if try await renew(answer.name, answer.der, context) { signed += 1 } } catch {
                    failure = failure ?? error
                }
            }
        }
        try await database.write { try WorkLease.release(lease, owner: owner, in: $0) }
        if let failure { throw failure }
        return signed
    }

    private func renew(_ name: StoredResponse.Name, _ der: [UInt8], _ context: ResponderContext) async throws -> Bool {
        // The stored answer has the CertID in the requester's own form.
        guard let certificate = try OCSPResponse(der: der).basic?.responses.first?.certificate else { return false }
        do {
            try await renew(certificate, context)
        } catch let refusal as Refusal where refusal.retry == .later {
            // The public's own questions fill the line: they come before what nobody asked yet.
            return false
        }
        if name.responder != context.responder.certificate.serialNumber.bytes {
            let hits = context.policy.answersAheadFromAsks
            let new = StoredResponse.Name(certificate, responder: context.responder.certificate.serialNumber)
            try await database.write { transaction in
                try StoredResponse.forgetAsks(of: name, in: transaction)
                try StoredResponse.count(hits, of: new, in: transaction)
            }
        }
        return true
    }

    /// How often answers were given from memory goes to the store, where every process's asks come together.
    private func storeAsks() async throws {
        let hits = try process.cache(database).harvest()
        guard !hits.isEmpty else { return }
        try await database.write { transaction in
            for (name, number) in hits { try StoredResponse.count(number, of: name, in: transaction) }
        }
    }
}

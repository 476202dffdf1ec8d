internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage
internal import Synchronization

extension StatusService {
    /// Answers a question put to the responder of one issuing generation (RFC 6960).
    ///
    /// A stored answer, from memory or from the store, is given only if it carries the certificate's status of this
    /// moment. An answer with a nonce, about several certificates or about one that we never stored is signed for the
    /// asker and never kept; there are only so many of those in a second. Never throws: a question that cannot be
    /// answered gets the RFC's error.
    package func ocsp(_ request: [UInt8], issuer generation: String) async -> OCSPAnswer {
        let (answer, source) = await sourced(request, generation)
        process.responses.add(source.rawValue)
        return answer
    }

    /// Where a response came from, for who counts them.
    private enum Source: String { case memory, store, signed, fresh, error, fault }

    private func sourced(_ request: [UInt8], _ generation: String) async -> (OCSPAnswer, Source) {
        let now = surroundings.now()
        guard replica?.left(at: now) != nil || replica == nil else { return (.error(.tryLater), .error) }
        do {
            // Before what is in memory too: it was read from the same store.
            try issuers.storeStatus.require()
            let (answer, source) = try await answer(request, generation, at: now)
            guard let left = replica?.left(at: now) else { return (answer, source) }
            let bounded = OCSPAnswer(
                der: answer.der, thisUpdate: answer.thisUpdate, nextUpdate: answer.nextUpdate,
                isFresh: answer.isFresh, repeatable: min(answer.repeatable, left))
            return (bounded, source)
        } catch let refusal as Refusal where refusal.retry == .later {
            return (.error(.tryLater), .error)
        } catch {
            // A copy's node may lack the responder's key: the primary can answer.
            return replica == nil ? (.failed(error), .fault) : (.error(.tryLater), .error)
        }
    }

    private func answer(_ der: [UInt8], _ generation: String, at now: Instant) async throws -> (OCSPAnswer, Source) {
        let responder = services.keys(.ocspResponder, issuer: generation).last { $0.certificate.isValid(at: now) }
        let key = ResponseCache.Key(issuer: generation, request: der)
        if let responder, let known = try await remembered(key, responder, at: now) { return (known, .memory) }

        let request: OCSPRequest
        do throws(Refusal) { request = try OCSPRequest(der: der) } catch {
            return (.error(.malformedRequest), .error)
        }
        guard let issuer = issuers.issuers.first(where: { $0.generation == generation }),
            services.all.contains(where: { $0.role == .ocspResponder && $0.issuer == generation })
        else { return (.error(.unauthorized), .error) }
        // Its responder's certificate ran out or is revoked: the next one comes soon, and clients may come again.
        guard let responder else { return (.error(.tryLater), .error) }
        let policy = try await policies.current().certificates.status
        guard !request.certificates.isEmpty, request.certificates.count <= policy.requestsInOneQuestion else {
            return (.error(.malformedRequest), .error)
        }
        let context = ResponderContext(
            issuer: issuer, responder: responder, policy: policy,
            context: process.context(issuer, responder, lifeSeconds: policy.ocspLifeSeconds))
        let single = request.certificates.count == 1 && context.isOurs(request.certificates[0])
        let mayHaveFresh = request.nonce == nil && single || isGivenFresh(policy)
        if single, request.nonce == nil || !mayHaveFresh {
            // What was asked with a nonce or other extras is not found again by its bytes.
            return try await stored(request.certificates[0], ResponseCache.remembers(request) ? key : nil, context)
        }
        guard mayHaveFresh else { return (.error(.tryLater), .error) }
        return try await fresh(request, context)
    }

    /// How many questions are answered from memory.
    package var remembered: Int { (try? process.cache(database).count) ?? 0 }

    private func isGivenFresh(_ policy: CertificatePolicy.Status) -> Bool {
        let (now, most) = (surroundings.monotonicNanoseconds(), policy.freshAnswersPerSecond)
        return process.freshAnswers.withLock { bucket in
            var taken = bucket ?? TokenBucket(burst: most, at: now)
            defer { bucket = taken }
            return taken.take(perSecond: Double(most), burst: most, at: now) == nil
        }
    }

    private func remembered(
        _ key: ResponseCache.Key, _ responder: ServiceKey, at now: Instant
    ) async throws -> OCSPAnswer? {
        let cache = try process.cache(database)
        let serial = responder.certificate.serialNumber.bytes
        for _ in 0..<2 {
            switch cache.find(key, responder: serial, at: now) {
            case .answer(let answer): return answer
            case .nothing: return nil
            case .behind: try await cache.catchUp(database)
            }
        }
        return nil
    }

    /// The stored answer, or a new one that is stored. Many who ask at once cause one signature.
    private func stored(
        _ certificate: OCSPCertID, _ key: ResponseCache.Key?, _ context: ResponderContext
    ) async throws -> (OCSPAnswer, Source) {
        let name = StoredResponse.Name(certificate, responder: context.responder.certificate.serialNumber)
        // The status can change between reading and signing; then what was signed is thrown away.
        for _ in 0..<8 {
            let now = surroundings.now()
            let (fact, found, change) = try await database.read { transaction in
                (
                    try StatusFact(certificate.serialNumber, issuer: context.issuer.generation, in: transaction),
                    try StoredResponse.find(name, in: transaction), try StatusChange.number(in: transaction)
                )
            }
            guard fact.version != nil else { return try await unknown(certificate, context) }
            if let found, found.isGood(for: fact, at: now) {
                return (try remember(found, name, change, key, context), .store)
            }
            if context.responder.signer is AbsentSigner, let found, found.version == fact.version,
                found.thisUpdate <= now, now < found.nextUpdate
            {
                // Past its half, but still true, and nobody here can sign a younger one.
                return (try remember(found, name, change, key, context), .store)
            }
            let made = try await process.signing.run(name) {
                try await sign(certificate, name, fact, change, key, context)
            }
            if let made, let made { return (made, .signed) }
        }
        return (.error(.tryLater), .error)
    }

    /// Signs ahead of a question: what ``refreshAnswers(limit:)`` does for what is asked often.
    func renew(_ certificate: OCSPCertID, _ context: ResponderContext) async throws {
        let name = StoredResponse.Name(certificate, responder: context.responder.certificate.serialNumber)
        let (fact, change) = try await database.read { transaction in
            (
                try StatusFact(certificate.serialNumber, issuer: context.issuer.generation, in: transaction),
                try StatusChange.number(in: transaction)
            )
        }
        guard fact.version != nil else { return }
        _ = try await process.signing.run(name) { try await sign(certificate, name, fact, change, nil, context) }
    }

    /// `nil` if the status changed meanwhile.
    private func sign(
        _ certificate: OCSPCertID, _ name: StoredResponse.Name, _ fact: StatusFact, _ change: Int64,
        _ key: ResponseCache.Key?, _ context: ResponderContext
    ) async throws -> OCSPAnswer? {
        guard let version = fact.version else { return nil }
        let serial = certificate.serialNumber
        try await process.observer(.answerRead, serial.hex)
        let times = context.times(at: surroundings.now())
        let response = fact.response(
            certificate, from: times.from, to: times.to, kept: context.policy.expiredStayDays)
        let der = try await inLine(context) {
            try await context.signed([response], at: times.from, nonce: nil)
        }
        try await process.observer(.answerSigned, serial.hex)
        let made = StoredResponse(version: version, thisUpdate: times.from, nextUpdate: times.to, der: der)
        let generation = context.issuer.generation
        @Sendable func isCurrent(_ transaction: any ReadTransaction) throws(Refusal) -> Bool {
            try StatusFact(serial, issuer: generation, in: transaction) == fact
        }
        var kept: Bool?
        if replica == nil {
            kept = try? await database.write { transaction in
                guard try isCurrent(transaction) else { return false }
                try made.keep(name, in: transaction)
                return true
            }
            try await process.observer(.answerStored, serial.hex)
        }
        // A store that cannot keep the answer (a full disk, a copy) is no reason not to give it, if it is still true.
        let isTrue = if let kept { kept } else { try await database.read { try isCurrent($0) } }
        return isTrue ? try remember(made, name, change, key, context) : nil
    }

    /// - Parameter change: the change counter when the status was read that the answer tells.
    private func remember(
        _ stored: StoredResponse, _ name: StoredResponse.Name, _ change: Int64, _ key: ResponseCache.Key?,
        _ context: ResponderContext
    ) throws(Refusal) -> OCSPAnswer {
        let answer = OCSPAnswer(
            der: stored.der, thisUpdate: stored.thisUpdate, nextUpdate: stored.nextUpdate, isFresh: false,
            repeatable: context.policy.answersRepeatedForSeconds)
        if let key {
            try process.cache(database).keep(
                ResponseCache.Entry(
                    answer: answer, serial: name.serial, row: name, change: change, freshUntil: stored.freshUntil,
                    hits: 1), key)
        }
        return answer
    }

    /// We never stored it: signed for the requester, for it may exist in a moment.
    private func unknown(_ certificate: OCSPCertID, _ context: ResponderContext) async throws -> (OCSPAnswer, Source) {
        guard isGivenFresh(context.policy) else { return (.error(.tryLater), .error) }
        return try await fresh(OCSPRequest(certificates: [certificate], nonce: nil), context)
    }

    private func fresh(_ request: OCSPRequest, _ context: ResponderContext) async throws -> (OCSPAnswer, Source) {
        @Sendable func facts(_ transaction: any ReadTransaction) throws(Refusal) -> [StatusFact] {
            var facts: [StatusFact] = []
            for each in request.certificates {
                facts.append(
                    context.isOurs(each)
                        ? try StatusFact(each.serialNumber, issuer: context.issuer.generation, in: transaction)
                        : .unknown)
            }
            return facts
        }
        for _ in 0..<4 {
            let before = try await database.read { try facts($0) }
            let times = context.times(at: surroundings.now())
            let responses = zip(request.certificates, before).map { certificate, fact in
                fact.response(certificate, from: times.from, to: times.to, kept: context.policy.expiredStayDays)
            }
            let der = try await inLine(context) {
                try await context.signed(responses, at: times.from, nonce: request.nonce)
            }
            guard try await database.read({ try facts($0) }) == before else { continue }
            let answer = OCSPAnswer(
                der: der, thisUpdate: times.from, nextUpdate: times.to, isFresh: true, repeatable: 0)
            return (answer, .fresh)
        }
        return (.error(.tryLater), .error)
    }

    private func inLine(_ context: ResponderContext, _ work: () async throws -> [UInt8]) async throws -> [UInt8] {
        try await process.queue.forPublic(
            context.responder.certificate.keyIdentifier, places: context.policy.publicSignatures.atOnce,
            limit: context.policy.publicSignatures.waiting, work)
    }
}

/// Who answers for whom, under which policy.
struct ResponderContext: Sendable {
    let issuer: Issuer
    let responder: ServiceKey
    let policy: CertificatePolicy.Status
    /// What the rules know about this responder's answers.
    let context: ResponseContext

    func isOurs(_ certificate: OCSPCertID) -> Bool {
        certificate
            == OCSPCertID(
                issuer: issuer.certificate, serialNumber: certificate.serialNumber, digest: certificate.digest)
    }

    /// From when to when: no answer outlives the certificate that it is verified with.
    func times(at now: Instant) -> (from: Instant, to: Instant) {
        let from = now.truncatedToSecond
        return (from, min(from.adding(seconds: Int64(policy.ocspLifeSeconds)), responder.certificate.notAfter))
    }

    /// The one place where an answer is signed.
    func signed(_ responses: [OCSPSingleResponse], at moment: Instant, nonce: [UInt8]?) async throws -> [UInt8] {
        let body = OCSPResponseBody(
            responder: responder.certificate.publicKey, producedAt: moment, responses: responses, nonce: nonce
        ).der
        return try await responder.sign(Linter.permit(answer: body, in: context))
    }
}

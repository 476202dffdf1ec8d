internal import Cryptography
package import Groundwork
internal import Storage

/// An answer of the responder, and how long a cache may keep it.
package struct OCSPAnswer: Sendable, Hashable {
    package let der: [UInt8]
    /// For `Cache-Control: max-age`: never past the answer's own end. `nil`: not to be kept.
    package let thisUpdate: Instant?
    package let nextUpdate: Instant?
    /// Whether it was signed for this request.
    package let isFresh: Bool

    static func error(_ status: OCSPResponse.ErrorStatus) -> OCSPAnswer {
        OCSPAnswer(der: OCSPResponse.error(status), thisUpdate: nil, nextUpdate: nil, isFresh: false)
    }
}

extension StatusService {
    /// Answers a question put to the responder of one issuing generation (RFC 6960).
    ///
    /// A stored answer is given only if it carries the certificate's status version of this moment. An answer with a
    /// nonce, or about several certificates, is signed afresh and never stored. Never throws: a question that cannot
    /// be answered gets the RFC's error.
    package func ocsp(_ request: [UInt8], issuer generation: String) async -> OCSPAnswer {
        let question: OCSPRequest
        do throws(Refusal) { question = try OCSPRequest(der: request) } catch { return .error(.malformedRequest) }
        guard let issuer = issuers.issuers.first(where: { $0.generation == generation }),
            let responder = services.newest(.ocspResponder, issuer: generation)
        else { return .error(.unauthorized) }
        do {
            let policy = try await policies.current().certificates.status
            guard !question.certificates.isEmpty, question.certificates.count <= policy.requestsInOneQuestion else {
                return .error(.malformedRequest)
            }
            // The status can change between reading and signing; then what was signed is thrown away.
            for _ in 0..<4 {
                if let answer = try await answer(question, issuer, responder, life: policy.ocspLifeSeconds) {
                    return answer
                }
            }
            return .error(.tryLater)
        } catch let refusal as Refusal where refusal.retry == .later {
            return .error(.tryLater)
        } catch {
            return .error(.internalError)
        }
    }

    /// `nil` if the status changed meanwhile.
    private func answer(
        _ question: OCSPRequest, _ issuer: Issuer, _ responder: ServiceKey, life: Int
    ) async throws -> OCSPAnswer? {
        let now = surroundings.now()
        let single = question.certificates.count == 1 && question.nonce == nil ? question.certificates[0] : nil
        let responderSerial = responder.certificate.serialNumber
        let isOurs = question.certificates.map {
            $0 == OCSPCertID(issuer: issuer.certificate, serialNumber: $0.serialNumber, digest: $0.digest)
        }
        let (facts, stored) = try await database.read { transaction in
            let facts = try StatusService.facts(question.certificates, isOurs, issuer, in: transaction)
            let stored = try single.flatMap {
                try StoredAnswer.find($0, responder: responderSerial, in: transaction)
            }
            return (facts, stored)
        }
        // Half-way through its life a stored answer is replaced, so that caches never hold one that is about to end.
        if let stored, stored.version == facts[0].version, stored.thisUpdate <= now,
            now < stored.thisUpdate.adding(seconds: Int64(life / 2)), now < stored.nextUpdate
        {
            return OCSPAnswer(
                der: stored.der, thisUpdate: stored.thisUpdate, nextUpdate: stored.nextUpdate, isFresh: false)
        }

        let thisUpdate = now.truncatedToSecond
        let nextUpdate = thisUpdate.adding(seconds: Int64(life))
        let responses = zip(question.certificates, facts).map { certificate, fact in
            OCSPSingleResponse(
                certificate: certificate, status: fact.ocsp, thisUpdate: thisUpdate, nextUpdate: nextUpdate)
        }
        let der = try await OCSPResponseBody(
            responder: responder.certificate.publicKey, producedAt: thisUpdate, responses: responses,
            nonce: question.nonce
        ).signed(by: responder.signer, certificates: [responder.certificate])
        let answer = OCSPAnswer(der: der, thisUpdate: thisUpdate, nextUpdate: nextUpdate, isFresh: true)

        if let single, let version = facts[0].version, isOurs[0] {
            let kept = try? await database.write { transaction in
                guard try StatusFact(single.serialNumber, issuer: issuer.generation, in: transaction) == facts[0] else {
                    return false
                }
                try StoredAnswer.keep(
                    single, responder: responderSerial, version: version, answer: answer, in: transaction)
                return true
            }
            // A store that cannot keep the answer (a full disk) is no reason not to give it, if it is still true.
            if let kept { return kept ? answer : nil }
        }
        let after = try await database.read {
            try StatusService.facts(question.certificates, isOurs, issuer, in: $0)
        }
        return after == facts ? answer : nil
    }

    private static func facts(
        _ certificates: [OCSPCertID], _ isOurs: [Bool], _ issuer: Issuer, in transaction: any ReadTransaction
    ) throws(Refusal) -> [StatusFact] {
        var facts: [StatusFact] = []
        for (certificate, isOurs) in zip(certificates, isOurs) {
            facts.append(
                isOurs
                    ? try StatusFact(certificate.serialNumber, issuer: issuer.generation, in: transaction) : .unknown)
        }
        return facts
    }
}

/// A kept answer about one certificate, in the form of one kind of CertID.
private struct StoredAnswer: Sendable {
    let version: Int64
    let thisUpdate: Instant
    let nextUpdate: Instant
    let der: [UInt8]

    /// The answer repeats the question's CertID byte for byte, so its form is part of the key.
    private static func form(_ certificate: OCSPCertID) -> String {
        "\(certificate.digest.rawValue)-\(certificate.der.count)"
    }

    static func find(
        _ certificate: OCSPCertID, responder: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> StoredAnswer? {
        guard
            let row = try transaction.first(
                """
                SELECT status_version, this_update, next_update, der FROM ocsp_answer
                WHERE serial = $1 AND digest = $2 AND responder = $3
                """, certificate.serialNumber.bytes, form(certificate), responder.bytes)
        else { return nil }
        return StoredAnswer(
            version: try row.integer("status_version"), thisUpdate: try row.instant("this_update"),
            nextUpdate: try row.instant("next_update"), der: try row.blob("der"))
    }

    static func keep(
        _ certificate: OCSPCertID, responder: SerialNumber, version: Int64, answer: OCSPAnswer,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO ocsp_answer (serial, digest, responder, status_version, this_update, next_update, der)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (serial, digest, responder) DO UPDATE SET status_version = excluded.status_version,
                this_update = excluded.this_update, next_update = excluded.next_update, der = excluded.der
            """, certificate.serialNumber.bytes, form(certificate), responder.bytes, version, answer.thisUpdate,
            answer.nextUpdate, answer.der)
    }
}

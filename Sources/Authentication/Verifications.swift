import AgentProtocol
package import Audit
package import Cryptography
package import Groundwork
package import LegalEntities
package import Storage

/// Decides logins. The checks come in one fixed order, the cheap ones first and nothing of the answer believed before:
/// sizes; the challenge (there, its session, unspent, unexpired, client, origin, statement); the certificate (parses,
/// chains to our anchors, says authentication); its record (purpose, activation, status now); the signature.
///
/// The challenge is spent in the transaction that stores the result, and the certificate's record is read again in that
/// transaction: of two answers to one challenge exactly one can succeed, and none after a revocation was committed.
package struct Verifications: Sendable {
    /// The entity behind a code: its subject and its name in the registry now.
    package typealias EntityLookup =
        @Sendable (_ uscc: String, any Transaction) throws -> (subject: SubjectIdentifier, name: String)?

    private let database: Database
    private let inForce: @Sendable () -> LoginPolicy
    private var policy: LoginPolicy { inForce() }
    private let audit: AuditLog
    private let certificates: CertificateKnowledge
    private let entity: EntityLookup
    /// The certificates of the keys that sign statements: evidence carries the one behind its statement.
    private let serviceCertificates: @Sendable () -> [Certificate]
    private let surroundings: Surroundings

    package init(
        database: Database, policy: LoginPolicy, audit: AuditLog, certificates: CertificateKnowledge,
        entity: @escaping EntityLookup, serviceCertificate: Certificate, surroundings: Surroundings
    ) {
        self.init(
            database: database, policyInForce: { policy }, audit: audit, certificates: certificates, entity: entity,
            surroundings: surroundings
        ) { [serviceCertificate] }
    }

    /// The same with keys that are exchanged while the service runs: those that may sign now.
    package init(
        database: Database, policyInForce: @escaping @Sendable () -> LoginPolicy, audit: AuditLog,
        certificates: CertificateKnowledge,
        entity: @escaping EntityLookup, surroundings: Surroundings,
        serviceCertificates: @escaping @Sendable () -> [Certificate]
    ) {
        self.database = database
        self.inForce = policyInForce
        self.audit = audit
        self.certificates = certificates
        self.entity = entity
        self.serviceCertificates = serviceCertificates
        self.surroundings = surroundings
    }

    /// Decides one answer.
    /// - Throws: one of this room's refusals; each way of being wrong has its own.
    package func verify(_ answer: LoginAnswer, session: SessionToken) async throws -> (login: Login, evidence: Evidence)
    {
        try answer.check(policy.limits)
        let stored = try await database.read { try ChallengeStore().challenge(answer.challenge, in: $0) }
        guard let challenge = stored else { throw Refusal(AuthenticationRefusal.challengeUnknown) }
        // Another session's answer changes nothing: a third party cannot take a challenge from its owner.
        guard challenge.sessionHash == session.hash else { throw Refusal(AuthenticationRefusal.otherSession) }
        let draft: LoginDraft
        do {
            draft = try await examine(answer, challenge)
            return try await store(draft)
        } catch let refusal as Refusal where refusal.code.hasPrefix(AuthenticationRefusal.room + ".") {
            try await note(refusal, of: answer)
            throw refusal
        }
    }

    /// The same for what came over HTTP.
    package func verify(_ request: VerificationRequest, session: SessionToken) async throws -> VerificationAnswer {
        VerificationAnswer(try await verify(LoginAnswer(request), session: session).login)
    }

    private func examine(_ answer: LoginAnswer, _ challenge: StoredChallenge) async throws -> LoginDraft {
        let now = surroundings.now()
        try LoginChecks.challenge(challenge, answers: answer, at: now)
        let intermediates = try await certificates.intermediates()
        let certificate = try LoginChecks.certificate(
            answer.certificate, intermediates: intermediates, anchors: try await certificates.anchors(), at: now)
        let certificateStatus = try await database.read { (transaction) throws -> LoginCertificateStatus in
            try self.certificateStatus(of: certificate, in: transaction)
        }
        if let refusal = certificateStatus.refusal { throw refusal }
        try LoginChecks.signature(of: answer, by: certificate)
        let serviceCertificate = try serviceCertificate(behind: answer.statement)
        return LoginDraft(
            answer: answer, serviceSignature: challenge.serviceSignature, serviceCertificate: serviceCertificate,
            certificate: certificate,
            chain: intermediates.filter { $0.subject == certificate.issuer || $0.subject == serviceCertificate.issuer },
            statusAnswer: try await statusAnswer(certificate, intermediates))
    }

    /// A statement whose key signs no more (exchanged because it was revoked) is as good as one that ran out.
    private func serviceCertificate(behind statement: [UInt8]) throws(Refusal) -> Certificate {
        let key = try LoginStatement(bytes: statement).serviceKey
        guard
            let certificate = serviceCertificates().last(where: { Hex.encode($0.publicKey.keyIdentifier) == key })
        else { throw Refusal(AuthenticationRefusal.challengeExpired, detail: "its service key \(key) signs no more") }
        return certificate
    }

    /// Fails closed: whatever goes wrong here, nobody is logged in.
    private func statusAnswer(_ certificate: Certificate, _ issuers: [Certificate]) async throws -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try await certificates.statusAnswer(certificate) } catch {
            throw Refusal(AuthenticationRefusal.statusUnavailable, detail: "\(error)")
        }
        try StatusAnswer.check(bytes, about: certificate, issuers: issuers, at: surroundings.now())
        return bytes
    }

    private func certificateStatus(
        of certificate: Certificate, in transaction: any ReadTransaction
    ) throws -> LoginCertificateStatus {
        let found: LoginCertificateStatus?
        do { found = try certificates.certificateStatus(certificate.serialNumber, transaction) } catch {
            throw Refusal(AuthenticationRefusal.statusUnavailable, detail: "\(error)")
        }
        // A certificate under our name that we have no record of is as foreign as any other.
        guard let found, found.certificate == certificate.der else {
            throw Refusal(AuthenticationRefusal.foreignCertificate, detail: "no such record")
        }
        return found
    }

    /// Spends the challenge and stores login, evidence and audit event, all or nothing.
    private func store(_ draft: LoginDraft) async throws -> (login: Login, evidence: Evidence) {
        try await database.write { transaction in
            let now = surroundings.now()
            let answer = draft.answer
            guard let challenge = try ChallengeStore().challenge(answer.challenge, in: transaction) else {
                throw Refusal(AuthenticationRefusal.challengeUnknown)
            }
            try LoginChecks.challenge(challenge, answers: answer, at: now)
            let certificateStatus = try certificateStatus(of: draft.certificate, in: transaction)
            if let refusal = certificateStatus.refusal { throw refusal }
            guard try ChallengeStore().spend(answer.challenge, outcome: "done", at: now, in: transaction) else {
                throw Refusal(AuthenticationRefusal.challengeSpent)
            }
            guard let uscc = certificateStatus.uscc, let entity = try entity(uscc, transaction) else {
                throw Refusal(AuthenticationRefusal.entityUnknown, facts: ["uscc": certificateStatus.uscc ?? ""])
            }
            let holder = try LoginStore().holder(
                certificateStatus.medium
                    ?? Array(DigestAlgorithm.sha256.hash(draft.certificate.publicKey.spki).prefix(16)),
                surroundings, in: transaction)
            let login = Login(
                id: LoginIdentifier(in: surroundings), client: answer.client, subject: entity.subject, uscc: uscc,
                name: entity.name, holder: holder, acr: policy.acr, amr: Login.methods,
                certificateSerial: draft.certificate.serialNumber, at: now)
            let event = try audit.record(
                AuditEvent(
                    act: AuthenticationAct.loggedIn, actor: actor(certificateStatus), subject: login.id.shown,
                    facts: draft.facts(of: login)), in: transaction)
            let evidence = Evidence(draft, login: login, service: draft.serviceCertificate, event: event)
            try LoginStore().insert(login, answer.challenge, event: event, evidence: evidence.bytes, in: transaction)
            return (login, evidence)
        }
    }

    private func actor(_ certificateStatus: LoginCertificateStatus) -> AuditActor {
        certificateStatus.medium.map { .holder(Hex.encode($0)) } ?? .public
    }

    /// Spends the challenge with the reason, and audits the refusal where this answer spent it and the certificate's
    /// key signed it: what anybody can send without a key leaves nothing behind. If the store cannot do that, its own
    /// refusal comes back: the challenge then stays what it was and nobody is logged in.
    private func note(_ refusal: Refusal, of answer: LoginAnswer) async throws {
        let facts: [String: CanonicalJSON] = [
            "challenge": .string(answer.challenge.shown), "client": .string(answer.client.text),
            "origin": .string(answer.origin.text), "reason": .string(refusal.code),
            "certificate_sha256": .string(Hex.encode(DigestAlgorithm.sha256.hash(answer.certificate))),
        ]
        try await database.write { transaction in
            let isSpent = try ChallengeStore().spend(
                answer.challenge, outcome: refusal.code, at: surroundings.now(), in: transaction)
            guard isSpent, try isSigned(answer, in: transaction) else { return }
            _ = try audit.record(
                AuditEvent(
                    act: AuthenticationAct.loginRefused, actor: .public, subject: answer.challenge.shown, facts: facts),
                in: transaction)
        }
    }

    /// Whether the answer was signed by the key of a certificate that this authority issued, whatever became of that.
    private func isSigned(_ answer: LoginAnswer, in transaction: any ReadTransaction) throws -> Bool {
        let certificate: Certificate
        do throws(Refusal) { certificate = try Certificate(der: answer.certificate) } catch { return false }
        guard try certificates.certificateStatus(certificate.serialNumber, transaction)?.certificate == certificate.der
        else { return false }
        do throws(Refusal) { try LoginChecks.signature(of: answer, by: certificate) } catch { return false }
        return true
    }
}

/// An answer that passed every check that needs no writing.
struct LoginDraft: Sendable {
    var answer: LoginAnswer
    var serviceSignature: [UInt8]
    var serviceCertificate: Certificate
    var certificate: Certificate
    var chain: [Certificate]
    var statusAnswer: [UInt8]

    /// What the audit says of a login: enough to tie the evidence to it, nothing personal.
    func facts(of login: Login) -> [String: CanonicalJSON] {
        [
            "client": .string(login.client.text), "origin": .string(answer.origin.text),
            "sub": .string(login.subject.text), "uscc": .string(login.uscc),
            "certificate_serial": .string(login.certificateSerial.hex), "acr": .string(login.acr),
            "certificate_sha256": .string(Hex.encode(DigestAlgorithm.sha256.hash(answer.certificate))),
            "statement_sha256": .string(Hex.encode(DigestAlgorithm.sha256.hash(answer.statement))),
            "signature_sha256": .string(Hex.encode(DigestAlgorithm.sha256.hash(answer.signature))),
        ]
    }
}

import AgentProtocol
import Authentication
import CertificateRecords
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import KeyCustody

extension Room {
    func measureStatus(seconds: Double, _ speed: OpenSSLSpeed, into table: Table) async throws {
        let issuer = try authority.issuers.issuer(generation: nil, family: family)
        let status = authority.status
        let about = OCSPCertID(issuer: issuer.certificate, serialNumber: certificate.serialNumber)
        for (nonce, what) in [(surroundings.randomBytes(16), "OCSP: signed"), (nil, "OCSP: stored")] {
            let question = OCSPRequest(certificates: [about], nonce: nonce).der
            _ = await status.ocsp(question, issuer: issuer.generation)
            let isFresh = nonce != nil
            let answered = try await rate(seconds: seconds) {
                let answer = await status.ocsp(question, issuer: issuer.generation)
                guard answer.nextUpdate != nil, answer.isFresh == isFresh else { throw Unanswered() }
            }
            table.add(
                family, what, answered.perSecond, .sign, speed,
                note: isFresh ? "with a nonce; status read before and after" : "version compared in the store")
        }
    }

    func measureLogin(count: Int, _ speed: OpenSSLSpeed, into table: Table) async throws {
        let service = try authority.service(.statements)
        let policy = try LoginPolicy(yaml: await authority.policies.text("Policies/login.yaml") ?? "")
        let challenges = Challenges(
            database: database, policy: policy, signer: service.signer, surroundings: surroundings)
        let verifications = Verifications(
            database: database, policy: policy, audit: audit, certificates: CertificateKnowledge(authority),
            entity: Verifications.entities(in: registry), serviceCertificate: service.certificate,
            surroundings: surroundings)
        var answers: [(LoginAnswer, SessionToken)] = []
        for _ in 0...count {
            let issued = try await challenges.create(
                client: ClientIdentifier(Room.client), origin: WebOrigin(Room.page))
            let message = LoginStatement.signedBytes(
                origin: Room.page, statementBytes: issued.statement.bytes, certificate: certificate.der,
                family: family)
            answers.append(
                (
                    LoginAnswer(
                        challenge: issued.id, client: try ClientIdentifier(Room.client),
                        origin: try WebOrigin(Room.page), statement: issued.statement.bytes,
                        signature: try key.sign(message), certificate: certificate.der), issued.session
                ))
        }
        _ = try await verifications.verify(answers[0].0, session: answers[0].1)
        let before = try await rows()
        let start = surroundings.monotonicNanoseconds()
        for (answer, session) in answers.dropFirst() { _ = try await verifications.verify(answer, session: session) }
        let perSecond = Double(count) / (Double(surroundings.monotonicNanoseconds() - start) / 1e9)
        let rows = Double(try await rows() - before) / Double(count)
        table.add(
            family, "login: verification", perSecond, .verify, speed,
            note: "chain, signature, status answer; \((rows * 10).rounded() / 10) rows, 1 commit each")
    }

    struct Unanswered: Error {}
}

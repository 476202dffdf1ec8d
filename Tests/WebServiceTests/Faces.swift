import Audit
import Authentication
import CertificateAuthority
import Cryptography
import Foundation
import Groundwork
import LegalEntities
import Logging
import Storage
import Synchronization
import WebService

extension WebHouse {
    /// A face wired to the rooms as the shipped service does it.
    func server(_ face: Face, _ counts: RequestCounts, _ logger: Logger) throws -> FaceServer {
        let login = try loginAnswers()
        return FaceServer(
            face, at: ListenAddress(host: "127.0.0.1", port: 0), logger: logger, counts: counts,
            isReady: { [self] in
                if isBroken.withLock({ $0 }) {
                    throw Refusal(StorageRefusal.busy, detail: "the secret place /var/lib/somewhere")
                }
                return ["keys: ok"]
            }
        ) { router in
            switch face {
            case .status: StatusFace.add(statusAnswers, to: router)
            case .login: LoginFace.add(login, to: router)
            case .public:
                PublicFace.add(home, validityAnswers, to: router)
                AuditFace.add(publication, to: router)
            case .staff: StaffFace.add(counts, to: router)
            }
        }
    }

    private var statusAnswers: StatusAnswers {
        let authority = authority
        @Sendable func knows(_ generation: String) -> Bool {
            authority.issuers.issuers.contains { $0.generation == generation }
        }
        @Sendable func seconds(until end: Instant) -> Int {
            max(0, min(60, Int(end.seconds - Surroundings.real.now().seconds)))
        }
        return StatusAnswers(
            ocsp: { request, issuer in
                guard knows(issuer) else { return nil }
                let answer = await authority.status.ocsp(request, issuer: issuer)
                return StatusAnswers.OCSPAnswer(
                    response: answer.der, maxAge: answer.maxAge(at: Surroundings.real.now()),
                    lastModified: answer.thisUpdate,
                    tag: answer.tag)
            },
            certificateList: { issuer, text in
                guard knows(issuer), let name = ListName(text) else { return nil }
                do {
                    let list = try await authority.status.crl(issuer: issuer, name)
                    return StatusAnswers.CachedAnswer(
                        bytes: list.der, maxAge: seconds(until: list.nextUpdate), lastModified: list.thisUpdate,
                        tag: list.tag)
                } catch let refusal as Refusal where refusal.isBecause(CertificateAuthorityRefusal.unknownShard) {
                    return nil
                }
            },
            issuerCertificate: { knows($0) ? try authority.status.issuerCertificate($0) : nil },
            now: { Surroundings.real.now() },
            timeStamp: { try await authority.timeStamps.respondToPublic($0) },
            timeStampLimit: LimitedService(
                rates: RequestRates(monotonicNanoseconds: Surroundings.real.monotonicNanoseconds),
                rate: { try await authority.policies.current().certificates.timeStamps.public }))
    }

    private var validityAnswers: ValidityAnswers {
        let authority = authority
        return ValidityAnswers(
            answer: { try await authority.validity.answerPublic($0, at: $1) },
            limit: LimitedService(
                rates: RequestRates(monotonicNanoseconds: Surroundings.real.monotonicNanoseconds),
                rate: { try await authority.policies.current().certificates.validity.public }))
    }

    private func loginAnswers() throws -> LoginAnswers {
        let policy = try LoginPolicy(
            yaml: String(contentsOf: Self.root.appending(path: "Policies/login.yaml"), encoding: .utf8))
        let service = try authority.service(.statements)
        let challenges = Challenges(
            database: database, policy: policy, signer: service.signer, surroundings: .real)
        let verifications = Verifications(
            database: database, policy: policy, audit: audit, certificates: CertificateKnowledge(authority),
            entity: Verifications.entities(in: registry), serviceCertificate: service.certificate,
            surroundings: .real)
        return LoginAnswers(
            isSecure: isSecure,
            challenge: { try await challenges.create($0, session: $1) },
            verification: { request, session in
                guard let session else { throw Refusal(AuthenticationRefusal.otherSession) }
                return try await verifications.verify(request, session: session)
            })
    }

    private var publication: AuditPublication {
        let authority = authority
        return AuditPublication(database: database) {
            try authority.service(.checkpoints).certificate.publicKey.pem
        }
    }

    /// A first page with a name that wants to be more than text.
    private var home: HomePage {
        HomePage(
            bases: BaseAddresses(
                status: "http://status.example", login: "https://login.example", public: "https://public.example",
                staff: "https://staff.example"),
            issuers: authority.issuers.issuers.map {
                HomePage.IssuerLine(
                    generation: $0.generation, name: "<script>alert('\($0.generation)')</script> & \"Söhne\"",
                    algorithm: "P-256", notAfter: $0.certificate.notAfter, hasResponder: $0.role == .issuing)
            }, isEvaluation: true)
    }
}

import Authentication
import CertificateAuthority
import Cryptography
import Groundwork
import Logging
import Storage
import WebService

/// The four faces of the service with the rooms behind them.
struct WebFaces {
    let open: OpenAuthority
    let watch: AuditWatch
    let logger: Logger
    let counts = RequestCounts()

    func server(_ face: Face) -> FaceServer {
        let database = open.database
        let custody = open.custody
        return FaceServer(
            face, at: open.configuration.listen[face], logger: logger, counts: counts,
            isReady: { [watch] in
                _ = try await database.read { try $0.first("SELECT 1 AS one") }
                // What an operator must look at is told on the inside network alone.
                let alarms = face == .staff ? watch.alarms.map { "alarm \($0.code): \($0.message.en)" } : []
                // What is stored is still answered without the keys; a login statement is signed for each login.
                guard let failure = custody.report.failure else { return ["keys: ok"] + alarms }
                guard face != .login else { throw failure }
                return ["keys: \(failure.code)"] + alarms
            }
        ) { router in
            switch face {
            case .status: StatusFace.add(statusAnswers, to: router)
            case .login: LoginFace.add(loginAnswers, to: router)
            case .public:
                PublicFace.add(home, validityAnswers, to: router)
                AuditFace.add(open.auditPublication, to: router)
            case .staff: StaffFace.add(counts, more: { exposition(custody.report) }, to: router)
            }
        }
    }

    private func exposition(_ report: CustodyReport) -> String {
        """
        # HELP yzt_keys_available Whether the place of the authority's keys works (1) or failed (0).
        # TYPE yzt_keys_available gauge
        yzt_keys_available \(report.failure == nil ? 1 : 0)
        # HELP yzt_keys_refused_total What was refused because the keys' place failed, since the service started.
        # TYPE yzt_keys_refused_total counter
        yzt_keys_refused_total \(report.refused)

        """
    }

    private var statusAnswers: StatusAnswers {
        let authority = open.authority
        let now = open.surroundings.now
        // A list may be repeated for a minute at the most, as an answer may: what was revoked is seen by then.
        @Sendable func seconds(until end: Instant) -> Int { max(0, min(60, Int(end.seconds - now().seconds))) }
        return StatusAnswers(
            ocsp: { request, issuer in
                guard await authority.knows(generation: issuer) else { return nil }
                let answer = await authority.status.ocsp(request, issuer: issuer)
                return StatusAnswers.OCSPAnswer(
                    response: answer.der, maxAge: answer.maxAge(at: now()), lastModified: answer.thisUpdate,
                    tag: answer.tag)
            },
            certificateList: { issuer, text in
                guard await authority.knows(generation: issuer), let name = ListName(text) else { return nil }
                do {
                    let list = try await authority.status.crl(issuer: issuer, name)
                    return StatusAnswers.CachedAnswer(
                        bytes: list.der, maxAge: seconds(until: list.nextUpdate), lastModified: list.thisUpdate,
                        tag: list.tag)
                } catch let refusal as Refusal where refusal.isBecause(CertificateAuthorityRefusal.unknownShard) {
                    return nil
                }
            },
            issuerCertificate: { issuer in
                await authority.knows(generation: issuer) ? try authority.status.issuerCertificate(issuer) : nil
            },
            now: now,
            timeStamp: { request in try await authority.timeStamps.respondToPublic(request) },
            timeStampLimit: limit { $0.timeStamps.public })
    }

    /// A limit for strangers as the policy in force has it.
    private func limit(
        _ rate: @escaping @Sendable (CertificatePolicy) -> CertificatePolicy.PublicRate
    ) -> LimitedService {
        let policies = open.authority.policies
        return LimitedService(
            rates: RequestRates(monotonicNanoseconds: open.surroundings.monotonicNanoseconds),
            rate: { rate(try await policies.current().certificates) })
    }

    private var validityAnswers: ValidityAnswers {
        let desk = open.authority.validity
        return ValidityAnswers(
            answer: { question, instant in try await desk.answerPublic(question, at: instant) },
            limit: limit { $0.validity.public })
    }

    private var loginAnswers: LoginAnswers {
        let challenges = open.challenges
        let verifications = open.verifications
        return LoginAnswers(
            isSecure: open.configuration.addresses.login.hasPrefix("https://"),
            challenge: { request, session in try await challenges.create(request, session: session) },
            verification: { request, session in
                guard let session else { throw Refusal(AuthenticationRefusal.otherSession) }
                return try await verifications.verify(request, session: session)
            })
    }

    private var home: HomePage {
        HomePage(
            bases: open.configuration.addresses,
            issuers: open.authority.issuers.issuers.map { issuer in
                HomePage.IssuerLine(
                    generation: issuer.generation, name: issuer.certificate.subject.commonName ?? issuer.generation,
                    algorithm: issuer.family.map(Self.name(of:)) ?? "?", notAfter: issuer.certificate.notAfter,
                    hasResponder: issuer.role == .issuing)
            }, isEvaluation: open.configuration.evaluation)
    }

    private static func name(of family: AlgorithmFamily) -> String {
        switch family {
        case .sm2: "SM2 / SM3"
        case .p256: "ECDSA P-256 / SHA-256"
        case .rsa2048: "RSA-2048 / SHA-256"
        }
    }
}

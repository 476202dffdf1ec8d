import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import LegalEntities
import Officers
import Storage
import Synchronization
import TestSupport

@testable import Authentication

/// Everything a login needs, around a real store: one entity with one key that has both certificates.
final class LoginHouse: Sendable {
    static let uscc = "91310000132200821H"
    static let page = "https://portal.example.gov.cn"
    static let other = "https://other.example.gov.cn"

    let authority: TestAuthority
    let database: Database
    let directory: String
    let surroundings: Surroundings
    let clock: MovedClock
    let authenticationKey: PrivateKey
    let authentication: Certificate
    let signatureKey: PrivateKey
    let signature: Certificate
    let medium = [UInt8](repeating: 0x5A, count: 16)
    let subject: SubjectIdentifier
    let policy: LoginPolicy
    let audit: AuditLog
    private let standings = Mutex<[SerialNumber: LoginCertificateStatus]>([:])
    private let statusFails = Mutex(false)
    private let beforeStatus = Mutex<(@Sendable () -> Void)?>(nil)

    static let policyText = """
        challenge-seconds: 300
        shortest-challenge-seconds: 2
        acr: urn:yizhengtong:acr:hardware-key
        limits: { statement-bytes: 4096, signature-bytes: 512, certificate-bytes: 8192 }
        """

    init(_ family: AlgorithmFamily) async throws {
        let clock = MovedClock()
        self.clock = clock
        surroundings = Surroundings(
            now: { clock.now }, monotonicNanoseconds: Surroundings.real.monotonicNanoseconds,
            randomBytes: Surroundings.real.randomBytes)
        authority = try await TestAuthority(family, now: clock.now)
        authenticationKey = try PrivateKey.generate(family)
        signatureKey = try PrivateKey.generate(family)
        authentication = try await authority.certify(
            authenticationKey.publicKey, .authentication, uscc: Self.uscc, at: clock.now)
        signature = try await authority.certify(signatureKey.publicKey, .signature, uscc: Self.uscc, at: clock.now)
        subject = SubjectIdentifier(in: surroundings)
        policy = try LoginPolicy(yaml: Self.policyText)
        directory = FileManager.default.temporaryDirectory.appending(path: "yzt-login-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        audit = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: directory + "/database.sqlite", migrations: [AuditLog.migrations, AuthenticationMigrations.set],
            surroundings: surroundings, beforeCommit: [audit.sequencer])
        standings.withLock {
            $0[authentication.serialNumber] = certificateStatus(authentication, .authentication)
            $0[signature.serialNumber] = certificateStatus(signature, .signature)
        }
        try await RelyingApplications(database: database, audit: audit, surroundings: surroundings).adopt([
            RelyingApplication(
                client: ClientIdentifier("tax-portal"), name: LocalisedText(zh: "电子税务局", en: "Tax portal"),
                department: "税务局", origins: [WebOrigin(Self.page), WebOrigin("http://127.0.0.2:8080")]),
            RelyingApplication(
                client: ClientIdentifier("market-portal"), name: LocalisedText(zh: "市场监管", en: "Market regulation"),
                department: "市场监督管理局", origins: [WebOrigin(Self.page), WebOrigin(Self.other)]),
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func certificateStatus(
        _ certificate: Certificate, _ purpose: LoginCertificateStatus.Purpose
    ) -> LoginCertificateStatus {
        LoginCertificateStatus(
            certificate: certificate.der, purpose: purpose, state: .active, uscc: Self.uscc, medium: medium)
    }

    func set(_ state: LoginCertificateStatus.State) {
        standings.withLock { $0[authentication.serialNumber]?.state = state }
    }
    func forgetRecords() { standings.withLock { $0 = [:] } }
    func makeStatusFail() { statusFails.withLock { $0 = true } }
    func beforeStatus(_ body: @escaping @Sendable () -> Void) { beforeStatus.withLock { $0 = body } }

    var challenges: Challenges {
        Challenges(
            database: database, policy: policy, signer: SoftwareSigner(authority.service.key),
            surroundings: surroundings)
    }

    var verifications: Verifications {
        Verifications(
            database: database, policy: policy, audit: audit,
            certificates: CertificateKnowledge(
                certificateStatus: { [self] serial, _ in standings.withLock { $0[serial] } },
                statusAnswer: { [self] certificate in
                    beforeStatus.withLock { $0 }?()
                    if statusFails.withLock({ $0 }) { throw Refusal(StorageRefusal.busy) }
                    return try await ocsp(certificate)
                },
                intermediates: { [self] in [authority.issuing] }, anchors: { [self] in [authority.root] }),
            entity: { [self] code, _ in
                code == Self.uscc ? (subject: subject, name: "上海示例有限公司") : nil
            },
            serviceCertificate: authority.service.certificate, surroundings: surroundings)
    }

    func ocsp(_ certificate: Certificate) async throws -> [UInt8] {
        try await TestResponder(authority: authority, now: clock.now).good(certificate)
    }

    func challenge(
        client: String = "tax-portal", origin: String = page, lifetime: Int64? = nil
    ) async throws -> IssuedChallenge {
        try await challenges.create(client: ClientIdentifier(client), origin: WebOrigin(origin), lifetime: lifetime)
    }

    /// What an honest agent and browser give back; the closure bends it.
    func answer(
        _ challenge: IssuedChallenge, key: PrivateKey? = nil, certificate: Certificate? = nil,
        client: String = "tax-portal", origin: String = page, statement: [UInt8]? = nil
    ) throws -> LoginAnswer {
        let certificate = certificate ?? authentication
        let statement = statement ?? challenge.statement.bytes
        let message = LoginStatement.signedBytes(
            origin: origin, statementBytes: statement, certificate: certificate.der, family: authority.family)
        return LoginAnswer(
            challenge: challenge.id, client: try ClientIdentifier(client), origin: try WebOrigin(origin),
            statement: statement, signature: try (key ?? authenticationKey).sign(message),
            certificate: certificate.der)
    }

    /// The code of the refusal, or `nil` if somebody was logged in.
    func refusal(_ answer: LoginAnswer, session: SessionToken) async -> String? {
        do {
            _ = try await verifications.verify(answer, session: session)
            return nil
        } catch { return (error as? Refusal)?.code ?? "\(error)" }
    }
}

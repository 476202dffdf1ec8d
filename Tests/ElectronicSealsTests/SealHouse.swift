import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import PortableDocuments
import SealImages
import Storage
import Synchronization
import TestSupport

@testable import ElectronicSeals

/// Everything sealing needs, around a real store: one entity with one key that has both certificates, and officers.
final class SealHouse: Sendable {
    static let uscc = "91310000132200821H"
    static let name = "上海示例科技有限公司"

    let authority: TestAuthority
    let database: Database
    let scratch: Scratch
    let surroundings: Surroundings
    let clock = MovedClock(at: Surroundings.real.now())
    let signatureKey: PrivateKey
    let signature: Certificate
    let authentication: Certificate
    let officers: OfficerRegister
    let clerk: KeyedOfficerSigner
    let audit: AuditLog
    let policy: SealPolicy
    let pool = BlockingPool(threads: 1, name: "seal-tests")
    private let state = Mutex<[SerialNumber: SealCertificateStatus]>([:])
    private let registeredName = Mutex<String?>(SealHouse.name)
    private let timeFails = Mutex(false)

    static func repositoryFile(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    init(_ family: AlgorithmFamily) async throws {
        let clock = clock
        surroundings = Surroundings(
            now: { clock.now }, monotonicNanoseconds: Surroundings.real.monotonicNanoseconds,
            randomBytes: Surroundings.real.randomBytes)
        authority = try await TestAuthority(family, now: clock.now)
        signatureKey = try PrivateKey.generate(family)
        signature = try await authority.certify(signatureKey.publicKey, .signature, uscc: Self.uscc, at: clock.now)
        authentication = try await authority.certify(
            PrivateKey.generate(family).publicKey, .authentication, uscc: Self.uscc, at: clock.now)
        scratch = try Scratch()
        audit = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: scratch.path + "/database.sqlite",
            migrations: [AuditLog.migrations, OfficersMigrations.set, ElectronicSealsMigrations.set],
            surroundings: surroundings, beforeCommit: [audit.sequencer])
        policy = try SealPolicy(yaml: Self.repositoryFile("Policies/seal-types.yaml"))
        officers = OfficerRegister(
            database: database, audit: audit,
            policy: try DualControl(yaml: Self.repositoryFile("Policies/dual-control.yaml")),
            surroundings: surroundings, isGood: { _, _, _ in .good })
        let keys = [try PrivateKey.generate(.p256), try PrivateKey.generate(.p256)]
        var certificates: [Certificate] = []
        for key in keys {
            certificates.append(try await authority.certify(key.publicKey, .signature, at: clock.now))
        }
        clerk = KeyedOfficerSigner(certificate: certificates[0], signer: SoftwareSigner(keys[0]))
        let enrolments = [
            OfficerEnrolment(
                name: "张三", roles: [.superAdministrator, .businessAdministrator], certificate: certificates[0]),
            OfficerEnrolment(name: "李四", roles: [.auditAdministrator, .reviewer], certificate: certificates[1]),
        ]
        let officers = officers
        try await database.write { transaction in
            _ = try officers.enrolFirstOfficers(
                enrolments, authorisedBy: officers.openBootstrap(in: transaction), in: transaction)
        }
        state.withLock {
            $0[signature.serialNumber] = certificateStatus(signature, .signature)
            $0[authentication.serialNumber] = certificateStatus(authentication, .authentication)
        }
    }

    func certificateStatus(
        _ certificate: Certificate, _ purpose: SealCertificateStatus.Purpose, uscc: String = uscc
    ) -> SealCertificateStatus {
        SealCertificateStatus(
            certificate: certificate, purpose: purpose, state: .active, uscc: uscc,
            medium: [UInt8](repeating: 7, count: 16))
    }

    func set(_ new: SealCertificateStatus.State) {
        state.withLock { $0[signature.serialNumber]?.state = new }
    }
    func add(_ certificateStatus: SealCertificateStatus) {
        state.withLock { $0[certificateStatus.certificate.serialNumber] = certificateStatus }
    }
    func rename(_ name: String?) { registeredName.withLock { $0 = name } }
    func makeTimeFail() { timeFails.withLock { $0 = true } }

    var dependencies: SealDependencies {
        SealDependencies(
            certificateStatus: { [self] serial, _ in state.withLock { $0[serial] } },
            intermediates: { [self] in [authority.issuing] }, anchors: { [self] in [authority.root] },
            entityName: { [self] code, _ in code == Self.uscc ? registeredName.withLock { $0 } : nil },
            timeStamp: { [self] request in
                if timeFails.withLock({ $0 }) { throw Refusal(StorageRefusal.busy) }
                return try await stamp(TimeStampRequest(der: request))
            })
    }

    private func stamp(_ request: TimeStampRequest) async throws -> [UInt8] {
        TimeStampResponse.granted(
            token: try await TimeStampToken.make(
                TimeStampInfo(
                    policy: "1.2.3.4.1", imprint: request.imprint, serialNumber: .random(in: .real),
                    time: clock.now.truncatedToSecond, nonce: request.nonce),
                signer: SoftwareSigner(authority.timeKey), certificate: authority.timeCertificate,
                certificates: [authority.issuing], includingCertificates: request.certificateRequested))
    }

    var maker: SealMaker {
        SealMaker(
            database: database, policy: policy, audit: audit, dependencies: dependencies,
            maker: SoftwareSigner(authority.service.key),
            makerCertificate: authority.service.certificate, drawing: pool, surroundings: surroundings)
    }
    var service: SealService {
        SealService(database: database, audit: audit, dependencies: dependencies, surroundings: surroundings)
    }
    var stamping: Stamping {
        Stamping(
            database: database, audit: audit, dependencies: dependencies, reading: pool, surroundings: surroundings)
    }
    var verification: SealVerification {
        SealVerification(database: database, dependencies: dependencies, reading: pool, surroundings: surroundings)
    }

    func order(
        _ act: OfficerAct, _ subject: String, _ parameters: [String: CanonicalJSON] = [:]
    ) async throws -> Authorisation {
        try await officers.authorise(
            CanonicalRequest(act, subject: subject, parameters: parameters, reason: "测试", in: surroundings),
            by: [clerk])
    }

    func makeSeal(
        kind: String = "company", certificate: SerialNumber? = nil, uscc: String = uscc,
        replaces: SealIdentifier? = nil
    ) async throws -> Seal {
        let order = SealOrder(
            uscc: uscc, name: registeredName.withLock { $0 } ?? Self.name, kind: SealKindName(kind),
            certificate: certificate ?? signature.serialNumber, replaces: replaces)
        return try await maker.make(order, authorisedBy: self.order(.makeSeal, uscc, order.parameters))
    }

    func document() throws -> [UInt8] {
        try DocumentDrawing.plainPDF(title: "合同", lines: ["甲方:上海示例科技有限公司", "", "乙方:某某"], createdAt: clock.now)
    }

    func stampOrder(_ seal: Seal, document: [UInt8]? = nil, certificate: Certificate? = nil) throws -> StampOrder {
        StampOrder(
            document: try document ?? self.document(), seal: seal.id, certificate: (certificate ?? signature).der,
            page: 1, centreMillimetresFromLeft: 140, centreMillimetresFromTop: 220)
    }

    func stamp(_ order: StampOrder, key: PrivateKey? = nil) async throws -> SealedDocument {
        let key = key ?? signatureKey
        return try await stamping.stamp(order) { try key.sign($0.toBeSigned) }
    }

    /// The code of the refusal, or `nil`.
    func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return (error as? Refusal)?.code ?? "\(error)" }
    }
}

import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage
import Synchronization

/// A small authority to test officers in: a store in a file, a clock that stands still until told, two officers.
final class Authority: Sendable {
    static let noon = Instant(seconds: 1_790_000_000)

    let database: Database
    let register: OfficerRegister
    let surroundings: Surroundings
    let log: AuditLog
    let path: String

    /// What a test turns: the clock, and what the status service says.
    private final class State: Sendable {
        let clock = Mutex(Authority.noon)
        let revoked = Mutex(Set<[UInt8]>())
        let unreachable = Mutex(false)
    }
    private let state: State

    init(policy: String? = nil) throws {
        let state = State()
        self.state = state
        path = NSTemporaryDirectory() + "officers-\(UUID().uuidString).sqlite"
        var surroundings = Surroundings.real
        surroundings.now = { state.clock.withLock { $0 } }
        self.surroundings = surroundings
        log = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: path, migrations: [AuditLog.migrations, OfficersMigrations.set], surroundings: surroundings,
            beforeCommit: [log.sequencer])
        register = OfficerRegister(
            database: database, audit: log,
            policy: try DualControl(yaml: policy ?? Self.shippedPolicy()), surroundings: surroundings
        ) { certificate, now, _ in
            if state.unreachable.withLock({ $0 }) { throw Unreachable() }
            guard certificate.isValid(at: now) else { return .notGood("not valid at this time") }
            return state.revoked.withLock { $0.contains(certificate.der) } ? .notGood("revoked") : .good
        }
    }

    struct Unreachable: Error {}

    deinit {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    static func shippedPolicy() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Policies/dual-control.yaml"), encoding: .utf8)
    }

    func setClock(_ instant: Instant) { state.clock.withLock { $0 = instant } }
    func revoke(_ certificate: Certificate) { _ = state.revoked.withLock { $0.insert(certificate.der) } }
    func cutOff() { state.unreachable.withLock { $0 = true } }

    /// A self-signed certificate and its key: who issued it is the check's business, not this room's.
    static func signer(_ name: String, family: AlgorithmFamily = .p256) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(family)
        let subject = DistinguishedName([.init(.commonName, name)])
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: family.signatureAlgorithm, issuer: subject,
            notBefore: noon.adding(days: -1), notAfter: noon.adding(days: 365), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }

    /// The first two officers, as `init` enrols them.
    struct Pair: Sendable {
        let requester: KeyedOfficerSigner
        let approver: KeyedOfficerSigner
        let officers: [Officer]
    }

    static let firstRoles: Set<OfficerRole> = [.superAdministrator, .businessAdministrator, .operator]
    static let secondRoles: Set<OfficerRole> = [.auditAdministrator, .reviewer]

    func founded(family: AlgorithmFamily = .p256) async throws -> Pair {
        let first = try await Self.signer("王芳", family: family)
        let second = try await Self.signer("李强", family: family)
        let register = self.register
        let officers = try await database.write { transaction in
            let bootstrap = try register.openBootstrap(in: transaction)
            return try register.enrolFirstOfficers(
                [
                    OfficerEnrolment(name: "王芳", roles: Self.firstRoles, certificate: first.certificate),
                    OfficerEnrolment(name: "李强", roles: Self.secondRoles, certificate: second.certificate),
                ], authorisedBy: bootstrap, in: transaction)
        }
        return Pair(requester: first, approver: second, officers: officers)
    }

    func request(
        _ act: OfficerAct = .revokeCertificate, subject: String = "00ff", parameters: [String: CanonicalJSON]? = nil
    ) -> CanonicalRequest {
        CanonicalRequest(
            act, subject: subject, parameters: parameters ?? act.form.sample, reason: "遗失", in: surroundings)
    }

    func spend(_ authorisation: Authorisation) async throws {
        try await database.write { try authorisation.spend(in: $0) }
    }
}

import Audit
import Ceremony
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import LongTermEvidence
import Officers
import Reconciliation
import Revocation
import Storage
import Synchronization

/// A whole authority in a folder of its own, with a clock that tests turn.
final class Bench: Sendable {
    /// Today, for some third parties know no other time.
    static let start = Surroundings.real.now().truncatedToSecond
    static let base = "http://status.example:8080"
    static let code = "91310000631291289X"

    let folder: URL
    let clock: TurnedClock
    let surroundings: Surroundings
    let database: Database
    let audit: AuditLog
    let authority: Authority
    let family: AlgorithmFamily
    let stop: StopSign
    let keys: KeysInMemory

    /// - Parameter custody: where the keys are, if not in memory.
    static func create(
        _ family: AlgorithmFamily = .p256, policies: PolicyFiles? = nil,
        custody: ((Database, AuditLog) throws -> any SigningKeys)? = nil
    ) async throws -> Bench {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "keys"), withIntermediateDirectories: true)
        let clock = TurnedClock()
        let surroundings = clock.surroundings
        let stop = StopSign()
        let keys = KeysInMemory()
        let (database, audit) = try open(folder, surroundings)
        let authority = try await EvaluationCeremony.create(
            family, policies: try policies ?? policyFiles(),
            keys: JournalledKeys(
                try custody?(database, audit) ?? keys, directory: folder.path + "/keys", surroundings: surroundings),
            statusBase: base, database: database, audit: audit, surroundings: surroundings,
            kept: ImportedArchives(dataDirectory: folder.path), observer: stop.observer)
        return Bench(folder, clock, surroundings, database, audit, authority, family, stop, keys)
    }

    private init(
        _ folder: URL, _ clock: TurnedClock, _ surroundings: Surroundings, _ database: Database, _ audit: AuditLog,
        _ authority: Authority, _ family: AlgorithmFamily, _ stop: StopSign,
        _ keys: KeysInMemory
    ) {
        self.folder = folder
        self.clock = clock
        self.surroundings = surroundings
        self.database = database
        self.audit = audit
        self.authority = authority
        self.family = family
        self.stop = stop
        self.keys = keys
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static let migrations = [AuditLog.migrations, OfficersMigrations.set, CertificateAuthorityMigrations.set]

    static func open(
        _ folder: URL, _ surroundings: Surroundings, options: DatabaseOptions = DatabaseOptions(),
        hooks: [GroupHook] = []
    ) throws -> (Database, AuditLog) {
        let audit = AuditLog(surroundings: surroundings)
        let database = try Database.open(
            at: folder.path + "/database.sqlite", migrations: migrations, surroundings: surroundings, options: options,
            beforeCommit: [audit.sequencer] + hooks)
        return (database, audit)
    }

    /// A second process: everything opened anew on the same files.
    func another(
        options: DatabaseOptions = DatabaseOptions(), stop: StopSign = StopSign(), hooks: [GroupHook] = [],
        surroundings other: Surroundings? = nil
    ) async throws -> Authority {
        let surroundings = other ?? surroundings
        let (database, audit) = try Bench.open(folder, surroundings, options: options, hooks: hooks)
        return try await Authority.open(
            database: database, audit: audit,
            keys: JournalledKeys(keys, directory: keysFolder, surroundings: surroundings),
            surroundings: surroundings, kept: kept, observer: stop.observer)
    }

    /// Where the issuers' journals are.
    var keysFolder: String { folder.path + "/keys" }

    static func passphrase() -> SecretBytes { SecretBytes(copying: Array("a passphrase of the tests".utf8)) }

    /// The repository's own CA/ and Policies/.
    static func policyFiles() throws -> PolicyFiles {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try PolicyFiles.read(root: root.path)
    }

    var issuing: Issuer { get throws { try authority.issuers.issuer(generation: nil, family: family) } }
    var root: Issuer { get throws { try authority.issuers.issuer(generation: "\(family.rawValue)-root-1") } }

    /// A request for a fresh key, in the words of an entity's certificate.
    func request(
        _ profile: String = "entity-authentication", key: PrivateKey? = nil, reference: String? = nil,
        medium: [UInt8] = Array(repeating: 7, count: 16), slot: UInt8 = 0x9A
    ) throws -> IssuanceRequest {
        let key = try key ?? PrivateKey.generate(family)
        return try IssuanceRequest(
            profile: profile,
            subject: SubjectDetails(
                stateOrProvince: "上海市", locality: "黄浦区", organization: "上海某某科技有限公司",
                commonName: "上海某某科技有限公司", entity: try UnifiedSocialCreditCode(trustingStored: Bench.code)),
            proof: .request(try Bench.pkcs10(key)),
            location: KeyLocation(medium: medium, slot: slot, model: "virtual", origin: "witnessed:test"),
            actor: .system, reference: reference
        ).planned(in: surroundings)
    }

    static func pkcs10(_ key: PrivateKey) throws -> [UInt8] {
        let info = CertificateRequest.body(
            subject: DistinguishedName([.init(.commonName, "whatever it says")]), publicKey: key.publicKey)
        return CertificateRequest.assemble(
            info: info, algorithm: key.family.signatureAlgorithm, signature: try key.sign(info))
    }

    /// An active certificate of an entity.
    func active(_ profile: String = "entity-authentication", key: PrivateKey? = nil) async throws -> CertificateRecord {
        let record = try await authority.issuance.issue(request(profile, key: key))
        return try await authority.revocation.activate(record.serialNumber, actor: .system)
    }

    func ocsp(
        _ serial: SerialNumber, digest: DigestAlgorithm = .sha1, nonce: [UInt8]? = nil, by authority: Authority? = nil
    ) async throws -> OCSPResponse {
        let authority = authority ?? self.authority
        let issuer = try issuing
        let question = OCSPRequest(
            certificates: [OCSPCertID(issuer: issuer.certificate, serialNumber: serial, digest: digest)], nonce: nonce)
        return try OCSPResponse(der: await authority.status.ocsp(question.der, issuer: issuer.generation).der)
    }

    func ocspStatus(_ serial: SerialNumber, by authority: Authority? = nil) async throws -> OCSPStatus? {
        try await ocsp(serial, by: authority).basic?.responses.first?.status
    }

    func list(_ record: CertificateRecord, by authority: Authority? = nil) async throws -> CertificateList {
        try CertificateList(
            der: await (authority ?? self.authority).status.crl(issuer: record.issuer, shard: record.shard).der)
    }

    func list(
        _ scope: CRLScope, _ kind: CRLKind = .complete, by status: StatusService? = nil
    ) async throws -> CertificateList {
        try CertificateList(
            der: await (status ?? authority.status).crl(issuer: issuing.generation, CRLName(scope, kind)).der,
            kind: kind == .delta ? .delta : .complete)
    }

    func count(_ sql: String) async throws -> Int64 {
        try await database.read { try $0.first(sql)?.integer("n") ?? -1 }
    }

    /// What a reconciliation of the journals and the store finds.
    func differences() async throws -> [Difference] {
        let found = Mutex<[Difference]>([])
        _ = try await authority.reconciliation(keysDirectory: keysFolder, keys: nil, scratch: folder.path)
            .run { difference in found.withLock { $0.append(difference) } }
        return found.withLock { $0 }
    }

    /// An order of two officers that nobody has to sign, for acts under test: only the first officers' bootstrap has
    /// that form, so orders proper are made with officers in the tests that need them.
    static let automatic = RevocationAuthority.system(reason: "test")
}

/// Time that stands still until it is turned, with real randomness.
final class TurnedClock: Sendable {
    private let now = Mutex(Bench.start)
    /// What the machine says about its clock.
    struct Machine {
        var boot = "first"
        /// By how much the wall clock was set since the machine started.
        var setBy: Int64 = 0
        var isSynchronised = true
        var errorMicroseconds: Int64 = 0
    }
    let machine = Mutex(Machine())

    /// Time passes.
    func turn(seconds: Int64) { now.withLock { $0 = $0.adding(seconds: seconds) } }
    /// Somebody sets the clock.
    func set(bySeconds seconds: Int64) {
        turn(seconds: seconds)
        machine.withLock { $0.setBy += seconds * 1000 }
    }
    var surroundings: Surroundings {
        Surroundings(
            now: { self.now.withLock { $0 } },
            monotonicNanoseconds: { UInt64(self.now.withLock { $0 }.milliseconds) * 1_000_000 },
            randomBytes: Surroundings.real.randomBytes, clock: { self.reading },
            pause: { milliseconds in
                try Task.checkCancellation()
                self.now.withLock { $0 = $0.adding(milliseconds: milliseconds) }
                await Task.yield()
            })
    }

    private var reading: ClockReading {
        let now = now.withLock { $0 }
        return machine.withLock { machine in
            ClockReading(
                boot: machine.boot, millisecondsSinceBoot: now.milliseconds - machine.setBy - 1_700_000_000_000,
                isSynchronised: machine.isSynchronised, estimatedErrorMicroseconds: machine.errorMicroseconds,
                maximumErrorMicroseconds: machine.errorMicroseconds * 4)
        }
    }
}

/// Stops an issuance at a step, as a kill would.
final class StopSign: Sendable {
    struct Killed: Error {}
    private let step = Mutex<IssuanceStep?>(nil)
    private let act = Mutex<(@Sendable (SerialNumber) async throws -> Void)?>(nil)
    let seen = Mutex<[SerialNumber]>([])

    func stop(at step: IssuanceStep?) { self.step.withLock { $0 = step } }
    /// Does something else at the step instead of stopping.
    func perform(at step: IssuanceStep, _ act: @escaping @Sendable (SerialNumber) async throws -> Void) {
        self.step.withLock { $0 = step }
        self.act.withLock { $0 = act }
    }

    var observer: IssuanceObserver {
        { step, serial in
            guard self.step.withLock({ $0 == step }) else { return }
            self.seen.withLock { $0.append(serial) }
            if let act = self.act.withLock({ $0 }) { return try await act(serial) }
            throw Killed()
        }
    }
}

/// Hands one refusal from a task to a thread that waits for it.
final class RefusalBox: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let refusal = Mutex<Refusal?>(nil)

    func finish(_ refusal: Refusal?) {
        self.refusal.withLock { $0 = refusal }
        done.signal()
    }

    func wait() -> Refusal? {
        done.wait()
        return refusal.withLock { $0 }
    }
}

/// Keys without files: deriving a file's key takes longer than most tests.
final class KeysInMemory: SigningKeys {
    private let keys: Mutex<[String: PrivateKey]>

    init() { keys = Mutex([:]) }
    /// Those of another's whose names are wanted.
    init(of other: KeysInMemory, where isWanted: (String) -> Bool) {
        keys = Mutex(other.keys.withLock { $0.filter { isWanted($0.key) } })
    }

    func contains(_ name: String) -> Bool { keys.withLock { $0[name] != nil } }
    func remove(_ name: String) { keys.withLock { $0[name] = nil } }
    func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        let key = try PrivateKey.generate(family)
        let isNew = keys.withLock { keys in
            guard keys[name] == nil else { return false }
            keys[name] = key
            return true
        }
        guard isNew else { throw Refusal(KeyCustodyRefusal.keyFileExists, facts: ["key": name]) }
        return SoftwareSigner(key)
    }
    func signer(_ name: String) throws -> any Signer {
        guard let key = keys.withLock({ $0[name] }) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": name])
        }
        return SoftwareSigner(key)
    }
}

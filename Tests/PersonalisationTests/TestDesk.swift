import AgentProtocol
import Audit
import CardAgent
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Officers
import PIV
@testable import Personalisation
import SecurityKeys
import Storage
import Synchronization
import VirtualKey

/// A service point in a test: store, escrow, authority, a card in memory and a person who types a PIN.
final class TestDesk: Sendable {
    static let surroundings = Surroundings.real
    static var holder: UnifiedSocialCreditCode { get throws { try TestRegistry.entity() } }

    let database: Database
    let folder: URL
    let vault: CardSecretVault
    let keys: VaultKeys
    let authority: TestAuthority
    let registry = TestRegistry()
    let officers: TestOfficers
    let models: CardModels
    let roots: AttestationRoots
    let attestation: VirtualAttestation
    let pins = TypedPINs()
    let observed = Mutex<[String]>([])
    let killAt = Mutex<Int?>(nil)

    init(acceptsUnproved: Bool = false, models: CardModels? = nil) async throws {
        let shared = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let base = FileManager.default.fileExists(atPath: shared.path) ? shared : FileManager.default.temporaryDirectory
        folder = base.appending(path: "plan-\(Hex.encode(Self.surroundings.randomBytes(8)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let log = AuditLog(surroundings: Self.surroundings)
        database = try Database.open(
            at: folder.appending(path: "database.sqlite").path,
            migrations: [AuditLog.migrations, OfficersMigrations.set, SecurityKeysMigrations.all],
            surroundings: Self.surroundings,
            beforeCommit: [log.sequencer])
        keys = VaultKeys.generate(in: Self.surroundings)
        vault = CardSecretVault(keys: keys, surroundings: Self.surroundings)
        authority = try TestAuthority(
            surroundings: Self.surroundings, database: database, acceptsUnproved: acceptsUnproved)
        officers = try await TestOfficers(database)
        self.models = try models ?? Self.models()
        attestation = try await VirtualAttestation.make(in: Self.surroundings)
        roots = AttestationRoots(["virtual-key.cer": attestation.root])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static var policies: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Policies").path
    }

    static func models() throws -> CardModels { try CardModels(path: policies + "/card-models.yaml") }

    struct Killed: Error {}

    var personaliser: Personaliser { personaliser(vault) }

    func personaliser(_ vault: CardSecretVault) -> Personaliser {
        Personaliser(
            database: database, vault: vault, authority: authority, registry: registry, models: models, roots: roots,
            surroundings: Self.surroundings,
            observer: { [self] step in
                let count = observed.withLock {
                    $0.append(step)
                    return $0.count
                }
                if killAt.withLock({ $0 }) == count { throw Killed() }
            })
    }

    func card(_ options: VirtualCardOptions = VirtualCardOptions(), pool: KeyPool) -> VirtualCard {
        VirtualCard(
            state: VirtualCardState(factoryFresh: options), randomBytes: Self.surroundings.randomBytes,
            makeKey: { try pool.next($0) }, attestation: attestation)
    }

    func card(from state: VirtualCardState, pool: KeyPool) -> VirtualCard {
        VirtualCard(
            state: state, randomBytes: Self.surroundings.randomBytes, makeKey: { try pool.next($0) },
            attestation: attestation)
    }

    func medium(_ transport: any CardTransport) -> PIVKeyMedium {
        PIVKeyMedium(pins: pins, rules: Self.rules, surroundings: Self.surroundings) {
            .init(transport, answerToReset: VirtualCard.answerToReset)
        }
    }

    static let rules = PINRules(
        minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: ["123456"])

    func stockIn(_ transport: any CardTransport, name: MediumNumber? = nil) async throws -> MediumNumber {
        let name = name ?? MediumNumber.random(in: Self.surroundings)
        try await personaliser.carryOut(.stockIn(name, .unstated), on: medium(transport), by: officers)
        return name
    }

    /// Begins a plan on officers' orders.
    func begin(_ intent: KeyIntent, _ transport: any CardTransport) async throws -> KeyPlan {
        try await personaliser.begin(intent, on: medium(transport), by: officers)
    }

    /// Begins a plan on officers' orders and runs it.
    @discardableResult
    func carryOut(_ intent: KeyIntent, _ transport: any CardTransport) async throws -> KeyPlan {
        let medium = medium(transport)
        return try await personaliser.carryOut(intent, on: medium, by: officers)
    }

    @discardableResult
    func enrol(
        _ name: MediumNumber, _ family: AlgorithmFamily = .p256, _ transport: any CardTransport
    ) async throws -> KeyPlan {
        try await carryOut(.enrol(name, for: Self.holder, family), transport)
    }

    func renewal(_ name: MediumNumber, staged: Bool = true) throws -> KeyIntent {
        .renew(name, for: try Self.holder, because: .renewal, staged: staged)
    }

    func key(_ name: MediumNumber) async throws -> SecurityKey {
        try await database.read { try SecurityKeyStore.required(name, in: $0) }
    }
}

/// The person: types a PIN, the same until told otherwise.
final class TypedPINs: PINProvider {
    private let digits = Mutex("735219")
    func type(_ pin: String) { digits.withLock { $0 = pin } }
    var typed: String { digits.withLock { $0 } }
    private let counts = Mutex((current: 0, new: 0))
    /// How often the PIN that is set, and a new one, were asked for.
    var asked: (current: Int, new: Int) { counts.withLock { $0 } }

    func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
        counts.withLock { counts in
            if case .current = question.kind { counts.current += 1 } else { counts.new += 1 }
        }
        return SecretBytes(copying: Array(typed.utf8))
    }
}

/// RSA keys made once for the whole run; others are cheap.
final class KeyPool: Sendable {
    static let shared = KeyPool()
    private let keys = Mutex<[PrivateKey]>([])
    private let taken = Mutex(0)

    func next(_ family: AlgorithmFamily) throws -> PrivateKey {
        guard family == .rsa2048 else { return try PrivateKey.generate(family) }
        return try keys.withLock { keys in
            if keys.count < 6 { keys.append(try PrivateKey.generate(.rsa2048)) }
            guard keys.count == 6 else { return keys[keys.count - 1] }
            let index = taken.withLock {
                $0 += 1
                return $0 % 6
            }
            return keys[index]
        }
    }
}

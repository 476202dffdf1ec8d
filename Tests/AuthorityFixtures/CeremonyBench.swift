import Audit
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Storage
import Synchronization

/// A ceremony in two folders: the root's machine, and an authority that is not there yet.
final class CeremonyBench: Sendable {
    let family: AlgorithmFamily
    let folder: URL
    let clock = TurnedClock()
    let table = SilentTable()
    let keys = KeysInMemory()
    let database: Database
    let audit: AuditLog
    var surroundings: Surroundings { clock.surroundings }

    /// Decoded once: that takes longer than a ceremony.
    static let book = Result { try PolicyBook(version: 1, files: Bench.filesWithSuccessors()) }
    static let custodians = ["张三", "李四", "王五", "赵六", "钱七"]

    init(_ family: AlgorithmFamily = .p256, options: DatabaseOptions = DatabaseOptions()) throws {
        self.family = family
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-ceremony-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "keys"), withIntermediateDirectories: true)
        (database, audit) = try Bench.open(folder, clock.surroundings, options: options)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func script(_ family: AlgorithmFamily) -> String {
        """
        version: 1
        title: 一证通根密钥仪式
        family: \(family.rawValue)
        statusAddress: \(Bench.base)
        place: 上海
        leader: 陈建国
        witnesses: [周婷, 孙强]
        custodians:
          threshold: 3
          people:
        \(custodians.enumerated().map { "    - { name: \($1), share: shares/\($0 + 1).share }" }.joined(separator: "\n"))
        officers:
          - { name: 王建国, roles: [superAdministrator, operator] }
          - { name: 李秀英, roles: [auditAdministrator, reviewer] }
        evaluation: false

        """
    }

    var path: String { folder.path + "/ceremony" }
    var rootGeneration: String { "\(family.rawValue)-root-1" }
    var generation: String { "\(family.rawValue)-entity-1" }
    var stages: [String] { CeremonyFolder(path: path).stages().map(\.name) }

    func machine(
        script: String? = nil, table: (any CeremonyService)? = nil, facts: MachineFacts? = nil, path: String? = nil,
        surroundings: Surroundings? = nil,
        write: @escaping @Sendable ([UInt8], String) throws -> Void = CeremonyFile.write,
        observer: @escaping CeremonyObserver = { _ in }
    ) throws -> RootMachine {
        try RootMachine(
            folder: CeremonyFolder(path: path ?? self.path, write: write),
            scriptText: script ?? Self.script(family), scriptFile: "ceremony.yaml", book: Self.book.get(),
            service: table ?? self.table, surroundings: surroundings ?? self.surroundings,
            machine: facts ?? MachineFacts(lines: ["machine: a test"], networks: []), rounds: 10, observer: observer)
    }

    func share(_ number: Int) throws -> BroughtShare {
        let file = "\(path)/shares/\(number).share"
        return BroughtShare(file: file, bytes: try CeremonyFile.read(file))
    }

    func shares(_ numbers: Int...) throws -> [BroughtShare] { try numbers.map { try share($0) } }

    func installation(
        observer: @escaping CeremonyObserver = { _ in }, in other: Database? = nil, isEvaluation: Bool = false
    ) -> CeremonyInstallation {
        CeremonyInstallation(
            database: other ?? database, audit: audit, keys: journalled, surroundings: surroundings,
            isEvaluation: isEvaluation, observer: observer)
    }

    /// Root, request and issuing certificate.
    func issuingStage() async throws -> CeremonyFolder.Stage {
        _ = try await machine().makeRoot()
        return try await machine().certifyIssuing(generation, request: request(), shares: shares(1, 3, 5))
    }

    func request(_ generation: String? = nil) async throws -> [UInt8] {
        try await installation().prepare(Bench.filesWithSuccessors(), statusBase: Bench.base)
        return try await installation().request(generation ?? self.generation).der
    }

    /// The service machine's keys, and where their journals are.
    var keysFolder: String { folder.path + "/keys" }
    private var journalled: JournalledKeys {
        JournalledKeys(keys, directory: keysFolder, surroundings: surroundings)
    }

    func open() async throws -> Authority {
        try await Authority.open(database: database, audit: audit, keys: journalled, surroundings: surroundings)
    }

    func count(_ sql: String) async throws -> Int64 {
        try await database.read { try $0.first(sql)?.integer("n") ?? -1 }
    }
}

/// People who do as they are asked, unless the test says otherwise.
final class SilentTable: CeremonyService {
    struct Manner: Sendable {
        var isUnattended = false
        var answers: @Sendable (_ question: String, _ expected: String) -> String = { $1 }
        /// Who does not type what is shown, but this.
        var others: [String: String] = [:]
        var passphrases: @Sendable (_ custodian: String) -> String = { "口令 of \($0), long enough" }
    }

    private let lines = Mutex<[String]>([])
    private let manner: Manner

    init(_ manner: Manner = Manner()) { self.manner = manner }

    var isUnattended: Bool { manner.isUnattended }
    var shown: [String] { lines.withLock { $0 } }

    func show(_ line: String) async { lines.withLock { $0.append(line) } }
    func answer(_ question: LocalisedText, expected: String, by person: String) async throws -> String {
        manner.others[person] ?? manner.answers(question.en, expected)
    }
    func newPassphrase(of custodian: String) async throws -> SecretBytes {
        SecretBytes(copying: Array(manner.passphrases(custodian).utf8))
    }
    func passphrase(of custodian: String) async throws -> SecretBytes {
        SecretBytes(copying: Array(manner.passphrases(custodian).utf8))
    }
}

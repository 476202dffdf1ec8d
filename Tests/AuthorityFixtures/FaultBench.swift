import Audit
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import SoftTokens
import Storage
import Synchronization
import Testing

/// An authority whose keys are in a SoftHSM 2 token that a test takes away and puts back.
final class TokenBench: Sendable {
    let soft: SoftToken
    let faulty: FaultyCryptoki
    let bench: Bench
    let keys: TokenKeys
    private let isAway = Mutex(false)

    init() async throws {
        let soft = try SoftToken()
        let faulty = try FaultyCryptoki(soft)
        let made = Mutex<TokenKeys?>(nil)
        do {
            bench = try await Bench.create { database, audit in
                let keys = TokenKeys(
                    token: try soft.opened(by: faulty),
                    alarm: CustodyAlarm(place: "token", database: database, audit: audit))
                made.withLock { $0 = keys }
                return keys
            }
        } catch {
            soft.remove()
            throw error
        }
        self.soft = soft
        self.faulty = faulty
        keys = try #require(made.withLock { $0 })
    }

    deinit { soft.remove() }

    /// As a hand at the plug does: its sessions go with it. Asked again it does nothing.
    func takeAway() throws {
        let isNew = isAway.withLock { isAway in
            defer { isAway = true }
            return !isAway
        }
        guard isNew else { return }
        faulty.fail("C_Sign", with: FaultyCryptoki.Code.sessionHandleInvalid)
        try soft.takeAway()
    }

    func putBack() throws {
        let wasAway = isAway.withLock { isAway in
            defer { isAway = false }
            return isAway
        }
        if wasAway { try soft.putBack() }
        faulty.fail("none", with: 0)
    }

    func alarms(_ act: String = "authority.custody-failed") async throws -> Int64 { try await bench.events(act) }

    /// Whether it is what somebody is told whose key is away.
    static func isNamed(_ error: any Error) -> Bool {
        guard let refusal = error as? Refusal, refusal.retry == .later else { return false }
        return refusal.isBecause(CryptographyRefusal.tokenMissing)
            || refusal.isBecause(CryptographyRefusal.tokenUnavailable)
    }
}

extension Bench {
    func events(_ act: String) async throws -> Int64 {
        try await count(
            "SELECT count(*) AS n FROM audit_event WHERE instr(CAST(line AS TEXT), '\"act\":\"\(act)\"') > 0")
    }

    func openIntents() async throws -> Int64 {
        try await count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'")
    }

    /// A second process that does not wait long for the writer's place.
    func impatient() async throws -> Authority {
        var options = DatabaseOptions()
        options.busyTimeoutMilliseconds = 20
        return try await another(options: options)
    }
}

enum FillerAct: String, AuditAct { case filled = "test.disk.filled" }

extension Bench {
    /// A store that is full: SQLite itself says so (`max_page_count`), what was free is used up, and the log's last
    /// page takes no more. Whoever opened it before has room.
    func fullStore() async throws -> (Database, AuditLog) {
        try await database.write { transaction in
            _ = try transaction.execute("CREATE TABLE IF NOT EXISTS filler (datum BLOB) STRICT")
            // What can be deleted again to make room.
            for _ in 0..<60 { _ = try transaction.execute("INSERT INTO filler VALUES (randomblob(3500))") }
        }
        var options = DatabaseOptions()
        options.maximumPages = 1
        let (full, audit) = try Bench.open(folder, surroundings, options: options)
        func use(_ work: @escaping @Sendable (any Transaction) throws -> Void) async throws {
            do { while true { try await full.write(work) } } catch let refusal as Refusal {
                guard refusal.isBecause(StorageRefusal.diskFull) else { throw refusal }
            }
        }
        try await use { _ = try $0.execute("INSERT INTO filler VALUES (randomblob(3500))") }
        try await use { _ = try audit.record(AuditEvent(act: FillerAct.filled, actor: .system, subject: "x"), in: $0) }
        return (full, audit)
    }

    /// A second process on a full store.
    func onFullDisk() async throws -> Authority {
        let (full, audit) = try await fullStore()
        return try await Authority.open(
            database: full, audit: audit,
            keys: JournalledKeys(keys, directory: keysFolder, surroundings: surroundings), surroundings: surroundings)
    }
}

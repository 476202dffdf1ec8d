import Audit
import Ceremony
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// Full, sharded and delta lists.
@Suite struct ListTests {
    @Test func `The full list names every shard's entries and has no scope of its own`() async throws {
        let bench = try await Bench.create()
        var serials: Set<SerialNumber> = []
        for profile in ["entity-authentication", "entity-signature"] {
            for _ in 0..<3 {
                let record = try await bench.active(profile)
                try await bench.authority.revocation.revoke(
                    record.serialNumber, reason: .superseded, on: Bench.automatic)
                serials.insert(record.serialNumber)
            }
        }
        let full = try await bench.list(.full)
        #expect(Set(full.entries.map(\.serialNumber)) == serials && full.entries.count == serials.count)
        #expect(full.issuingDistributionPoint == nil && full.number == 1)
        #expect(full.freshestAddresses == ["\(Bench.base)/crl/p256-entity-1/full-delta.crl"])
        #expect(full.isSigned(by: try bench.issuing.certificate.publicKey))
        let names = [
            ("full", CRLName(.full)), ("full-delta", CRLName(.full, .delta)), ("7", CRLName(.shard(7))),
            ("7-delta", CRLName(.shard(7), .delta)),
        ]
        for (text, name) in names { #expect(CRLName(text) == name && name.text == text) }
        for text in ["", "07", "-1", "+1", "full-", "-delta", "full-delta-delta", "Full", "1_0", "٣"] {
            #expect(CRLName(text) == nil, "\(text)")
        }
        for name in [CRLName(.shard(64)), CRLName(.shard(64), .delta)] {
            await #expect(throws: Refusal(CertificateStatusRefusal.unknownShard)) {
                try await bench.authority.status.crl(issuer: "p256-entity-1", name)
            }
        }
        // An offline root could not keep a delta's promise, so its list does not make it.
        await #expect(throws: Refusal(CertificateStatusRefusal.unknownShard)) {
            try await bench.authority.status.crl(issuer: "p256-root-1", CRLName(.full, .delta))
        }
        let root = try await CertificateList(
            der: bench.authority.status.crl(issuer: "p256-root-1", CRLName(.full)).der)
        #expect(root.freshestAddresses.isEmpty && root.entries.isEmpty)
    }

    @Test(arguments: [CRLScope.full, .shard(0)])
    func `A delta changes any complete list that is still valid`(_ scope: CRLScope) async throws {
        let bench = try await Bench.create()
        let desk = bench.authority.revocation
        // All in one shard, so that both scopes see the same.
        func record() async throws -> CertificateRecord {
            while true {
                let record = try await bench.active()
                if record.shard == 0 { return record }
            }
        }
        let (held, later, before) = (try await record(), try await record(), try await record())
        try await desk.suspend(held.serialNumber, on: Bench.automatic)
        try await desk.revoke(before.serialNumber, reason: .superseded, on: Bench.automatic)
        let base = try await bench.list(scope)
        #expect(base.number == 1 && base.entries.count == 2)
        let empty = try await bench.list(scope, .delta)
        #expect(empty.baseNumber == 1 && empty.number == 2 && empty.entries.isEmpty)
        bench.clock.turn(seconds: 60)
        try await desk.resume(held.serialNumber, on: Bench.automatic)
        try await desk.revoke(later.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        let delta = try await bench.list(scope, .delta)
        #expect(delta.baseNumber == 1 && delta.number == 3)
        #expect(delta.issuingDistributionPoint == base.issuingDistributionPoint && delta.freshestAddresses.isEmpty)
        #expect(delta.entry(for: held.serialNumber)?.reason == .removeFromCRL)
        #expect(delta.entry(for: later.serialNumber)?.reason == .keyCompromise)
        #expect(delta.entries.count == 2)
        #expect(throws: Refusal.self) { try CertificateList(der: delta.der) }
        #expect(throws: Refusal.self) { try CertificateList(der: base.der, kind: .delta) }

        // A newer complete list shares the numbers; the delta still starts from the oldest that anybody may hold.
        bench.clock.turn(seconds: 3600)
        let next = try await bench.list(scope)
        #expect(next.number == 4 && next.entry(for: held.serialNumber) == nil && next.entries.count == 2)
        try await desk.suspend(held.serialNumber, on: Bench.automatic)
        let again = try await bench.list(scope, .delta)
        #expect(again.baseNumber == 1 && again.number == 5)
        #expect(again.entry(for: held.serialNumber)?.reason == .certificateHold)
        // When the oldest has ended, the next one is the base.
        bench.clock.turn(seconds: 86_400 - 3660)
        let moved = try await bench.list(scope, .delta)
        #expect(moved.baseNumber == 4 && moved.entries.map(\.serialNumber) == [held.serialNumber])
        // And with no valid complete list at all a new one is made first.
        bench.clock.turn(seconds: 30 * 86_400)
        let fresh = try await bench.list(scope, .delta)
        #expect(fresh.baseNumber == fresh.number.map { $0 - 1 } && fresh.entries.isEmpty)
        #expect(try await bench.list(scope).number == fresh.baseNumber)
    }

    @Test func `Where thousands change, a list is made only so often, and by word of an operator at once`() async throws
    {
        let bench = try await Bench.create()
        let status = bench.authority.status
        let records = try await (0..<12).asyncMap { _ in try await bench.active() }
        var numbers: [Int?] = []
        for record in records {
            try await bench.authority.revocation.revoke(
                record.serialNumber, reason: .superseded, on: Bench.automatic)
            numbers.append(try await bench.list(.full, .delta).number)
        }
        // The complete list first, then deltas of which eight are made within ten seconds.
        #expect(try await bench.list(.full).number == 1)
        #expect(numbers == [2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8])
        bench.clock.turn(seconds: 10)
        #expect(try await bench.list(.full, .delta).entries.count == 11)
        // The full list stays for a quarter of an hour, unless an officer wants it now.
        #expect(try await bench.list(.full).entries.count == 1)
        let demanded = try await CertificateList(
            der: status.crl(issuer: "p256-entity-1", CRLName(.full), isDemanded: true).der)
        #expect(demanded.entries.count == 12)
        bench.clock.turn(seconds: 900)
        #expect(try await bench.list(.full).number == demanded.number)
    }

    @Test func `Every list is made ahead by housekeeping, and again only when something changed or time passed`()
        async throws
    {
        let bench = try await Bench.create()
        let status = bench.authority.status
        // 64 shards and the whole, each with its delta; the root's one shard and the whole.
        #expect(try await status.renewLists() == 65 * 2 + 2)
        #expect(try await status.renewLists() == 0)
        let record = try await bench.active()
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        // The shard, its delta, and the delta of the whole.
        #expect(try await status.renewLists() == 3)
        #expect(try await status.renewLists(isDemanded: true) == 1)
        #expect(try await status.renewLists(limit: 1) == 0)
        bench.clock.turn(seconds: 2 * 3600)
        #expect(try await status.renewLists() == 65)
        bench.clock.turn(seconds: 12 * 3600)
        #expect(try await status.renewLists(limit: 7) == 7)
    }

    @Test func `A generation that ended, or a list that cannot be made, keeps no other list waiting`() async throws {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let end = try bench.issuing.certificate.notAfter
        bench.clock.turn(seconds: end.seconds - bench.surroundings.now().seconds - 3000 * 86_400)
        try await bench.installation().rollOver(to: "p256-entity-2")
        _ = try await bench.authority.refresh()
        bench.clock.turn(seconds: 3001 * 86_400)
        let status = bench.authority.status
        try await bench.database.write { transaction in
            try transaction.execute(
                """
                CREATE TRIGGER stuck BEFORE INSERT ON revocation_list
                WHEN NEW.issuer = 'p256-entity-2' AND NEW.scope = 3
                BEGIN SELECT RAISE(ABORT, 'a test'); END
                """)
        }
        await #expect(throws: Refusal.self) { try await status.renewLists() }
        // 16 shards and the whole with their deltas but for one shard's; the root's two.
        #expect(try await bench.count("SELECT count(*) AS n FROM revocation_list") == 16 * 2 + 2)
        try await bench.database.write { try $0.execute("DROP TRIGGER stuck") }
        #expect(try await status.renewLists() == 2)
        #expect(try await status.renewLists() == 0)
    }

    /// Killed at each step; a second process takes the lease over, and the numbers stay without gaps.
    @Test(arguments: [StatusStep.listLeased, .listRead, .listSigned, .listStored])
    func `Killed while a list is made, the next one makes it`(_ step: StatusStep) async throws {
        struct Killed: Error {}
        let bench = try await Bench.create()
        let record = try await bench.active()
        #expect(try await bench.list(record).number == 1)
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        let killed = bench.authority.status.observed { at, _ in if at == step { throw Killed() } }
        await #expect(throws: Killed.self) {
            _ = try await killed.crl(issuer: record.issuer, shard: record.shard)
        }
        let other = try await bench.another()
        bench.clock.turn(seconds: 30)
        let list = try await bench.list(record, by: other)
        #expect(list.number == 2 && list.entry(for: record.serialNumber) != nil)
        #expect(try await bench.list(record).der == list.der)
        #expect(try await bench.count("SELECT count(*) AS n FROM work_lease") == 0)
    }

    @Test func `While another process is at a list, the one before serves`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let record = try await bench.active()
        _ = try await bench.list(record)
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        let seen = Mutex<Int?>(nil)
        let slow = bench.authority.status.observed { step, _ in
            guard step == .listSigned else { return }
            var impatient = other.status
            impatient.patience = 10
            let number = try await impatient.crl(issuer: record.issuer, shard: record.shard).number
            seen.withLock { $0 = number }
        }
        #expect(try await slow.crl(issuer: record.issuer, shard: record.shard).number == 2)
        #expect(seen.withLock { $0 } == 1)
        #expect(try await bench.list(record, by: other).number == 2)
    }

    /// The wait ends with the lease: released by the other process, or run out after it was killed.
    @Test func `Who waits for a list comes on when the other process has it, or is gone`() async throws {
        struct Killed: Error {}
        let bench = try await Bench.create()
        let record = try await bench.active()
        let (events, entered) = AsyncStream<Void>.makeStream()
        let (pauses, paused) = AsyncStream<Void>.makeStream()
        let isMade = Gate()
        let number = Mutex(0)
        var waiting = bench.surroundings
        waiting.pause = { [pause = waiting.pause] milliseconds in
            #expect(milliseconds > 0 && milliseconds <= 250)
            _ = paused.yield()
            try await pause(milliseconds)
            // Time passes by pauses alone: without this one the lease could end before a busy machine has stored what
            // it signed.
            if number.withLock({
                $0 += 1
                return $0 == 3
            }) {
                await isMade.wait()
            }
        }
        let other = try await bench.another(surroundings: waiting)
        // No list yet: the other process has to wait, and gets what this one made.
        let slow = bench.authority.status.observed { step, _ in
            guard step == .listSigned else { return }
            _ = entered.yield()
            var seen = pauses.makeAsyncIterator()
            for _ in 0..<3 { _ = await seen.next() }
        }
        let first = Task {
            defer { isMade.open() }
            return try await slow.crl(issuer: record.issuer, shard: record.shard)
        }
        var inside = events.makeAsyncIterator()
        _ = await inside.next()
        let second = try await other.status.crl(issuer: record.issuer, shard: record.shard)
        let made = try await first.value
        #expect(second.number == 1 && second.der == made.der)
        #expect(bench.surroundings.now().seconds - Bench.start.seconds < 30)

        // Killed with the lease in its hand: the one before serves for as long as patience, then a new one is made.
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        let killed = bench.authority.status.observed { step, _ in if step == .listLeased { throw Killed() } }
        await #expect(throws: Killed.self) { _ = try await killed.crl(issuer: record.issuer, shard: record.shard) }
        let died = bench.surroundings.now()
        #expect(try await bench.list(record, by: other).number == 1)
        let waited = bench.surroundings.now().milliseconds - died.milliseconds
        #expect(waited >= 5000 && waited < 5500)
        // Where no list serves any more, the lease's end is what is waited for, and nothing beyond it.
        try await bench.database.write { transaction in
            try transaction.execute("UPDATE revocation_list SET next_update = $1", died)
        }
        #expect(try await bench.list(record, by: other).number == 2)
        let whole = bench.surroundings.now().milliseconds - died.milliseconds
        #expect(whole >= 30_000 && whole < 30_300)
    }

    @Test func `A lease that was lost in between gives no second list of one number`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let record = try await bench.active()
        let isFirst = Mutex(true)
        let slow = bench.authority.status.observed { step, _ in
            guard step == .listSigned,
                isFirst.withLock({
                    let was = $0; $0 = false; return was
                })
            else { return }
            // The machine slept; meanwhile the other process made the list.
            bench.clock.turn(seconds: 31)
            #expect(try await bench.list(record, by: other).number == 1)
            try await bench.authority.revocation.revoke(
                record.serialNumber, reason: .superseded, on: Bench.automatic)
        }
        let list = try CertificateList(der: await slow.crl(issuer: record.issuer, shard: record.shard).der)
        #expect(list.number == 2 && list.entry(for: record.serialNumber) != nil)
    }

    @Test
    func `A full disk leaves the list of before, and after a clock that was set back the number rises, not the date`()
        async throws
    {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let first = try await bench.list(record)
        bench.clock.turn(seconds: -7200)
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        let second = try await bench.list(record)
        #expect(first.number == 1 && second.number == 2 && second.entry(for: record.serialNumber) != nil)
        #expect(second.thisUpdate == bench.surroundings.now().truncatedToSecond)
        bench.clock.turn(seconds: 7200)
        var options = DatabaseOptions()
        options.maximumPages = Int(try await bench.count("SELECT page_count AS n FROM pragma_page_count"))
        let full = try await bench.another(options: options)
        let next = try await bench.active()
        #expect(try await bench.list(record, by: full).number == 2)
        _ = next
    }

    @Test func `A store of the release before keeps its lists, numbers and entries`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-migration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/database.sqlite"
        let set = CertificateAuthorityMigrations.set
        let early = MigrationSet(room: set.room, migrations: Array(set.migrations.prefix(2)))
        let old = try Database.open(at: path, migrations: [AuditLog.migrations, early])
        let (held, listed) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        try await old.write { transaction in
            for (serial, shard) in [(held, 3), (listed, 4)] {
                try transaction.execute(
                    """
                    INSERT INTO issuance_intent (serial, issuer, profile, purpose, key_hash, owner, lease_until, shard,
                        not_after, progress, created_at) VALUES ($1, 'i', 'p', 'authentication', $2, $1, 1, $3, 9, 'issued', 1)
                    """, serial, [UInt8](repeating: serial[0], count: 32), shard)
                try transaction.execute(
                    "INSERT INTO revocation VALUES ($1, 'i', $2, 4, 5, 9)", serial, shard)
            }
            // One list is current, one is not.
            try transaction.execute("INSERT INTO revocation_shard VALUES ('i', 3, 7), ('i', 4, 2)")
            try transaction.execute(
                """
                INSERT INTO revocation_list VALUES ('i', 3, 11, 7, 1000, 99000, x'30'), ('i', 4, 5, 1, 1000, 99000, x'30'),
                    ('i', 6, 1, 0, 1000, 99000, x'30')
                """)
        }
        await old.close()
        let new = try Database.open(at: path, migrations: [AuditLog.migrations, set])
        let rows = try await new.read { transaction in
            try transaction.query("SELECT scope, change_number, list_number FROM list_scope ORDER BY scope").map {
                row throws(Refusal) in
                [try row.integer("scope"), try row.integer("change_number"), try row.integer("list_number")]
            }
        }
        #expect(rows == [[-1, 7, 0], [3, 7, 11], [4, 2, 5], [6, 0, 1]])
        let bases = try await new.read { transaction in
            try transaction.query("SELECT scope FROM revocation_base ORDER BY scope").map { row throws(Refusal) in
                try row.integer("scope")
            }
        }
        #expect(bases == [3, 6])
        await new.close()
    }
}

extension Sequence {
    /// One after another.
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

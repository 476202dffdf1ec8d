import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Reconciliation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// A reconciliation that is killed, blocked, or run twice finds the same in the end, and remembers nothing wrong.
@Suite struct ReconciliationFaultTests {
    private struct Killed: Error {}

    /// An authority of which one certificate's row was lost.
    private static func damaged() async throws -> (Bench, String) {
        let bench = try await Bench.create()
        let (kept, lost) = (try await bench.active(), try await bench.active())
        _ = try await bench.list(kept)
        try await bench.database.write { transaction in
            for table in ["certificate_status_event", "certificate"] {
                for name in try transaction.query("SELECT name FROM sqlite_master WHERE type = 'trigger'") {
                    try transaction.execute("DROP TRIGGER \(name.text("name"))")
                }
                try transaction.execute("DELETE FROM \(table) WHERE serial = $1", lost.serialNumber.bytes)
            }
        }
        return (bench, lost.serialNumber.hex)
    }

    private static func run(
        _ bench: Bench, by authority: Authority? = nil,
        progress: @escaping @Sendable () throws -> Void = {}
    ) async throws -> [String] {
        let found = Mutex<[String]>([])
        _ = try await (authority ?? bench.authority).reconciliation(
            keysDirectory: bench.keysFolder, journals: [], keys: nil, scratch: bench.folder.path
        ).run { difference in
            found.withLock { $0.append("\(difference.kind) \(difference.subject)") }
            try progress()
        }
        return found.withLock { $0.sorted() }
    }

    private static func leftovers(_ bench: Bench) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: bench.folder.path).filter { $0.hasPrefix("reconcile-") }
    }

    @Test func `Killed at each difference, the next run says all of them`() async throws {
        let (bench, lost) = try await Self.damaged()
        let whole = try await Self.run(bench)
        #expect(!whole.isEmpty && whole.allSatisfy { $0.contains(lost) }, "\(whole)")
        for stop in 1...whole.count {
            let events = try await bench.events("authority.reconciled")
            let seen = Mutex(0)
            await #expect(throws: Killed.self) {
                _ = try await Self.run(bench) {
                    let isDue = seen.withLock { seen in
                        seen += 1
                        return seen == stop
                    }
                    if isDue { throw Killed() }
                }
            }
            #expect(try Self.leftovers(bench) == [])
            #expect(try await bench.events("authority.reconciled") == events)
            #expect(try await Self.run(bench, by: bench.another()) == whole)
        }
    }

    @Test func `Two processes at once say the same, and a clock that was set makes no difference`() async throws {
        let (bench, _) = try await Self.damaged()
        let whole = try await Self.run(bench)
        let other = try await bench.another()
        async let first = Self.run(bench)
        async let second = Self.run(bench, by: other)
        #expect(try await [first, second] == [whole, whole])
        bench.clock.set(bySeconds: -3600)
        #expect(try await Self.run(bench) == whole)
    }

    @Test func `With a locked or a full store it says what it found, and is refused for what it cannot write down`()
        async throws
    {
        let (bench, _) = try await Self.damaged()
        let whole = try await Self.run(bench)
        let events = try await bench.events("authority.reconciled")
        let blocked = try await bench.impatient()
        try await bench.whileHoldingTheStore { () async throws -> Void in
            await #expect(throws: Refusal(StorageRefusal.busy)) { try await Self.run(bench, by: blocked) }
        }
        let full = try await bench.onFullDisk()
        await #expect(throws: Refusal(StorageRefusal.diskFull)) { try await Self.run(bench, by: full) }
        #expect(try await bench.events("authority.reconciled") == events)
        #expect(try Self.leftovers(bench) == [])
        #expect(try await Self.run(bench, by: blocked) == whole)
        #expect(try await bench.events("authority.reconciled") == events + 1)
    }
}

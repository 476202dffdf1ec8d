import Audit
import CertificateRecords
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import LongTermEvidence
import Officers
import SecurityKeys
import Storage
import Testing

/// A store with content that an earlier program made is opened by this one: every migration since runs over real rows,
/// and what they say is read as it was meant.
///
/// The fixture is the store of 21 November 2026 as SQL: an authority, two officers, keys from stock, one entity's key
/// with its certificates, a login. Left out are the policies' texts and most of the registry.
@Suite struct OlderStoreTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Fixtures/store-of-November-2026.sql")

    private static func counts(_ database: Database) async throws -> [String: Int64] {
        try await database.read { transaction in
            var counts: [String: Int64] = [:]
            for row in try transaction.query(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            {
                let name = try row.text("name")
                counts[name] = try transaction.first("SELECT count(*) AS n FROM \(name)")?.integer("n")
            }
            return counts
        }
    }

    @Test func `A store of an earlier program opens, and nothing of it is lost or misread`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-older-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/database.sqlite"
        let statements = try String(contentsOf: Self.fixture, encoding: .utf8).split(separator: ";\n--\n")
        let old = try Database.open(at: path, migrations: [])
        try await old.write { transaction in
            for statement in statements { try transaction.execute(String(statement)) }
        }
        let before = try await Self.counts(old)
        await old.close()
        #expect(before["audit_event"] == 102 && before["key_plan"] == 7 && before["schema_migration"] == 24)

        let database = try Database.open(at: path, migrations: InstallationSchema.migrations)
        let after = try await Self.counts(database)
        for (table, count) in before where table != "schema_migration" { #expect(after[table] == count, "\(table)") }
        #expect(after["schema_migration", default: 0] > 24)
        try await database.read { transaction in
            // Officers, keys and their plans.
            for row in try transaction.query("SELECT plan FROM key_plan ORDER BY plan") {
                let plan = try PlanJournal.plan(row.identifier("plan"), in: transaction)
                #expect(plan?.outcome == .finished)
            }
            let entity = try UnifiedSocialCreditCode(trustingStored: "91310000YY20NEF479")
            let keys = try SecurityKeyStore.keys(of: entity, in: transaction)
            #expect(keys.map(\.status) == [.active])
            // Every certificate's history against the audit, which is looked up in the columns of today.
            let serials = try CertificateStore.serials(endedBefore: nil, in: transaction)
            #expect(serials.count == 11)
            for serial in serials { #expect(try AuditedHistory.faults(of: serial, in: transaction).isEmpty) }
        }
        await database.close()
    }
}

import Foundation
import Groundwork
import Testing

@testable import Storage

/// A place where a store lives, which several connections ("processes") can open.
protocol StoreHome: AnyObject, Sendable {
    func open(
        _ migrations: [MigrationSet], digest: @escaping MigrationDigest, _ options: DatabaseOptions,
        _ hooks: [GroupHook]
    ) throws -> Database
}

/// One back end under the conformance suite: a second one is one more element of ``all``.
struct StoreUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let makeHome: @Sendable () throws -> any StoreHome

    static let all = [StoreUnderTest(testDescription: "SQLite") { try SQLiteHome() }]
}

final class SQLiteHome: StoreHome {
    let directory: String
    var path: String { directory + "/database.sqlite" }

    init() throws {
        directory = NSTemporaryDirectory() + "storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func open(
        _ migrations: [MigrationSet], digest: @escaping MigrationDigest, _ options: DatabaseOptions,
        _ hooks: [GroupHook]
    ) throws -> Database {
        try Database.open(at: path, migrations: migrations, digest: digest, options: options, beforeCommit: hooks)
    }
}

extension StoreHome {
    func open(
        _ migrations: [MigrationSet] = [things], digest: @escaping MigrationDigest = fingerprint,
        options: DatabaseOptions = DatabaseOptions(), hooks: [GroupHook] = []
    ) throws -> Database {
        // The hook keeps the place alive as long as the store that is in it.
        try open(migrations, digest: digest, options, hooks + [{ [self] _ in withExtendedLifetime(self) {} }])
    }
}

extension Database {
    static func open(at path: String, migrations: [MigrationSet]) throws -> Database {
        try open(at: path, migrations: migrations, digest: fingerprint)
    }
}

/// Stands in for the digest that the rooms above bring: FNV-1a, as long as SHA-256 is.
let fingerprint: MigrationDigest = { text in
    let hash = text.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: String(repeating: "0", count: 16 - digits.count) + digits, count: 4)
}

/// Tables in the SQL that every back end of the suite understands (its DDL may need a second text one day).
let things = MigrationSet(
    room: "test",
    migrations: [
        Migration(
            name: "0001",
            sql: """
                CREATE TABLE thing (
                    id INTEGER PRIMARY KEY,
                    name TEXT UNIQUE,
                    raw BLOB,
                    kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1))
                ) STRICT;
                CREATE TABLE part (
                    id INTEGER PRIMARY KEY,
                    thing INTEGER NOT NULL REFERENCES thing (id) DEFERRABLE INITIALLY IMMEDIATE
                ) STRICT;
                CREATE TABLE late_part (
                    id INTEGER PRIMARY KEY,
                    thing INTEGER NOT NULL REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED
                ) STRICT;
                """)
    ])

extension Database {
    func count(_ table: String = "thing") async throws -> Int64 {
        try await read { try $0.first("SELECT count(*) AS n FROM \(table)")?.integer("n") ?? -1 }
    }
}

/// A caller's own error.
struct OwnError: Error, Equatable { var number = 0 }

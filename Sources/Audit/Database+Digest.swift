internal import Cryptography
package import Groundwork
package import Storage

extension Database {
    /// Opens (or makes) the SQLite store at `path`, with this installation's SHA-256 for the migrations' texts: see
    /// ``open(at:migrations:digest:surroundings:options:beforeCommit:)``.
    package static func open(
        at path: String, migrations: [MigrationSet], surroundings: Surroundings = .real,
        options: DatabaseOptions = DatabaseOptions(), beforeCommit: [GroupHook] = []
    ) throws(Refusal) -> Database {
        try open(
            at: path, migrations: migrations, digest: { Hex.encode(DigestAlgorithm.sha256.hash($0)) },
            surroundings: surroundings, options: options, beforeCommit: beforeCommit)
    }
}

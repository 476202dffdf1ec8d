package import Audit
internal import CertificateProfiles
package import Groundwork
package import Officers
package import Storage
internal import Synchronization

/// `CA/` and `Policies/` as they are in force: a copy in the store with its hash, changed only by ``apply(_:by:)``.
package final class PolicyStore: Sendable {
    private let database: Database
    private let audit: AuditLog
    private let surroundings: Surroundings
    /// The decoded form of the version named in it; the store's version is asked each time.
    private let decoded = Mutex<PolicyBook?>(nil)

    package init(database: Database, audit: AuditLog, surroundings: Surroundings) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
    }

    /// The first copy, made by `init`. The same files again are no change; others are refused.
    package func storeFirst(_ files: PolicyFiles) async throws -> PolicyBook {
        _ = try PolicyBook.decoded(version: 1, files: files)
        try await database.write { [audit, surroundings] transaction in
            if try PolicyStore.version(in: transaction) > 0 {
                guard try PolicyStore.files(in: transaction).hash == files.hash else {
                    throw Refusal(CertificateRecordsRefusal.alreadyInitialised, detail: "other policies are in force")
                }
                return
            }
            try PolicyStore.insert(files, version: 1, at: surroundings.now(), in: transaction)
            try audit.record(
                AuditEvent(
                    act: CertificateRecordsAct.policyStored, actor: .system, subject: "policy-1",
                    facts: ["hash": .string(Hex.encode(files.hash))]), in: transaction)
        }
        return try await current()
    }

    /// The policies in force at this moment.
    package func current() async throws -> PolicyBook {
        let known = decoded.withLock { $0 }
        let version = known?.version ?? 0
        let files: (Int64, PolicyFiles)? = try await database.read { transaction in
            let current = try PolicyStore.version(in: transaction)
            guard current > 0 else { throw Refusal(CertificateRecordsRefusal.notInitialised) }
            if current == version { return nil }
            let files = try PolicyStore.files(in: transaction)
            try PolicySeal.check(files, version: current, in: transaction)
            return (current, files)
        }
        guard let files else {
            guard let known else { return try await current() }
            return known
        }
        let book = try PolicyBook.decoded(version: files.0, files: files.1)
        decoded.withLock { if ($0?.version ?? 0) < book.version { $0 = book } }
        return book
    }

    /// Whether what is stored is what was put in force: looked at anew, whatever this process has in memory.
    /// - Throws: `policies-altered`.
    package func check() async throws {
        try await database.read { transaction in
            let version = try PolicyStore.version(in: transaction)
            guard version > 0 else { return }
            try PolicySeal.check(PolicyStore.files(in: transaction), version: version, in: transaction)
        }
    }

    /// One file's text as it is in force, such as `Policies/card-models.yaml`.
    package func text(_ path: String) async throws -> String? { try await current().files.texts[path] }

    /// What would change. An empty answer means that the files are in force already.
    package func differences(_ files: PolicyFiles) async throws -> [PolicyDifference] {
        PolicyDifference.between(try await current().files, files)
    }

    /// What the officers sign: the hash of all files, and for each one that changes its new hash.
    package func request(
        toApply files: PolicyFiles, reason: String
    ) async throws -> CanonicalRequest {
        CanonicalRequest(
            .applyPolicy, subject: "policy:\(Hex.encode(files.hash))",
            parameters: PolicyStore.parameters(try await differences(files), files), reason: reason, in: surroundings)
    }

    private static func parameters(
        _ differences: [PolicyDifference], _ files: PolicyFiles
    ) -> [String: CanonicalJSON] {
        let changes = differences.map {
            ($0.path, CanonicalJSON.string($0.kind == .removed ? "removed" : Hex.encode(files.hash(of: $0.path))))
        }
        return ["files": .object(Dictionary(changes, uniquingKeysWith: { $1 }))]
    }

    /// Puts the files in force: checks them whole, refuses to change an authority that exists, audits the change.
    package func apply(_ files: PolicyFiles, by authorisation: Authorisation) async throws -> PolicyBook {
        let old = try await current()
        let differences = PolicyDifference.between(old.files, files)
        guard !differences.isEmpty else { throw Refusal(CertificateRecordsRefusal.unchangedPolicy) }
        let book = try PolicyBook(version: old.version + 1, files: files)
        try authorisation.require(
            .applyPolicy, subject: "policy:\(Hex.encode(files.hash))",
            parameters: PolicyStore.parameters(differences, files))
        try await database.write { [audit, surroundings] transaction in
            guard try PolicyStore.version(in: transaction) == old.version else {
                throw Refusal(CertificateRecordsRefusal.statusBusy, detail: "the policies changed meanwhile")
            }
            try PolicyStore.refuseOtherAuthorities(in: book, transaction)
            try authorisation.spend(in: transaction)
            try PolicyStore.insert(files, version: book.version, at: surroundings.now(), in: transaction)
            try audit.record(
                AuditEvent(
                    act: CertificateRecordsAct.policyApplied, actor: authorisation.actor,
                    subject: "policy-\(book.version)",
                    facts: [
                        "hash": .string(Hex.encode(files.hash)), "before": .string(Hex.encode(old.files.hash)),
                        "files": .array(differences.map { .string("\($0.kind.rawValue) \($0.path)") }),
                    ]), in: transaction)
        }
        return book
    }

    /// The YAML files of one version, by path.
    func texts(version: Int64) async throws -> [String: String] {
        try await database.read { transaction in
            var texts: [String: String] = [:]
            for row in try transaction.query(
                "SELECT path, content FROM policy_file WHERE version = $1 AND path LIKE '%.yaml'", version)
            { texts[try row.text("path")] = try row.text("content") }
            return texts
        }
    }

    package static func version(in transaction: any ReadTransaction) throws(Refusal) -> Int64 {
        try transaction.first("SELECT max(version) AS version FROM policy_set")?.optionalInteger("version") ?? 0
    }

    /// Every version that was ever in force, ascending, and since when.
    package static func versions(
        in transaction: any ReadTransaction
    ) throws(Refusal) -> [(version: Int64, appliedAt: Instant)] {
        try transaction.query("SELECT version, applied_at FROM policy_set ORDER BY version").map {
            row throws(Refusal) in
            (version: try row.integer("version"), appliedAt: try row.instant("applied_at"))
        }
    }

    /// A generation's name and shards are in certificates: they may not change under it.
    private static func refuseOtherAuthorities(
        in book: PolicyBook, _ transaction: any ReadTransaction
    ) throws(Refusal) {
        for row in try transaction.query("SELECT generation, shards FROM authority_issuer") {
            let generation = try row.text("generation")
            let shards = Int(try row.integer("shards"))
            let planned = book.hierarchies.flatMap { [$0.root] + $0.issuingAuthorities }.first {
                $0.generation == generation
            }
            guard planned.map({ $0.shards == shards }) ?? true else {
                throw Refusal(
                    CertificateProfilesRefusal.malformedPolicy, detail: "\(generation) has \(shards) shards for ever",
                    facts: ["file": "CA/"])
            }
        }
    }

    /// Who may order what, as it is in force in this transaction.
    package static func dualControl(in transaction: any ReadTransaction) throws(Refusal) -> DualControl {
        let path = "Policies/dual-control.yaml"
        guard
            let row = try transaction.first(
                """
                SELECT content FROM policy_file
                WHERE path = $1 AND version = (SELECT max(version) FROM policy_set)
                """, path)
        else { throw Refusal(CertificateRecordsRefusal.notInitialised, detail: path) }
        return try DualControl(yaml: try row.text("content"), file: path)
    }

    private static func files(in transaction: any ReadTransaction) throws(Refusal) -> PolicyFiles {
        var texts: [String: String] = [:]
        for row in try transaction.query(
            """
            SELECT path, content FROM policy_file
            WHERE version = (SELECT max(version) FROM policy_set)
            """)
        { texts[try row.text("path")] = try row.text("content") }
        return PolicyFiles(texts: texts)
    }

    private static func insert(
        _ files: PolicyFiles, version: Int64, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            "INSERT INTO policy_set (version, hash, applied_at) VALUES ($1, $2, $3)", version, files.hash, now)
        for (path, text) in files.texts {
            try transaction.execute(
                "INSERT INTO policy_file (version, path, hash, content) VALUES ($1, $2, $3, $4)", version, path,
                files.hash(of: path), text)
        }
    }
}

import Audit
import CertificateProfiles
import CertificateRecords
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import Installation
import LegalEntities
import LongTermEvidence
import Officers
import SecurityKeys
import Storage
import Testing
import Installation
import WebService

enum KeptAct: String, AuditAct { case noted = "test.kept.noted" }

/// How long the whole installation keeps what: every table has its line, and what goes is what may.
@Suite struct InstallationSchemaTests {
    private static let audit = AuditLog(surroundings: .real)
    private static let long = Instant.now.adding(days: -20_000)

    private static func withStore(_ body: (Database) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-kept-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try Database.open(
            at: folder.path + "/database.sqlite", migrations: InstallationSchema.migrations,
            beforeCommit: [audit.sequencer])
        try await body(database)
        await database.close()
    }

    private static func book(_ old: String = "", _ new: String = "") throws -> PolicyBook {
        let files = try PolicyFiles.read(root: WebHouse.root.path)
        guard !old.isEmpty else { return try PolicyBook(version: 1, files: files) }
        var texts = files.texts
        let shipped = try #require(texts[RetentionPolicy.file])
        let altered = shipped.replacing(old, with: new, maxReplacements: 1)
        try #require(altered != shipped)
        texts[RetentionPolicy.file] = altered
        return try PolicyBook(version: 1, files: PolicyFiles(texts: texts))
    }

    @Test func `Every table stands in one line of the policy, and every line's tables are there`() async throws {
        let lines = try Self.book().retention.records
        try await Self.withStore { database in
            let tables = try await database.read { transaction in
                try transaction.query("SELECT name FROM sqlite_master WHERE type = 'table'").map {
                    try $0.text("name")
                }
            }
            #expect(Set(lines.flatMap(\.tables)) == Set(tables).subtracting(["sqlite_sequence", "sqlite_stat1"]))
        }
        let prose = try String(contentsOf: WebHouse.root.appending(path: "Policies/retention.md"), encoding: .utf8)
        #expect(prose.contains("电子签名法") && prose.contains("个人信息保护法"))
    }

    @Test func `The shipped policy says of everything how long, and long enough`() throws {
        try InstallationSchema.check(Self.book(), Self.audit)
    }

    @Test(arguments: [
        // Five years of 366 days and the longest certificate's two years: 2560 days.
        ("days: 2930", "days: 2559"),
        ("  - kind: dead-secrets\n    rule: days\n    days: 30\n", "  - kind: dead-secrets\n    rule: forever\n"),
        ("  - kind: logins\n    rule: certificate\n", "  - kind: logins\n    rule: forever\n"),
        ("  - kind: officers\n    rule: forever\n", "  - kind: officers\n    rule: days\n    days: 9000\n"),
    ])
    func `A policy that keeps too short, or what no room lets go, is refused`(old: String, new: String) throws {
        let book = try Self.book(old, new)
        #expect(throws: Refusal(CertificateProfilesRefusal.malformedPolicy)) {
            try InstallationSchema.check(book, Self.audit)
        }
    }

    @Test(arguments: [
        ("days: 2930", "days: 0"), ("tables: [login]", "tables: [certificate]"), ("kind: logins", "kind: keys"),
        ("    days: 2930\n", ""), ("ground: 介质注销后不再需要", "ground: \"\""),
        ("rule: present\n", "rule: present\n    days: 3\n"),
    ])
    func `A policy that contradicts itself is refused`(old: String, new: String) throws {
        #expect(throws: Refusal(CertificateProfilesRefusal.malformedPolicy)) { try Self.book(old, new) }
    }

    /// Two rows of each kind that ended long ago, and those that must stay whatever their age.
    private static let rows = """
        INSERT INTO registry_import VALUES (x'00000000000000000000000000000001', 'f', zeroblob(32), 1, 1, 0, 0, 0, 0, 0, 0);
        INSERT INTO registry_record VALUES ('913100006312912891', '甲', 't', '310110', '张', 'deregistered', 5, x'00000000000000000000000000000001');
        INSERT INTO registry_record VALUES ('913100006312912892', '乙', 't', '310110', '李', 'relocated', 5, x'00000000000000000000000000000001');
        INSERT INTO registry_record VALUES ('913100006312912893', '丙', 't', '310110', '王', 'active', 5, x'00000000000000000000000000000001');
        INSERT INTO registry_former_name VALUES ('913100006312912891', 5, 1, '旧', x'00000000000000000000000000000001');
        INSERT INTO security_key (medium, model, status, created_at, changed_at) VALUES (x'00000000000000000000000000000001', 'm', 'retired', 1, 5);
        INSERT INTO security_key (medium, model, status, created_at, changed_at) VALUES (x'00000000000000000000000000000002', 'm', 'retired', 1, 5);
        INSERT INTO security_key (medium, model, status, created_at, changed_at) VALUES (x'00000000000000000000000000000003', 'm', 'active', 1, 5);
        INSERT INTO security_key (medium, model, status, created_at, changed_at) VALUES (x'00000000000000000000000000000004', 'm', 'lost', 1, 5);
        INSERT INTO escrow_secret VALUES (x'00000000000000000000000000000001', 'unlock', 1, 'current', 1, 'k', 'a', x'01', 1);
        INSERT INTO secret_tries VALUES (x'00000000000000000000000000000002', 3);
        INSERT INTO escrow_secret VALUES (x'00000000000000000000000000000003', 'unlock', 1, 'current', 1, 'k', 'a', x'01', 1);
        INSERT INTO escrow_secret VALUES (x'00000000000000000000000000000004', 'unlock', 1, 'current', 1, 'k', 'a', x'01', 1);
        INSERT INTO key_plan VALUES (x'00000000000000000000000000000001', x'01', 'enrol', 'finished', 's', '{}', 5);
        INSERT INTO key_plan VALUES (x'00000000000000000000000000000002', x'02', 'enrol', 'rolled-back', 's', '{}', 5);
        INSERT INTO key_plan VALUES (x'00000000000000000000000000000003', x'03', 'enrol', 'open', 's', '{}', 5);
        INSERT INTO key_plan VALUES (x'00000000000000000000000000000004', x'04', 'enrol', 'finished', 's', '{}', 5);
        INSERT INTO key_certificate VALUES (zeroblob(32), x'00000000000000000000000000000003', 'authentication', 'p256', '9a', x'01', 'witnessed', x'00000000000000000000000000000004', 1, 1);
        INSERT INTO seal VALUES (x'00000000000000000000000000000001', '0000000001', '913100006312912891', 'k', 'n', 'sm2', zeroblob(16), zeroblob(32), 1, 5, 1, 'active', NULL, x'01', x'01', 1, 1);
        INSERT INTO seal VALUES (x'00000000000000000000000000000002', '0000000002', '913100006312912891', 'k', 'n', 'sm2', zeroblob(16), zeroblob(32), 1, 5, 1, 'closed', x'00000000000000000000000000000001', x'01', x'01', 1, 1);
        INSERT INTO seal VALUES (x'00000000000000000000000000000003', '0000000003', '913100006312912891', 'k', 'n', 'sm2', zeroblob(16), zeroblob(32), 1, 9000000000000, 1, 'active', x'00000000000000000000000000000002', x'01', x'01', 1, 1);
        INSERT INTO seal_event VALUES (x'00000000000000000000000000000001', 1, 'made', 1, zeroblob(16));
        INSERT INTO stamp VALUES (x'00000000000000000000000000000001', x'00000000000000000000000000000002', zeroblob(32), zeroblob(32), 1, zeroblob(16));
        INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, progress, created_at, finished_at) VALUES (x'01000000000000000000000000000000', zeroblob(32), 1, 's', 0, 'done', 1, 5);
        INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, progress, created_at, finished_at) VALUES (x'02000000000000000000000000000000', zeroblob(32), 1, 's', 0, 'done', 1, 5);
        INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, progress, created_at, finished_at) VALUES (x'03000000000000000000000000000000', zeroblob(32), 1, 's', 0, 'running', 1, NULL);
        """

    /// Pruning writes: nobody issues or revokes while a table of a million rows is looked through.
    @Test(arguments: [
        RegistryRetention.gone, SealRetention.ended, SealRetention.successors, KeyRetention.endedPlans,
        KeyRetention.deadMedia,
    ])
    func `What goes is found by an index`(_ query: String) async throws {
        try await Self.withStore { database in
            let plan = try await database.read { transaction in
                try transaction.query("EXPLAIN QUERY PLAN \(query)", Instant.now).map { try $0.text("detail") }
            }
            #expect(!plan.isEmpty && !plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
        }
    }

    @Test func `Each room lets go of what ended, one at a time, and keeps what must stay`() async throws {
        let kinds = InstallationSchema.retained(Self.audit)
        let past = AuditLog(
            surroundings: Surroundings(
                now: { Instant(seconds: 86_400) }, monotonicNanoseconds: { 0 },
                randomBytes: Surroundings.real.randomBytes))
        try await Self.withStore { database in
            try await database.write { transaction in
                for statement in Self.rows.split(separator: "\n") { try transaction.execute(String(statement)) }
                for log in [past, past, Self.audit] {
                    try log.record(
                        AuditEvent(act: KeptAct.noted, actor: .system, subject: "s", personal: ["name": "张"]),
                        in: transaction)
                }
            }
            for kind in kinds {
                let before = Self.long
                let count = try await database.read { try kind.count(before, $0) }
                #expect(count == 2, "\(kind.kind)")
                var steps: [Int] = []
                while steps.last != 0 {
                    steps.append(try await database.write { try kind.remove(before, 1, $0) })
                }
                #expect(steps == [1, 1, 0], "\(kind.kind)")
            }
            let left = try await database.read { transaction in
                try [
                    "registry_record", "registry_former_name", "escrow_secret", "secret_tries", "key_plan", "seal",
                    "seal_event", "stamp", "bulk_revocation", "audit_personal", "security_key", "audit_event",
                ].map { try transaction.first("SELECT count(*) AS n FROM \($0)")?.integer("n") }
            }
            // Two deletions of personal data are events of their own.
            #expect(left == [1, 0, 2, 0, 2, 1, 0, 0, 1, 1, 4, 5])
            let key = try PrivateKey.generate(.p256)
            _ = try await Self.audit.checkpoint(database: database, signer: SoftwareSigner(key))
            let verdict = try await database.read { transaction in
                try transaction.first("SELECT replaces FROM seal")?.optionalBlob("replaces")
            }
            #expect(verdict == .some(nil))
        }
    }

    /// Orders of every form that can be about a certificate, and some that are about others.
    @Test func `Every order about a certificate is told, whatever it names it by, and no other`() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            let medium = Hex.encode(try #require(record.medium))
            let key = Hex.encode(DigestAlgorithm.sha256.hash(try record.certificate().publicKey.spki))
            func seal(_ serial: String) -> CanonicalRequest {
                CanonicalRequest(
                    .makeSeal, subject: WebHouse.uscc, parameters: ["certificate": .string(serial)], reason: "r",
                    in: house.authority.surroundings)
            }
            func about(_ act: OfficerAct, _ subject: String) -> CanonicalRequest {
                CanonicalRequest(act, subject: subject, reason: "r", in: house.authority.surroundings)
            }
            let list = DigestAlgorithm.sha256.hash([1])
            let prepared = DigestAlgorithm.sha256.hash([2])
            let mine = [
                about(.enrolKey, medium), about(.suspendCertificate, record.serialNumber.hex),
                about(.resumeCertificate, record.serialNumber.hex), about(.revokeCertificate, record.serialNumber.hex),
                about(.issueServiceCertificate, key), about(.revokeCertificates, Hex.encode(list)),
                seal(record.serialNumber.hex),
            ]
            let others = [
                seal("00"), about(.enrolKey, "00"), about(.revokeCertificates, Hex.encode(prepared)),
                about(.changeEntity, WebHouse.uscc),
            ]
            try await house.database.write { transaction in
                for (place, request) in (others + mine).enumerated() {
                    try transaction.execute(
                        """
                        INSERT INTO officer_authorisation (nonce, act, subject, request, spent_at)
                        VALUES ($1, $2, $3, $4, $5)
                        """, request.nonce, request.act.rawValue, request.subject, request.bytes, Int64(place + 1))
                }
                for (id, digest, progress) in [(1, list, "done"), (2, prepared, "prepared")]
                    as [(UInt8, [UInt8], String)]
                {
                    let job = [UInt8](repeating: id, count: 16)
                    try transaction.execute(
                        """
                        INSERT INTO bulk_revocation (id, digest, certificates, selection, reason, progress, created_at)
                        VALUES ($1, $2, 1, 's', 0, $3, 1)
                        """, job, digest, progress)
                    try transaction.execute(
                        "INSERT INTO bulk_revocation_item (job, position, serial) VALUES ($1, 0, $2)", job,
                        record.serialNumber.bytes)
                }
            }
            let orders = try #require(InstallationSchema.companions.first { $0.kind == "orders" })
            let told = try await house.database.read { try orders.lines(record, $0) }
            #expect(told.map { $0["request"]?.string } == mine.map { Base64.encode($0.bytes) })
        }
    }

    @Test func `Everything that rooms keep of a certificate is told, and what is its alone goes`() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            let medium = try #require(record.medium)
            let (told, after) = try await house.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO officer_authorisation (nonce, act, subject, request, spent_at)
                    VALUES (zeroblob(32), 'enrolKey', $1, x'7B7D', 1)
                    """, Hex.encode(medium))
                try transaction.execute(
                    """
                    INSERT INTO security_key (medium, model, status, created_at, changed_at)
                    VALUES ($1, 'm', 'active', 1, 5)
                    """, medium)
                try transaction.execute(
                    "INSERT INTO key_plan VALUES (zeroblob(16), $1, 'enrol', 'finished', 's', '{}', 5)", medium)
                try transaction.execute(
                    """
                    INSERT INTO key_certificate VALUES ($1, $2, 'authentication', 'p256', '9a', $3, 'witnessed',
                        zeroblob(16), 1, 1)
                    """, DigestAlgorithm.sha256.hash(record.der), medium, record.der)
                try transaction.execute(
                    """
                    INSERT INTO login VALUES (zeroblob(16), zeroblob(16), zeroblob(16), $1, zeroblob(16), $2,
                        'tax-portal', 1, zeroblob(16), $3)
                    """, WebHouse.uscc, record.serialNumber.bytes, Array(#"{"format":"yzt-login-evidence-1"}"#.utf8))
                try transaction.execute(
                    """
                    INSERT INTO seal VALUES (zeroblob(16), '0000000001', $1, 'k', 'n', 'sm2', $2, zeroblob(32), 1, 5,
                        1, 'active', NULL, x'01', x'01', 1, 1)
                    """, WebHouse.uscc, record.serialNumber.bytes)
                let told = try InstallationSchema.companions.map { ($0.kind, try $0.lines(record, transaction)) }
                for companion in InstallationSchema.companions { try companion.remove?(record, transaction) }
                let after = try InstallationSchema.companions.map { ($0.kind, try $0.lines(record, transaction).count) }
                return (told, after)
            }
            let lines = Dictionary(uniqueKeysWithValues: told)
            #expect(lines["orders"]?.first?["request"]?.string == "e30=")
            #expect(lines["entity"]?.first?["legalRepresentative"]?.string == "王晓")
            #expect(lines["keys"]?.first?["journal"]?.string == "{}")
            #expect(lines["logins"] == [["format": "yzt-login-evidence-1"]])
            #expect(lines["seals"]?.first?["esID"]?.string == "0000000001")
            #expect(
                Dictionary(uniqueKeysWithValues: after)
                    == ["keys": 0, "logins": 0, "orders": 1, "entity": 1, "seals": 1])
        }
    }
}

extension Instant {
    fileprivate static var now: Instant { Surroundings.real.now() }
}

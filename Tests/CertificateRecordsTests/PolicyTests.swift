import Audit
import Ceremony
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import Storage
import Testing

@testable import AuthorityFixtures

@Suite struct PolicyTests {
    @Test func `The shipped policies decode; a key that nothing reads is refused`() throws {
        let files = try Bench.policyFiles()
        let book = try PolicyBook(version: 1, files: files)
        #expect(Set(book.hierarchies.map(\.family)) == Set(AlgorithmFamily.allCases))
        #expect(book.profiles.count >= 6)
        for path in ["CA/p256.yaml", "Policies/certificates.yaml", "Policies/profiles/officer.yaml"] {
            var texts = files.texts
            texts[path] = (texts[path] ?? "") + "\nsurprise: 1\n"
            #expect(throws: Refusal(GroundworkRefusal.unknownKey)) {
                try PolicyBook(version: 1, files: PolicyFiles(texts: texts))
            }
        }
    }

    @Test func `A profile that mixes purposes is refused`() throws {
        var texts = try Bench.policyFiles().texts
        let path = "Policies/profiles/entity-authentication.yaml"
        texts[path] = texts[path]?.replacing("sm2: [digitalSignature]", with: "sm2: [digitalSignature, nonRepudiation]")
        #expect(throws: Refusal(CertificateProfilesRefusal.malformedPolicy)) {
            try PolicyBook(version: 1, files: PolicyFiles(texts: texts))
        }
    }

    @Test func `Policies that were edited in the store are not in force, and are found where they are`() async throws {
        let bench = try await Bench.create()
        let policies = bench.authority.policies
        try await policies.check()
        let path = "Policies/dual-control.yaml"
        let files = try Bench.policyFiles()
        let text = try #require(files.texts[path])
        var texts = files.texts
        texts[path] = text + "# nothing that decides anything\n"
        let other = PolicyFiles(texts: texts)
        func isFound(_ words: String) async {
            for attempt in [policies.check, { _ = try await bench.another().policies.current() }] {
                do {
                    try await attempt()
                    Issue.record("taken: \(words)")
                } catch {
                    let refusal = error as? Refusal
                    #expect(refusal?.isBecause(CertificateRecordsRefusal.policiesAltered) == true, "\(error)")
                    #expect(refusal?.detail.contains(words) == true, "\(error)")
                }
            }
        }
        func store(_ files: PolicyFiles, _ content: String, andTheSet isWhole: Bool) async throws {
            try await bench.database.write { transaction in
                try transaction.execute(
                    "UPDATE policy_file SET content = $2, hash = $3 WHERE path = $1", path, content,
                    files.hash(of: path))
                if isWhole { try transaction.execute("UPDATE policy_set SET hash = $1", files.hash) }
            }
        }
        try await bench.database.write { transaction in
            try transaction.execute("UPDATE policy_file SET content = content || '# x' WHERE path = $1", path)
        }
        await isFound(path)
        try await store(other, texts[path] ?? "", andTheSet: false)
        await isFound("another set of files")
        // Every hash in the tables fits: the log knows better, also after somebody made it say so too.
        try await store(other, texts[path] ?? "", andTheSet: true)
        await isFound("names \(Hex.encode(files.hash))")
        try await bench.database.write { transaction in
            try bench.audit.record(
                AuditEvent(
                    act: ForgedAct.applied, actor: .system, subject: "policy-1",
                    facts: ["hash": .string(Hex.encode(other.hash))]), in: transaction)
        }
        await isFound("names \(Hex.encode(files.hash))")
        try await store(files, text, andTheSet: true)
        try await policies.check()
        _ = try await bench.another().policies.current()
        // A version that nobody put in force.
        try await bench.database.write { transaction in
            try transaction.execute("INSERT INTO policy_set SELECT version + 1, hash, applied_at FROM policy_set")
            try transaction.execute("INSERT INTO policy_file SELECT version + 1, path, hash, content FROM policy_file")
        }
        await isFound("no event")
    }

    @Test func `The difference names files and lines`() async throws {
        let bench = try await Bench.create()
        var texts = try Bench.policyFiles().texts
        texts["Policies/profiles/officer.yaml"] =
            texts["Policies/profiles/officer.yaml"]?.replacing("validityDays: 730", with: "validityDays: 365")
        texts["Policies/new.md"] = "one\n"
        let differences = try await bench.authority.policies.differences(PolicyFiles(texts: texts))
        #expect(differences.map(\.path) == ["Policies/new.md", "Policies/profiles/officer.yaml"])
        #expect(differences.map(\.kind) == [.added, .changed])
        #expect(differences[1].lines == ["- validityDays: 730", "+ validityDays: 365"])
        #expect(try await bench.authority.policies.differences(Bench.policyFiles()) == [])
    }

    @Test(arguments: [IssuanceStep.intended, .verified, .stored])
    func `A ceremony that was killed goes on where it was, and a complete one refuses`(_ step: IssuanceStep)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-ceremony-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = TurnedClock()
        let stop = StopSign()
        let (database, audit) = try Bench.open(folder, clock.surroundings)
        let keys = EncryptedKeyFiles(directory: folder.path + "/keys", passphrase: Bench.passphrase())
        func hold() async throws -> Authority {
            try await EvaluationCeremony.create(
                .p256, policies: Bench.policyFiles(), keys: keys, statusBase: Bench.base, database: database,
                audit: audit,
                surroundings: clock.surroundings, observer: stop.observer)
        }
        // Killed at this step of every certificate in turn: each try gets one certificate further at most.
        stop.stop(at: step)
        for _ in 0..<3 { await #expect(throws: StopSign.Killed.self) { try await hold() } }
        stop.stop(at: nil)
        let authority = try await hold()
        #expect(authority.issuers.issuers.map(\.role) == [.root, .issuing])
        #expect(Set(authority.services.map(\.role)) == Set(ServiceRole.allCases))
        await #expect(throws: Refusal(CertificateRecordsRefusal.alreadyInitialised)) { try await hold() }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/keys")
        let services = ServiceRole.allCases.map { "p256-entity-1-\($0.rawValue.lowercased()).p8" }
        #expect(Set(files) == Set(services + ["p256-root-1.p8", "p256-entity-1.p8"]))
        await #expect(throws: Refusal(KeyCustodyRefusal.wrongKeyFile)) {
            try await Authority.open(
                database: database, audit: audit, keysDirectory: folder.path + "/keys",
                passphrase: SecretBytes(copying: [1, 2, 3]), surroundings: clock.surroundings)
        }
        for file in files {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/keys/\(file)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `Without the root's key the authority works, and the root signs nothing`() async throws {
        let bench = try await Bench.create()
        _ = try await bench.authority.status.crl(issuer: "p256-root-1", shard: 0)
        bench.keys.remove("p256-root-1")
        let offline = try await bench.another()
        _ = try await offline.issuance.issue(bench.request())
        bench.clock.turn(seconds: 100 * 86_400)
        #expect(try await offline.status.crl(issuer: "p256-root-1", shard: 0).number == 1)
        bench.clock.turn(seconds: 100 * 86_400)
        await #expect(throws: Refusal(KeyCustodyRefusal.noSigner)) {
            try await offline.status.crl(issuer: "p256-root-1", shard: 0)
        }
    }
}

private enum ForgedAct: String, AuditAct {
    case applied = "policy.applied"
}

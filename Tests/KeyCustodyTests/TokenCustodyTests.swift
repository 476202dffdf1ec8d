import Audit
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import OtherPrograms
import SoftTokens
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// An authority whose keys are in a SoftHSM 2 token, which fails while it works.
@Suite(.serialized) struct TokenCustodyTests {
    typealias Code = FaultyCryptoki.Code

    /// What the log hears.
    final class Heard: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var listener: @Sendable (CustodyAlarm.Change) -> Void {
            { change in
                self.lines.withLock { lines in
                    switch change {
                    case .failed(let refusal): lines.append("failed \(refusal.code)")
                    case .recovered: lines.append("recovered")
                    }
                }
            }
        }
    }

    private struct House {
        let soft: SoftToken
        let faulty: FaultyCryptoki
        let heard = Heard()
        let bench: Bench
        let keys: TokenKeys

        init(_ family: AlgorithmFamily = .p256) async throws {
            let soft = try SoftToken()
            let faulty = try FaultyCryptoki(soft)
            let heard = heard
            let made = Mutex<TokenKeys?>(nil)
            do {
                bench = try await Bench.create(family) { database, audit in
                    let alarm = CustodyAlarm(
                        place: "token \(soft.label)", database: database, audit: audit, listener: heard.listener)
                    let keys = TokenKeys(token: try soft.opened(by: faulty), alarm: alarm)
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

        func events(_ act: String) async throws -> Int64 {
            try await bench.database.read { transaction in
                try transaction.first(
                    "SELECT count(*) AS n FROM audit_event WHERE instr(CAST(line AS TEXT), $1) > 0",
                    "\"act\":\"\(act)\""
                )?.integer("n") ?? -1
            }
        }
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `A whole authority lives in the token, and openssl verifies what it signs`(_ family: AlgorithmFamily)
        async throws
    {
        let house = try await House(family)
        defer { house.soft.remove() }
        let record = try await house.bench.active()
        let list = try await house.bench.list(record)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try stranger.write(Array(house.bench.root.certificate.pem.utf8), "root.pem")
        try stranger.write(Array(house.bench.issuing.certificate.pem.utf8), "issuing.pem")
        try stranger.write(Array(try record.certificate().pem.utf8), "leaf.pem")
        try stranger.write(list.der, "list.crl")
        try stranger.run("openssl verify -x509_strict -CAfile root.pem -untrusted issuing.pem leaf.pem")
        try stranger.run("openssl crl -inform DER -in list.crl -noout -CAfile issuing.pem")
        #expect(try await house.bench.ocspStatus(record.serialNumber) == .good)
        let objects = try stranger.run(
            "\(house.soft.pkcs11Tool) --list-objects --type privkey")
        // Root, issuing authority, services: each in the token, each kept there; not one file.
        let keys = 2 + ServiceRole.allCases.count
        #expect(objects.components(separatedBy: "never extractable, local").count == keys + 1, "\(objects)")
        #expect(objects.contains("\(family.rawValue)-root-1"))
        #expect(house.keys.report.place == "token \(house.soft.label)")
        #expect(house.keys.report.failure == nil && house.keys.report.refused == 0)

        // A second process finds the same keys by their certificates.
        let second = try await Authority.open(
            database: house.bench.database, audit: house.bench.audit, keys: house.keys,
            surroundings: house.bench.surroundings)
        _ = try await second.issuance.issue(house.bench.request())
    }

    @Test func `Of calls side by side, only one that began after a change tells of another`() async throws {
        let bench = try await Bench.create()
        let heard = Heard()
        let alarm = CustodyAlarm(
            place: "token", database: bench.database, audit: bench.audit, listener: heard.listener)
        /// Runs one call while another has begun and is not through.
        func call(_ late: Result<Void, Refusal>, around early: Result<Void, Refusal>) async {
            try? await alarm.watching {
                try? await alarm.watching { try early.get() }
                try late.get()
            }
        }
        let gone = Result<Void, Refusal>.failure(Refusal(CryptographyRefusal.tokenUnavailable))
        // A signature that was made before the token went, and comes in after.
        await call(.success(()), around: gone)
        #expect(heard.all == ["failed cryptography.token-unavailable"] && alarm.refused == 1)
        // A failure of before the token came back, and comes in after.
        await call(gone, around: .success(()))
        #expect(heard.all == ["failed cryptography.token-unavailable", "recovered"] && alarm.refused == 2)
        await call(.success(()), around: .success(()))
        #expect(heard.all.count == 2)
        for act in ["authority.custody-failed", "authority.custody-recovered"] {
            #expect(try await bench.events(act) == 1)
        }
    }

    @Test func `A ceremony for SM2 in a token without it is refused, and says which`() async throws {
        let refusal = await #expect(throws: Refusal(CryptographyRefusal.tokenUnsupported)) { try await House(.sm2) }
        #expect(refusal?.message.en.contains("SM2") == true)
    }

    @Test(arguments: ["C_GetSlotList", "C_OpenSession", "C_Login", "C_FindObjects", "C_Sign"])
    func `A failure in the middle of an issuance refuses, alarms, closes the intent, recovers`(_ call: String)
        async throws
    {
        let house = try await House()
        defer { house.soft.remove() }
        let before = try await house.bench.count("SELECT count(*) AS n FROM certificate")
        let faulty = house.faulty
        faulty.fail(
            "C_Sign", with: Code.sessionHandleInvalid, after: { faulty.fail(call, with: Code.deviceRemoved) })
        let key = try PrivateKey.generate(.p256)
        let refusal = await #expect(throws: Refusal.self) {
            try await house.bench.authority.issuance.issue(house.bench.request(key: key, reference: "case/1"))
        }
        #expect(refusal?.isBecause(CryptographyRefusal.tokenUnavailable) == true && refusal?.retry == .later)
        #expect(
            try await house.bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
        #expect(
            try await house.bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'closed'") == 1)
        #expect(try await house.bench.count("SELECT count(*) AS n FROM certificate") == before)
        #expect(try await house.events("authority.custody-failed") == 1)
        #expect(house.keys.report.failure != nil && house.keys.report.refused == 1)
        #expect(house.heard.all == ["failed cryptography.token-unavailable"])

        // The same request again, unchanged: the token is found back.
        let record = try await house.bench.authority.issuance.issue(house.bench.request(key: key, reference: "case/1"))
        #expect(try await house.bench.count("SELECT count(*) AS n FROM certificate") == before + 1)
        #expect(try record.certificate().isSigned(by: house.bench.issuing.certificate.publicKey))
        #expect(try await house.events("authority.custody-recovered") == 1)
        #expect(house.keys.report.failure == nil)
        #expect(house.heard.all == ["failed cryptography.token-unavailable", "recovered"])
    }

    @Test(arguments: [IssuanceStep.intended, .linted, .signed])
    func `The token is taken away at a step, and put back`(_ step: IssuanceStep) async throws {
        let house = try await House()
        defer { house.soft.remove() }
        let soft = house.soft
        house.bench.stop.perform(at: step) { _ in
            // Its sessions go with it.
            house.faulty.fail("C_Sign", with: Code.sessionHandleInvalid)
            try soft.takeAway()
        }
        let request = try house.bench.request(reference: "case/2")
        if step == .signed {
            // What was signed already is issued.
            _ = try await house.bench.authority.issuance.issue(request)
            house.bench.stop.stop(at: nil)
        } else {
            await #expect(throws: Refusal.self) { try await house.bench.authority.issuance.issue(request) }
            house.bench.stop.stop(at: nil)
            // Nobody asks for a signature meanwhile: the watch keeps seeing that it is gone, the audit hears it once.
            for _ in 0..<3 { await #expect(throws: Refusal.self) { try await house.keys.check() } }
            #expect(try await house.events("authority.custody-failed") == 1)
            #expect(house.keys.report.refused == 1)
        }
        try soft.putBack()
        _ = try await house.bench.authority.issuance.issue(request)
        try await house.keys.check()
        #expect(house.keys.report.failure == nil)
        #expect(
            try await house.bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
    }

    @Test func `An alarm that cannot be written is written later`() async throws {
        let house = try await House()
        defer { house.soft.remove() }
        try await house.bench.database.write {
            try $0.execute(
                """
                CREATE TRIGGER no_alarm BEFORE INSERT ON audit_event
                WHEN instr(CAST(new.line AS TEXT), 'custody-failed') > 0 BEGIN SELECT RAISE(ABORT, 'disk'); END
                """)
        }
        house.faulty.fail("C_GetMechanismList", with: Code.deviceError)
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await house.keys.check() }
        #expect(try await house.events("authority.custody-failed") == 0)
        try await house.bench.database.write { try $0.execute("DROP TRIGGER no_alarm") }
        try await house.keys.check()
        #expect(try await house.events("authority.custody-failed") == 1)
        #expect(try await house.events("authority.custody-recovered") == 1)
    }

    @Test func `Keys from before the token stay in their files, new ones are made in the token`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let bench = try await Bench.create()
        let files = EncryptedKeyFiles(directory: bench.folder.path + "/keys", passphrase: Bench.passphrase())
        let old = try await files.generate("old", family: .p256)
        let token = try soft.opened()
        let keys = TokenBesideFiles(
            token: TokenKeys(
                token: token, alarm: CustodyAlarm(place: "token", database: bench.database, audit: bench.audit)),
            files: files)
        #expect(try await keys.signer("old").publicKey == old.publicKey)
        await #expect(throws: Refusal(KeyCustodyRefusal.keyFileExists)) {
            try await keys.generate("old", family: .p256)
        }
        let new = try await keys.generate("new", family: .p256)
        #expect(try await token.signer("new")?.publicKey == new.publicKey)
        #expect(try await keys.signer("new").publicKey == new.publicKey)
        #expect(try await !token.contains("old"))
        #expect(!files.contains("new"))
        for (name, isThere) in ["old": true, "new": true, "neither": false] {
            #expect(try await keys.contains(name) == isThere, "\(name)")
        }
    }

    @Test func `A key that nobody here began to make is not taken over by its name`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        // Another authority's.
        _ = try await soft.opened().generate("p256-root-1", family: .p256)
        await #expect(throws: Refusal(KeyCustodyRefusal.keyFileExists)) {
            try await Bench.create { database, audit in
                TokenKeys(
                    token: try soft.opened(), alarm: CustodyAlarm(place: "token", database: database, audit: audit))
            }
        }
    }

    @Test(arguments: ["C_GenerateKeyPair", "C_GetAttributeValue", "C_Sign"])
    func `A ceremony whose token fails goes on when it is held again`(_ call: String) async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-ceremony-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let faulty = try FaultyCryptoki(soft)
        let (database, audit) = try Bench.open(folder, TurnedClock().surroundings)
        let keys = TokenKeys(
            token: try soft.opened(by: faulty), alarm: CustodyAlarm(place: "token", database: database, audit: audit))
        func hold() async throws -> Authority {
            try await EvaluationCeremony.create(
                .p256, policies: Bench.policyFiles(), keys: keys, statusBase: Bench.base, database: database,
                audit: audit, surroundings: TurnedClock().surroundings)
        }
        faulty.fail(call, with: Code.deviceError)
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await hold() }
        let authority = try await hold()
        #expect(Set(authority.services.map(\.role)) == Set(ServiceRole.allCases))
    }
}

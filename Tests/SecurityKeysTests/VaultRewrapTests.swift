import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import SoftTokens
import Storage
import Synchronization
import Testing

@testable import SecurityKeys

/// The escrow moves to another key: ordered by two, killed anywhere, on a full disk, beside another process.
@Suite(.serialized) struct VaultRewrapTests {
    private struct Killed: Error {}

    /// A store with envelopes, its key file, and two officers.
    private final class House: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rewrap-\(UUID().uuidString)")
        let database: Database
        let audit = AuditLog(surroundings: .real)
        let officers: OfficerRegister
        let signers: [KeyedOfficerSigner]
        let media: [MediumNumber]
        let token: Token?
        let vault: CardSecretVault
        static func passphrase() -> SecretBytes { SecretBytes(copying: Array("correct horse".utf8)) }
        let path: String

        init(_ count: Int = 7, token: Token? = nil, folder keys: String? = nil) async throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            path = (keys ?? folder.path) + "/escrow.sealed"
            self.token = token
            database = try Self.open(folder, audit)
            let made: VaultKeys
            if let token { made = try await .generate(in: .real, token: token) } else { made = .generate(in: .real) }
            try await made.write(to: path, passphrase: Self.passphrase(), in: .real, rounds: 1000)
            vault = try await Self.vault(path, token)
            media = (0..<count).map { _ in MediumNumber.random(in: .real) }
            let text = try String(contentsOfFile: Policies.folder + "/dual-control.yaml", encoding: .utf8)
            officers = OfficerRegister(
                database: database, audit: audit, policy: try DualControl(yaml: text), surroundings: .real
            ) { _, _, _ in .good }
            let people = [
                try await Self.person("王芳", [.superAdministrator, .operator]),
                try await Self.person("李强", [.auditAdministrator, .reviewer]),
            ]
            signers = people.map(\.1)
            try await database.write { [officers, vault, media] transaction in
                _ = try officers.enrolFirstOfficers(
                    people.map(\.0), authorisedBy: officers.openBootstrap(in: transaction), in: transaction)
                for medium in media {
                    try vault.commitPending(.init(.unlock, generation: 1), medium: medium, in: transaction)
                }
            }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        static func open(_ folder: URL, _ audit: AuditLog) throws -> Database {
            try Database.open(
                at: folder.path + "/database.sqlite",
                migrations: [AuditLog.migrations, OfficersMigrations.set, SecurityKeysMigrations.all],
                beforeCommit: [audit.sequencer])
        }

        static func vault(_ path: String, _ token: Token?) async throws -> CardSecretVault {
            let vault = CardSecretVault(
                keyring: VaultKeyring(path: path, passphrase: passphrase(), token: token), surroundings: .real)
            try await vault.refresh()
            return vault
        }

        private static func person(
            _ name: String, _ roles: Set<OfficerRole>
        ) async throws -> (OfficerEnrolment, KeyedOfficerSigner) {
            let key = try PrivateKey.generate(.p256)
            let now = Surroundings.real.now().truncatedToSecond
            let subject = DistinguishedName([.init(.commonName, name)])
            let body = CertificateBody(
                serialNumber: .random(in: .real), signatureAlgorithm: .ecdsaWithSHA256, issuer: subject,
                notBefore: now.adding(days: -1), notAfter: now.adding(days: 900), subject: subject,
                publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])])
            let certificate = try Certificate.assemble(
                body: body.der, algorithm: .ecdsaWithSHA256, signature: try key.sign(body.der),
                publicKey: key.publicKey)
            return (
                OfficerEnrolment(name: name, roles: roles, certificate: certificate),
                KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
            )
        }

        /// As another process opens it.
        func desk(
            _ database: Database? = nil, vault: CardSecretVault? = nil,
            observer: @escaping VaultRewrapObserver = { _ in }
        ) -> VaultRewrap {
            VaultRewrap(
                database: database ?? self.database, audit: audit, vault: vault ?? self.vault, token: token,
                surroundings: .real, rounds: 1000, observer: observer)
        }

        func order(_ request: CanonicalRequest, by count: Int = 2) async throws -> Authorisation {
            try await officers.authorise(request, by: Array(signers.prefix(count)))
        }

        /// Plans, orders and begins.
        @discardableResult
        func begin(_ desk: VaultRewrap, newMaster: Bool = false) async throws -> VaultRewrap.Plan {
            let plan = try await desk.plan(newMaster: newMaster)
            try await desk.begin(plan, by: order(desk.request(plan, justification: "x")))
            return plan
        }

        /// Every card's unlock secret, by an escrow that is opened anew.
        func secrets() async throws -> [[UInt8]] {
            let fresh = try await Self.vault(path, token)
            let model = try #require(try Policies.models()["virtual-key"])
            var all: [[UInt8]] = []
            for medium in media {
                let envelope = try await database.read {
                    try fresh.envelope(.init(.unlock, generation: 1), medium: medium, in: $0)
                }
                all.append(try await fresh.open(envelope, medium: medium, model: model).withBytes { Array($0) })
            }
            return all
        }

        func count(_ sql: String) async throws -> Int64 {
            try await database.read { try $0.first(sql)?.integer("n") ?? -1 }
        }

        func sealedOtherwise(than key: String) async throws -> Int64 {
            try await count(
                "SELECT count(*) AS n FROM escrow_secret WHERE sealed IS NOT NULL AND key_id <> '\(key)'")
        }
    }

    @Test func `Every envelope moves, by two officers' order alone, and says so`() async throws {
        // More than one part of the work.
        let house = try await House(1203)
        let before = try await house.secrets()
        let desk = house.desk()
        let plan = try await desk.plan(newMaster: true)
        await #expect(throws: Refusal.self) { try await house.order(desk.request(plan, justification: "x"), by: 1) }
        let other = try await desk.plan(newMaster: true)
        let order = try await house.order(desk.request(plan, justification: "x"))
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) { try await desk.begin(other, by: order) }
        try await desk.begin(plan, by: order)
        await #expect(throws: Refusal(SecurityKeysRefusal.rewrapUnfinished)) { try await desk.plan(newMaster: false) }
        let outcome = try #require(try await desk.carryOut())
        #expect(outcome.moved == 1203 && outcome.unreadable == [] && outcome.masterVersion == 2)
        #expect(try await house.sealedOtherwise(than: plan.wrappingKey) == 0)
        #expect(try await house.secrets() == before)
        #expect(try house.vault.masterVersion == 2)
        #expect(try await desk.carryOut() == nil)
        for act in ["escrow.rewrap.begun", "escrow.rewrap.done"] {
            #expect(
                try await house.count(
                    "SELECT count(*) AS n FROM audit_event WHERE instr(CAST(line AS TEXT), '\(act)') > 0") == 1)
        }
    }

    @Test(arguments: VaultRewrapStep.allCases)
    func `Killed at any step, the next call finishes it without another order`(_ step: VaultRewrapStep) async throws {
        let house = try await House()
        let before = try await house.secrets()
        let killed = house.desk { if $0 == step { throw Killed() } }
        await #expect(throws: Killed.self) {
            try await house.begin(killed, newMaster: true)
            try await killed.carryOut()
        }
        #expect(try await house.secrets() == before)
        // A process that was started before and knows nothing of it goes on working.
        let (medium, old) = (MediumNumber.random(in: .real), house.vault)
        try await old.refresh()
        try await house.database.write {
            try old.commitPending(.init(.unlock, generation: 1), medium: medium, in: $0)
        }
        let other = try House.open(house.folder, house.audit)
        let outcome = try await house.desk(other, vault: House.vault(house.path, nil)).carryOut()
        #expect(outcome == nil ? step == .advanced : outcome?.masterVersion == 2)
        let key = try await house.database.read { try VaultRewrapStore.sealingKey(in: $0) }
        #expect(try await house.sealedOtherwise(than: try #require(key)) == 0)
        #expect(try await house.secrets() == before)
        #expect(try await House.vault(house.path, nil).masterVersion == 2)
        await other.close()
    }

    @Test func `A process that has not read the new key seals nothing with the old one`() async throws {
        let house = try await House()
        let stale = try await House.vault(house.path, nil)
        try await house.begin(house.desk())
        try await house.desk().carryOut()
        let medium = MediumNumber.random(in: .real)
        @Sendable func commit() async throws {
            try await house.database.write {
                try stale.commitPending(.init(.unlock, generation: 1), medium: medium, in: $0)
            }
        }
        let refusal = await #expect(throws: Refusal.self) { try await commit() }
        #expect(refusal?.isBecause(SecurityKeysRefusal.vaultBehind) == true && refusal?.retry == .later)
        try await stale.refresh()
        try await commit()
    }

    @Test func `Two processes at once move everything once, with one key`() async throws {
        let house = try await House(1203)
        let before = try await house.secrets()
        try await house.begin(house.desk())
        let second = try await House.vault(house.path, nil)
        let other = try House.open(house.folder, house.audit)
        async let one = try? house.desk().carryOut()
        async let two = try? house.desk(other, vault: second).carryOut()
        _ = await (one, two)
        // Whoever found the file in another's hands says "later".
        try await house.desk().carryOut()
        #expect(try await house.count("SELECT moved AS n FROM escrow_rewrap") == 1203)
        #expect(try await house.secrets() == before)
        await other.close()
    }

    @Test func `A really full disk refuses by name, the file before stays, and there is no half of one`() async throws {
        let disk = try SmallDisk(kibibytes: 16)
        defer { disk.unmount() }
        let house = try await House(folder: disk.path)
        let before = try await house.secrets()
        try await house.begin(house.desk())
        try disk.fill()
        let bytes = try Data(contentsOf: URL(filePath: house.path))
        let refusal = await #expect(throws: Refusal.self) { try await house.desk().carryOut() }
        #expect(refusal?.isBecause(SecurityKeysRefusal.keyFileUnwritable) == true && refusal?.retry == .later)
        #expect(try Data(contentsOf: URL(filePath: house.path)) == bytes)
        #expect(!FileManager.default.fileExists(atPath: house.path + ".new"))
        #expect(try await house.secrets() == before)
        try disk.makeRoom()
        #expect(try await house.desk().carryOut()?.moved == 7)
        #expect(try await house.secrets() == before)
    }

    @Test func `While another process changes the keys' file nothing is changed; afterwards it is`() async throws {
        let house = try await House()
        try await house.begin(house.desk())
        let bytes = try Data(contentsOf: URL(filePath: house.path))
        let busy = Refusal(SecurityKeysRefusal.vaultBusy)
        do {
            let other = try ExclusiveLock(file: house.path + ".lock") { _ in busy }
            await #expect(throws: busy) { try await house.desk().carryOut() }
            withExtendedLifetime(other) {}
        }
        // A link in the lock's place is not followed.
        let manager = FileManager.default
        try manager.removeItem(atPath: house.path + ".lock")
        try manager.createSymbolicLink(atPath: house.path + ".lock", withDestinationPath: house.path + ".elsewhere")
        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile)) { try await house.desk().carryOut() }
        #expect(!manager.fileExists(atPath: house.path + ".elsewhere"))
        #expect(try Data(contentsOf: URL(filePath: house.path)) == bytes)
        try manager.removeItem(atPath: house.path + ".lock")
        #expect(try await house.desk().carryOut()?.moved == 7)
    }

    @Test func `The new master is made in the token; while that is away nothing moves, afterwards it does`()
        async throws
    {
        let soft = try SoftToken()
        defer { soft.remove() }
        let house = try await House(token: soft.opened())
        let before = try await house.secrets()
        try await house.begin(house.desk(), newMaster: true)
        try soft.takeAway()
        await #expect(throws: Refusal(CryptographyRefusal.tokenMissing)) {
            let elsewhere = CardSecretVault(
                keyring: VaultKeyring(path: house.path, passphrase: House.passphrase(), token: try soft.opened()),
                surroundings: .real)
            try await house.desk(vault: elsewhere).carryOut()
        }
        #expect(try await house.count("SELECT count(*) AS n FROM escrow_rewrap WHERE phase = 'ordered'") == 1)
        try soft.putBack()
        let again = try await House.vault(house.path, soft.opened())
        let desk = VaultRewrap(
            database: house.database, audit: house.audit, vault: again, token: try soft.opened(), surroundings: .real,
            rounds: 1000)
        #expect(try await desk.carryOut()?.moved == 7)
        #expect(try await soft.opened().secret("escrow-master-2") != nil)
        #expect(try String(contentsOfFile: house.path, encoding: .utf8).contains("token:escrow-master-2"))
        #expect(try await house.secrets() == before)
    }

    @Test func `An envelope that no key opens stays as it is, is reported, and holds nothing up`() async throws {
        let house = try await House()
        let lost = house.media[3]
        try await house.database.write {
            _ = try $0.execute(
                "UPDATE escrow_secret SET sealed = $1 WHERE medium = $2", [UInt8](repeating: 7, count: 40), lost.bytes)
        }
        try await house.begin(house.desk())
        let outcome = try #require(try await house.desk().carryOut())
        #expect(outcome.moved == 6 && outcome.unreadable == [lost.hex])
    }
}

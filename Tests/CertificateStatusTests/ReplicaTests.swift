import Audit
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// A node that answers from a copy of the store, with no keys or some.
@Suite struct ReplicaTests {
    private struct Copy {
        let bench: Bench
        let authority: Authority
        let status: StatusService
        let database: Database

        init(_ bench: Bench, keys: any SigningKeys = AbsentKeys(), seconds: Int = 60) async throws {
            self.bench = bench
            let path = bench.folder.path + "/copy-\(UUID().uuidString).sqlite"
            // A consistent one, as a file system's snapshot is: nobody writes now.
            for end in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: bench.folder.path + "/database.sqlite" + end, toPath: path + end)
            }
            var options = DatabaseOptions()
            options.isReadOnly = true
            database = try Database.open(
                at: path, migrations: Bench.migrations, surroundings: bench.surroundings, options: options)
            authority = try await Authority.open(copy: database, keys: keys, surroundings: bench.surroundings)
            status = authority.status.following(try StatusHeartbeat.bound(seconds: seconds, in: database))
        }

        func ask(_ serial: SerialNumber) async throws -> (answer: OCSPAnswer, read: OCSPResponse) {
            let issuer = try bench.issuing
            let id = OCSPCertID(issuer: issuer.certificate, serialNumber: serial, digest: .sha1)
            let answer = await status.ocsp(
                OCSPRequest(certificates: [id], nonce: nil).der, issuer: issuer.generation)
            return (answer, try OCSPResponse(der: answer.der))
        }
    }

    @Test func `Without keys it gives what was signed, within its bound`() async throws {
        let bench = try await Bench.create()
        let (known, revoked, unasked) = (
            try await bench.active(), try await bench.active(), try await bench.active()
        )
        try await bench.authority.revocation.revoke(revoked.serialNumber, reason: .superseded, on: Bench.automatic)
        for record in [known, revoked] { _ = try await bench.ocsp(record.serialNumber) }
        let list = try await bench.list(revoked)
        try await StatusHeartbeat.beat(bench.database, at: bench.surroundings.now())
        bench.clock.turn(seconds: 20)
        let copy = try await Copy(bench)
        #expect(try await copy.ask(known.serialNumber).read.basic?.responses.first?.status == .good)
        #expect(
            try await copy.ask(revoked.serialNumber).read.basic?.responses.first?.status
                == .revoked(at: Bench.start, reason: .superseded))
        #expect(try await copy.ask(known.serialNumber).answer.maxAge(at: bench.surroundings.now()) == 40)
        #expect(copy.status.repeatable(at: bench.surroundings.now()) == 40)
        #expect(try await copy.status.crl(issuer: revoked.issuer, shard: revoked.shard).der == list.der)
        // What nobody signed yet, the primary can sign.
        #expect(try await copy.ask(unasked.serialNumber).read.error == .tryLater)
        #expect(try await copy.ask(.random(in: bench.surroundings)).read.error == .tryLater)

        // Revoked on the primary: the copy does not know, and stops at the end of its bound.
        try await bench.authority.revocation.revoke(known.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        bench.clock.turn(seconds: 40)
        #expect(try await copy.ask(known.serialNumber).read.basic?.responses.first?.status == .good)
        #expect(try await copy.ask(known.serialNumber).answer.maxAge(at: bench.surroundings.now()) == nil)
        bench.clock.turn(seconds: 1)
        #expect(try await copy.ask(known.serialNumber).read.error == .tryLater)
        #expect(!copy.status.keepsItsBound(at: bench.surroundings.now()))
        await #expect(throws: Refusal(CertificateRecordsRefusal.statusBusy)) {
            try await copy.status.crl(issuer: revoked.issuer, shard: revoked.shard)
        }
        // A clock that is ahead of the primary's beat promises no more than the bound.
        bench.clock.turn(seconds: -600)
        #expect(copy.status.repeatable(at: bench.surroundings.now()) == 60)
    }

    @Test func `With a responder's key it signs, stores nothing, and cannot issue`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        try await StatusHeartbeat.beat(bench.database, at: bench.surroundings.now())
        let keys = KeysInMemory(of: bench.keys) { $0.lowercased().contains("ocspresponder") }
        let copy = try await Copy(bench, keys: keys)
        let answer = try #require(try await copy.ask(record.serialNumber).read.basic)
        #expect(answer.responses.first?.status == .good)
        #expect(answer.isSigned(by: try bench.authority.service(.ocspResponder).certificate.publicKey))
        let stored = try await copy.database.read {
            try $0.first("SELECT count(*) AS n FROM ocsp_answer")?.integer("n")
        }
        #expect(stored == 0)
        #expect(copy.authority.issuers.issuers.allSatisfy { !$0.hasSigner })
        await #expect(throws: (any Error).self) { try await copy.authority.issuance.issue(bench.request()) }
        await #expect(throws: (any Error).self) {
            try await copy.authority.revocation.suspend(record.serialNumber, on: Bench.automatic)
        }
        #expect(try await copy.authority.status.status(of: record.serialNumber) == .active)
    }

    @Test func `A copy without a sign of life, or of other tables, is not answered from`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        _ = try await bench.ocsp(record.serialNumber)
        let copy = try await Copy(bench)
        #expect(try await copy.ask(record.serialNumber).read.error == .tryLater)
        try await bench.database.write { try $0.execute("DELETE FROM schema_migration WHERE name LIKE '%0012'") }
        await #expect(throws: Refusal(StorageRefusal.migrationFailed)) { _ = try await Copy(bench) }
        try await bench.database.write { transaction in
            try transaction.execute("UPDATE schema_migration SET sha256 = $1", String(repeating: "0", count: 64))
        }
        await #expect(throws: Refusal(StorageRefusal.migrationChanged)) { _ = try await Copy(bench) }
    }
}

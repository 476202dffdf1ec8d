import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Issuance
import Officers
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// Keys that are never certified again, on whatever path.
@Suite struct RejectedKeyTests {
    private let rejected = Refusal(CertificateRecordsRefusal.keyRejected)

    /// Revokes on the authority's own rule, which needs no officer.
    private func revoke(_ bench: Bench, _ record: CertificateRecord, _ reason: RevocationReason) async throws {
        try await bench.authority.revocation.revoke(record.serialNumber, reason: reason, on: Bench.automatic)
    }

    @Test func `A key whose certificate was revoked for keyCompromise is refused under every profile`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        let key = try PrivateKey.generate(.p256)
        let record = try await bench.active(key: key)
        try await revoke(bench, record, .keyCompromise)
        for profile in ["entity-authentication", "entity-signature"] {
            await #expect(throws: rejected) {
                try await bench.authority.issuance.issue(bench.request(profile, key: key))
            }
        }
        let bulk = try await bench.authority.issuance.issueMany([bench.request(key: key), bench.request()])
        #expect(throws: rejected) { try bulk[0].get() }
        #expect(throws: Never.self) { try bulk[1].get() }
        var server = try Bench.serviceRequest("tls-server")
        server.proof = .request(try Bench.pkcs10(key))
        let ordered = server
        await #expect(throws: rejected) { try await desk.issue(ordered) }
    }

    @Test func `Another reason lets the key go on, until the reason is revised`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        let key = try PrivateKey.generate(.p256)
        let record = try await bench.active(key: key)
        try await revoke(bench, record, .superseded)
        let second = try await bench.active(key: key)
        let revocation = bench.authority.revocation
        let request = try await revocation.request(
            toRevise: record.serialNumber, to: .keyCompromise, invalidSince: nil, justification: "后来得知")
        try await revocation.reviseReason(
            record.serialNumber, to: .keyCompromise, on: await desk.order(request))
        await #expect(throws: rejected) { try await bench.authority.issuance.issue(bench.request(key: key)) }
        let list = WeakKeyList(database: bench.database, audit: bench.audit, surroundings: bench.surroundings)
        #expect(try await list.certificatesInUse() == [second.serialNumber])
        await #expect(throws: Refusal(CertificateRecordsRefusal.rejectedKeyInUse)) { try await list.requireNoneInUse() }
    }

    @Test func `Two officers list a key that was published`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        let list = WeakKeyList(database: bench.database, audit: bench.audit, surroundings: bench.surroundings)
        let key = try PrivateKey.generate(.p256)
        let hash = DigestAlgorithm.sha256.hash(key.publicKey.spki)
        let order = try await desk.order(list.request(toList: [hash], justification: "已公布"))
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await list.list([[UInt8](repeating: 1, count: 32)], on: order)
        }
        let outcome = try await list.list([hash], on: order)
        #expect(outcome.added == 1 && outcome.inUse.isEmpty)
        #expect(try await list.keys().map(\.hash) == [hash])
        await #expect(throws: rejected) { try await bench.authority.issuance.issue(bench.request(key: key)) }
    }

    @Test func `One key is one organisation's`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        let request = try Bench.serviceRequest("tls-server")
        _ = try await desk.issue(request)
        var renewal = request
        renewal.subject.serverNames = ["api.tax.example"]
        let again = renewal
        await #expect(throws: Never.self) { try await desk.issue(again) }
        var stranger = request
        stranger.subject.organization = "上海市另一局"
        let other = stranger
        await #expect(throws: Refusal(CertificateRecordsRefusal.keyInUse)) { try await desk.issue(other) }
        // As a store has it that was filled before subjects were kept.
        try await bench.database.write { try $0.execute("UPDATE issuance_intent SET subject = NULL") }
        await #expect(throws: Refusal(CertificateRecordsRefusal.keyInUse)) { try await desk.issue(other) }
        await #expect(throws: Never.self) { try await desk.issue(again) }
    }

    @Test func `A request is refused for what is wrong with its key`() async throws {
        let bench = try await Bench.create()
        // Private key 1: its point is the generator.
        let one = try PrivateKey(
            plainPKCS8: SecretBytes(
                copying: Hex.decode(
                    "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"
                        + String(repeating: "0", count: 62) + "01") ?? []))
        await #expect(throws: Refusal(IssuanceRefusal.weakKey)) {
            try await bench.authority.issuance.issue(bench.request(key: one))
        }
    }
}

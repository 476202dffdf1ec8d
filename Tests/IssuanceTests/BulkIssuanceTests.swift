import Audit
import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Issuance
import KeyCustody
import Reconciliation
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

@Suite struct BulkIssuanceTests {
    private func requests(_ bench: Bench, _ count: Int) throws -> [IssuanceRequest] {
        try (0..<count).map { try bench.request(reference: "bulk/\($0)") }
    }

    @Test(arguments: [AlgorithmFamily.p256, .sm2])
    func `A batch takes two commits, and each certificate is as good as one issued alone`(
        _ family: AlgorithmFamily
    ) async throws {
        let bench = try await Bench.create(family)
        let commits = Mutex(0)
        let authority = try await bench.another(hooks: [{ _ in commits.withLock { $0 += 1 } }])
        let requests = try requests(bench, 25)
        let answers = try await authority.issuance.issueMany(requests)
        #expect(commits.withLock { $0 } == 2)
        let records = try answers.map { try $0.get() }
        #expect(Set(records.map(\.serialNumber)).count == 25)
        for (request, record) in zip(requests, records) {
            guard case .request(let pkcs10) = request.proof else { continue }
            let certificate = try record.certificate()
            #expect(try certificate.publicKey == CertificateRequest(der: pkcs10).publicKey)
            #expect(try certificate.isSigned(by: bench.issuing.certificate.publicKey))
            #expect(record.storedState == .issued)
        }
        #expect(try await bench.authority.recheck().run().found == 0)
    }

    @Test func `Many batches keep the order of the requests; the same references give the same certificates`()
        async throws
    {
        let bench = try await Bench.create()
        let requests = try requests(bench, 23)
        let first = try await bench.authority.issuance.issueMany(requests, batch: 4).map { try $0.get() }
        let again = try await bench.authority.issuance.issueMany(requests, batch: 7).map { try $0.get() }
        #expect(first.map(\.serialNumber) == again.map(\.serialNumber))
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE reference LIKE 'bulk/%'") == 23)
    }

    @Test func `What is wrong with one request concerns that one alone`() async throws {
        let bench = try await Bench.create()
        let key = try PrivateKey.generate(.p256)
        _ = try await bench.authority.issuance.issue(bench.request("entity-signature", key: key))
        var requests = try requests(bench, 6)
        requests[0].profile = "no-such-profile"
        requests[1].proof = .request([1, 2, 3])
        requests[2].proof = .request(try Bench.pkcs10(key))
        requests[3].profile = "officer"
        requests[4].subject.commonName = "控\u{07}制"
        let answers = try await bench.authority.issuance.issueMany(requests)
        func refusal(_ index: Int) -> String? {
            if case .failure(let error) = answers[index] { (error as? Refusal)?.code } else { nil }
        }
        #expect(refusal(0) == CertificateRecordsRefusal.unknownProfile.code)
        #expect(refusal(1)?.hasPrefix("cryptography.") == true)
        #expect(refusal(2) == CertificateRecordsRefusal.keyInUse.code)
        #expect(refusal(3) == CertificateRecordsRefusal.authorisationMissing.code)
        #expect(refusal(4) == CertificateProfilesRefusal.lintFailed.code)
        #expect(try answers[5].get().storedState == .issued)
        // The one that failed after its intent was stored is closed already, and counts as revoked.
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'closed'") == 1)
        #expect(try await bench.count("SELECT count(*) AS n FROM revocation") == 1)
    }

    @Test(arguments: [
        IssuanceStep.requested, .intended, .built, .linted, .signed, .verified, .stored,
    ])
    func `Killed at any step, no serial number is lost`(_ step: IssuanceStep) async throws {
        let bench = try await Bench.create()
        let before = try await bench.count("SELECT count(*) AS n FROM certificate")
        let requests = try requests(bench, 5)
        bench.stop.stop(at: step)
        await #expect(throws: StopSign.Killed.self) { try await bench.authority.issuance.issueMany(requests) }
        bench.stop.stop(at: nil)
        bench.clock.turn(seconds: 61)
        _ = try await bench.authority.issuance.recoverIntents()
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
        let issued = try await bench.count("SELECT count(*) AS n FROM certificate") - before
        #expect(issued == (step == .stored ? 5 : 0))
        // Made again, everybody has a certificate.
        let records = try await bench.authority.issuance.issueMany(requests).map { try $0.get() }
        #expect(Set(records.map(\.serialNumber)).count == 5)
    }

    @Test func `With a full disk each request is refused, and nothing is half-stored`() async throws {
        let bench = try await Bench.create()
        let certificates = try await bench.count("SELECT count(*) AS n FROM certificate")
        let pages = try await bench.count("SELECT page_count AS n FROM pragma_page_count()")
        var options = DatabaseOptions()
        options.maximumPages = Int(pages) + 8
        let full = try await bench.another(options: options)
        let answers = try await full.issuance.issueMany(try requests(bench, 60), batch: 60)
        for answer in answers { #expect(throws: Refusal.self) { try answer.get() } }
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate") == certificates)
        bench.clock.turn(seconds: 61)
        _ = try await bench.authority.issuance.recoverIntents()
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
    }

    @Test func `Issuing and revoking in bulk goes before what the public asks for`() async throws {
        let bench = try await Bench.create()
        let queue = bench.authority.queue
        bench.stop.perform(at: .signed) { serial in
            #expect(queue.isUrgent)
            // One place is left to the public while this is in hand; a line for each of the two, which come side by
            // side.
            try await queue.forPublic(serial.bytes, places: 2, limit: 0) {
                _ = await #expect(throws: Refusal(CertificateRecordsRefusal.statusBusy)) {
                    try await queue.forPublic(serial.bytes, places: 2, limit: 0) {}
                }
            }
        }
        let issued = try await bench.authority.issuance.issueMany([bench.request(), bench.request()])
        #expect(!queue.isUrgent && bench.stop.seen.withLock { $0.count } == 2)
        let serials = try issued.map { try $0.get().serialNumber }

        let line = Mutex<(queue: SigningQueue?, seen: [Bool])>((nil, []))
        let other = try await bench.another(hooks: [
            { _ in line.withLock { line in line.queue.map { line.seen.append($0.isUrgent) } } }
        ])
        let officers = try await OfficerPair.found(on: bench)
        let bulk = other.bulkRevocation
        let plan = try await bulk.plan(.list(serials.map(\.hex)))
        let job = try await bulk.begin(
            plan, because: .superseded,
            by: officers.order(bulk.request(plan, because: .superseded, justification: "test")))
        line.withLock { $0.queue = other.queue }
        #expect(try await bulk.run(job).revoked == 2)
        let seen = line.withLock { $0.seen }
        #expect(!seen.isEmpty && seen.allSatisfy { $0 })
    }
}

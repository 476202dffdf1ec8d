import Audit
import Ceremony
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import Officers
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// Generations and service keys come into use without a restart.
@Suite struct LiveDirectoryTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func `A later generation issues, the one before keeps its status, and nothing restarts`(_ family: AlgorithmFamily)
        async throws
    {
        let bench = try await Bench.create(family, policies: Bench.filesWithSuccessors())
        let running = try await bench.another()
        let old = try await bench.active()
        let (first, second) = ("\(family.rawValue)-entity-1", "\(family.rawValue)-entity-2")
        #expect(await running.knows(generation: second) == false)

        try await bench.installation().rollOver(to: second)
        // Another process has not looked yet, and goes on with the first.
        #expect(running.issuers.issuing.map(\.generation) == [first])
        #expect(try await running.refresh())
        #expect(try await running.refresh() == false)
        #expect(running.issuers.issuing.map(\.generation) == [first, second])

        let issued = try await running.issuance.issue(bench.request())
        #expect(issued.issuer == second)
        let certificate = try issued.certificate()
        let issuer = try running.issuers.issuer(generation: second)
        #expect(certificate.isSigned(by: issuer.certificate.publicKey))
        #expect(certificate.facts.ocspAddresses == ["\(Bench.base)/ocsp/\(second)"])
        #expect(certificate.facts.issuerAddresses == ["\(Bench.base)/ca/\(second).cer"])
        #expect(certificate.facts.crlAddresses == ["\(Bench.base)/crl/\(second)/\(issued.shard).crl"])
        #expect(issued.shard < 16)
        _ = try await running.revocation.activate(issued.serialNumber, actor: .system)
        #expect(try await running.isGoodNow(certificate))
        #expect(try await running.isGoodNow(old.certificate()))

        for (record, generation) in [(old, first), (issued, second)] {
            let issuer = try running.issuers.issuer(generation: generation)
            let id = OCSPCertID(issuer: issuer.certificate, serialNumber: record.serialNumber, digest: .sha256)
            let answer = await running.status.ocsp(OCSPRequest(certificates: [id], nonce: nil).der, issuer: generation)
            let basic = try #require(try OCSPResponse(der: answer.der).basic)
            #expect(basic.responses.map(\.status) == [.good])
            let responder = try #require(running.serviceKeys(.ocspResponder, issuer: generation).last)
            #expect(basic.isSigned(by: responder.certificate.publicKey))
            #expect(responder.certificate.isSigned(by: issuer.certificate.publicKey))
        }
        // What the second generation has no key of its own for stays with the first.
        #expect(try running.service(.timeStamping).issuer == first)
        try await running.revocation.revoke(old.serialNumber, reason: .superseded, on: Bench.automatic)
        let list = try CertificateList(der: await running.status.crl(issuer: first, shard: old.shard).der)
        #expect(list.entry(for: old.serialNumber) != nil)
        #expect(list.isSigned(by: try running.issuers.issuer(generation: first).certificate.publicKey))
    }

    @Test(arguments: [CeremonyStep.requestOrdered, .authorityStored, .serviceCertified])
    func `Killed on its way, a generation is not in use, and the next call finishes it`(_ step: CeremonyStep)
        async throws
    {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let running = try await bench.another()
        await #expect(throws: CeremonyStop.Killed.self) {
            try await bench.installation(observer: CeremonyStop.at(step)).rollOver(to: "p256-entity-2")
        }
        _ = try await running.refresh()
        #expect(running.issuers.issuing.map(\.generation) == ["p256-entity-1"])
        #expect(try await running.issuance.issue(bench.request()).issuer == "p256-entity-1")
        let opened = try await bench.another()
        #expect(opened.issuers.issuing.map(\.generation) == ["p256-entity-1"])

        try await bench.installation().rollOver(to: "p256-entity-2")
        #expect(await running.knows(generation: "p256-entity-2"))
        #expect(try await running.issuance.issue(bench.request()).issuer == "p256-entity-2")
        #expect(try await bench.count("SELECT count(*) AS n FROM service_key WHERE issuer = 'p256-entity-2'") == 1)
        await #expect(throws: Refusal(CertificateRecordsRefusal.alreadyInitialised)) {
            try await bench.installation().rollOver(to: "p256-entity-2")
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.unknownIssuer)) {
            try await bench.installation().rollOver(to: "p256-entity-9")
        }
    }

    @Test func `An unknown generation is looked up at most once a second`() async throws {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let running = try await bench.another()
        try await bench.installation().rollOver(to: "p256-entity-2")
        #expect(await running.knows(generation: "nobody") == false)
        // The look-up for a third party's name brought the new generation with it.
        #expect(running.issuers.issuing.count == 2)
        #expect(await running.knows(generation: "p256-entity-2"))
    }

    @Test func `Once there are officers, two of them order it, for this generation and once`() async throws {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let officers = try await BenchOfficers(bench)
        let installation = bench.installation()
        await #expect(throws: Refusal(CertificateRecordsRefusal.authorisationMissing)) {
            try await installation.rollOver(to: "p256-entity-2")
        }
        let other = try await officers.order(
            CeremonyInstallation.request(
                for: .request(generation: "p256-entity-2"), justification: "test", in: bench.surroundings))
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await installation.rollOver(to: "p256-entity-2", by: other)
        }
        let order = try await officers.order(
            CeremonyInstallation.request(
                for: .rollOver(generation: "p256-entity-2"), justification: "test", in: bench.surroundings))
        try await installation.rollOver(to: "p256-entity-2", by: order)
        #expect(try await bench.another().issuers.issuing.count == 2)
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM officer_authorisation WHERE act = 'holdCeremony'") == 1)
    }

    @Test func `A service key is exchanged while the service runs`() async throws {
        let bench = try await Bench.create()
        let running = try await bench.another()
        let before = try running.service(.timeStamping)
        let key = try await bench.authority.renewService(.timeStamping, issuer: "p256-entity-1")
        #expect(key.certificate != before.certificate)
        #expect(try bench.authority.service(.timeStamping).certificate == key.certificate)
        #expect(try running.service(.timeStamping).certificate == before.certificate)
        _ = try await running.refresh()
        #expect(try running.service(.timeStamping).certificate == key.certificate)
        #expect(running.serviceKeys(.timeStamping).count == 2)
        let responder = try await running.renewService(.ocspResponder, issuer: "p256-entity-1")
        let record = try await bench.active()
        let answer = try await bench.ocsp(record.serialNumber, by: running)
        #expect(answer.basic?.isSigned(by: responder.certificate.publicKey) == true)
    }

    @Test func `A key that cannot be opened leaves what is open in use`() async throws {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let running = try await bench.another()
        try await bench.installation().rollOver(to: "p256-entity-2")
        bench.keys.remove("p256-entity-2")
        await #expect(throws: Refusal(KeyCustodyRefusal.noSigner)) { try await running.refresh() }
        #expect(try await running.issuance.issue(bench.request()).issuer == "p256-entity-1")
    }
}

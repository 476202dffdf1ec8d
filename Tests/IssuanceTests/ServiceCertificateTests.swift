import Audit
import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import Officers
import Storage
import Testing

@testable import AuthorityFixtures

/// Servers and departments' devices: a PKCS#10 request, and two officers who sign every word of it.
@Suite struct ServiceCertificateTests {
    @Test(arguments: ["department-server", "department-seal", "tls-server"], AlgorithmFamily.allCases)
    func `Two officers have it issued, active at once`(_ profile: String, _ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        let desk = try await OfficersDesk.found(bench)
        let record = try await desk.issue(Bench.serviceRequest(profile, family))
        #expect(record.storedState == .active && record.profile == profile)
        let certificate = try record.certificate()
        let names = certificate.facts.subjectAlternativeNames.compactMap(\.dns)
        #expect(names == (profile == "department-seal" ? [] : ["api.tax.example", "www.tax.example"]))
        #expect(try await bench.authority.isGoodNow(certificate))
    }

    @Test func `Without the order, with another's, or with other words it is refused`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        var request = try Bench.serviceRequest("tls-server")
        await #expect(throws: Refusal(CertificateRecordsRefusal.authorisationMissing)) {
            try await bench.authority.issuance.issue(request)
        }
        let order = try await desk.order(bench.authority.issuance.request(toIssue: request, justification: "上线"))
        request.authorisation = order
        var other = request
        other.subject.serverNames.append("another.example")
        let (altered, signed) = (other, request)
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await bench.authority.issuance.issue(altered)
        }
        var anotherKey = try Bench.serviceRequest("tls-server")
        anotherKey.authorisation = order
        let strangers = anotherKey
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await bench.authority.issuance.issue(strangers)
        }
        _ = try await bench.authority.issuance.issue(signed)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) { try await bench.authority.issuance.issue(signed) }
    }

    @Test(arguments: [
        [], ["localhost"], ["*.tax.example"], ["Tax.example"], ["tax.example", "tax.example"], ["10.0.0.1"],
        ["-tax.example"], ["tax..example"], ["tax.example."], ["税务.example"],
        [String(repeating: "a", count: 64) + ".example"], ["xn--zzzz99999.cn"], ["ab--cd.example"], ["xn--a.example"],
    ])
    func `What is no name of a server is refused before a serial number is spent`(_ names: [String]) async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        var request = try Bench.serviceRequest("tls-server")
        request.subject.serverNames = names
        let refused = request
        let intents = try await bench.count("SELECT count(*) AS n FROM issuance_intent")
        await #expect(throws: Refusal(IssuanceRefusal.serverNames)) { try await desk.issue(refused) }
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent") == intents)
    }

    @Test func `Names where the profile has none, and a common name that is none of them, are refused`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        var seal = try Bench.serviceRequest("department-seal")
        seal.subject.serverNames = ["tax.example"]
        let named = seal
        await #expect(throws: Refusal(IssuanceRefusal.subjectIncomplete)) { try await desk.issue(named) }
        var server = try Bench.serviceRequest("tls-server")
        server.subject.commonName = "elsewhere.example"
        let elsewhere = server
        await #expect(throws: Refusal(CertificateProfilesRefusal.lintFailed)) { try await desk.issue(elsewhere) }
    }

    @Test func `A profile that is not open says so, and a ceremony's stays a ceremony's`() async throws {
        let bench = try await Bench.create()
        await #expect(throws: Refusal(IssuanceRefusal.profileNotOpen)) {
            try await bench.authority.issuance.issue(bench.request("entity-encryption"))
        }
        for profile in ["ocsp-responder", "time-stamping", "service", "seal-maker"] {
            await #expect(throws: Refusal(CertificateRecordsRefusal.authorisationMissing)) {
                try await bench.authority.issuance.issue(bench.request(profile))
            }
        }
    }
}

import CertificateProfiles
import CertificateRecords
import CreditCodes
import Cryptography
import Groundwork
import Installation
import Issuance
import KeyCustody
import Officers
import Testing

@testable import AuthorityFixtures

@Suite struct RefusedRequestTests {
    private func refusal(_ bench: Bench, _ request: IssuanceRequest) async -> Refusal? {
        do {
            _ = try await bench.authority.issuance.issue(request)
            return nil
        } catch { return error as? Refusal }
    }

    @Test func `Each defect is refused by its own code`() async throws {
        let bench = try await Bench.create()
        let key = try PrivateKey.generate(.p256)
        var cases: [(Refusal, IssuanceRequest)] = []
        func add(_ reason: some RefusalReason, _ change: (inout IssuanceRequest) throws -> Void) throws {
            var request = try bench.request(key: key)
            try change(&request)
            cases.append((Refusal(reason), request))
        }
        try add(CertificateRecordsRefusal.unknownProfile) { $0.profile = "nobody" }
        try add(IssuanceRefusal.codeMissing) { $0.subject.entity = nil }
        // A malformed code cannot be written down.
        for text in ["91310000631291289", "91310000631291289x"] {
            #expect(throws: CodeDefect.self) { try UnifiedSocialCreditCode(trustingStored: text) }
        }
        try add(IssuanceRefusal.subjectIncomplete) { $0.subject.organization = nil }
        try add(KeyCustodyRefusal.wrongFamily) { $0.proof = .request(try Bench.pkcs10(PrivateKey.generate(.sm2))) }
        try add(IssuanceRefusal.originNotAccepted) { $0.location.origin = "unproved" }
        try add(CertificateRecordsRefusal.authorisationMissing) { $0.profile = "ocsp-responder" }
        try add(CertificateRecordsRefusal.authorisationMissing) { request in
            request.profile = "officer"
            request.planOrder = nil
            request.subject = SubjectDetails(organization: "机构", commonName: "张三")
        }
        try add(CertificateRecordsRefusal.outlivesIssuer) { $0.notAfterAtMost = Bench.start.adding(seconds: -10) }
        try add(CertificateProfilesRefusal.lintFailed) { $0.subject.commonName = " 前面有空格" }
        try add(CertificateProfilesRefusal.lintFailed) { $0.subject.commonName = String(repeating: "长", count: 65) }
        try add(IssuanceRefusal.unprovedPossession) { request in
            var der = try Bench.pkcs10(key)
            // Inside the signature's s, so that it still parses.
            der[der.count - 3] ^= 1
            request.proof = .request(der)
        }
        for (refusal, request) in cases {
            #expect(await self.refusal(bench, request) == refusal)
        }
        var garbage = try bench.request(key: key)
        garbage.proof = .request([0x30, 0x03, 0x02])
        #expect(await refusal(bench, garbage)?.code == "cryptography.malformed")
    }

    /// The order of a plan names all of it: whose certificate, on which medium, in which family, under which profile.
    @Test func `Nothing is issued to an entity without its plan's order, alone or in bulk`() async throws {
        let bench = try await Bench.create()
        let good = try bench.request()
        let order = try #require(good.planOrder)
        var none = good
        none.planOrder = nil
        var elsewhere = good
        elsewhere.location.medium = Array(repeating: 8, count: 16)
        var another = good
        another.subject.entity = try UnifiedSocialCreditCode(trustingStored: "91310115MA1K30001T")
        var otherwise = good
        otherwise.planOrder = try bench.request().planned(
            acts: .unlockKey, parameters: ["entity": .string(Bench.code)])
        var weaker = good
        weaker.planOrder = try good.planned(
            acts: .enrolKey, parameters: order.request.parameters.object?.merging(["family": "sm2"]) { $1 } ?? [:])
        var profile = good
        profile.planOrder = try good.planned(
            acts: .enrolKey,
            parameters: order.request.parameters.object?.merging(["profiles": ["authentication": "another"]]) { $1 }
                ?? [:])
        let cases: [(Refusal, IssuanceRequest)] = [
            (Refusal(CertificateRecordsRefusal.authorisationMissing), none),
            (Refusal(OfficersRefusal.wrongSubject), elsewhere), (Refusal(OfficersRefusal.wrongParameters), another),
            (Refusal(OfficersRefusal.wrongAct), otherwise), (Refusal(OfficersRefusal.wrongParameters), weaker),
            (Refusal(OfficersRefusal.wrongParameters), profile),
        ]
        for (expected, request) in cases {
            #expect(await refusal(bench, request) == expected)
            for answer in try await bench.authority.issuance.issueMany([request]) {
                #expect(throws: expected) { _ = try answer.get() }
            }
        }
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE profile LIKE 'entity%'") == 0)
        _ = try await bench.authority.issuance.issue(good)
    }

    @Test func `A key serves one purpose on one medium`() async throws {
        let bench = try await Bench.create()
        let key = try PrivateKey.generate(.p256)
        _ = try await bench.authority.issuance.issue(bench.request(key: key))
        _ = try await bench.authority.issuance.issue(bench.request(key: key))
        #expect(
            await refusal(bench, try bench.request("entity-signature", key: key))
                == Refusal(CertificateRecordsRefusal.keyInUse))
        #expect(
            await refusal(bench, try bench.request(key: key, medium: Array(repeating: 8, count: 16)))
                == Refusal(CertificateRecordsRefusal.keyInUse))
    }

    @Test func `What lint refuses leaves a closed serial number behind, not an open one`() async throws {
        let bench = try await Bench.create()
        var request = try bench.request()
        request.subject.commonName = "后面有空格 "
        #expect(await refusal(bench, request) == Refusal(CertificateProfilesRefusal.lintFailed))
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'closed'") == 1)
        #expect(try await bench.count("SELECT count(*) AS n FROM revocation") == 1)
    }

    @Test func `Every refusal speaks Chinese and says what to do`() {
        func codes<Reason: RefusalReason>(_ reasons: Reason.Type) -> [String] {
            for reason in Reason.allCases {
                #expect(reason.message.zh != reason.message.en && !reason.nextStep.zh.isEmpty)
            }
            return Reason.allCases.map(\.code)
        }
        // The authority's rooms share one list of codes.
        let all =
            codes(CertificateProfilesRefusal.self) + codes(CertificateRecordsRefusal.self)
            + codes(KeyCustodyRefusal.self) + codes(IssuanceRefusal.self)
        #expect(Set(all).count == all.count)
    }
}

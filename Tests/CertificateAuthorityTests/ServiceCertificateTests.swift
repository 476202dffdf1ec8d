import Audit
import CertificateAuthority
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage
import Testing

/// Servers and departments' devices: a PKCS#10 request, and two officers who sign every word of it.
@Suite struct ServiceCertificateTests {
    @Test(arguments: ["department-server", "department-seal", "tls-server"], AlgorithmFamily.allCases)
    func `Two officers have it issued, active at once`(_ profile: String, _ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        let desk = try await OfficersDesk.found(bench)
        let record = try await desk.issue(Self.request(profile, family))
        #expect(record.storedState == .active && record.profile == profile)
        let certificate = try record.certificate()
        let names = certificate.facts.subjectAlternativeNames.compactMap(\.dns)
        #expect(names == (profile == "department-seal" ? [] : ["api.tax.example", "www.tax.example"]))
        #expect(try await bench.authority.isGoodNow(certificate))
    }

    @Test func `Without the order, with another's, or with other words it is refused`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        var request = try Self.request("tls-server")
        await #expect(throws: Refusal(CertificateAuthorityRefusal.authorisationMissing)) {
            try await bench.authority.issuance.issue(request)
        }
        let order = try await desk.order(bench.authority.issuance.request(toIssue: request, words: "上线"))
        request.authorisation = order
        var other = request
        other.subject.serverNames.append("another.example")
        let (altered, signed) = (other, request)
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await bench.authority.issuance.issue(altered)
        }
        var anotherKey = try Self.request("tls-server")
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
        [String(repeating: "a", count: 64) + ".example"],
    ])
    func `What is no name of a server is refused before a serial number is spent`(_ names: [String]) async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        var request = try Self.request("tls-server")
        request.subject.serverNames = names
        let refused = request
        let intents = try await bench.count("SELECT count(*) AS n FROM issuance_intent")
        await #expect(throws: Refusal(CertificateAuthorityRefusal.serverNames)) { try await desk.issue(refused) }
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent") == intents)
    }

    @Test func `Names where the profile has none, and a common name that is none of them, are refused`() async throws {
        let bench = try await Bench.create()
        let desk = try await OfficersDesk.found(bench)
        var seal = try Self.request("department-seal")
        seal.subject.serverNames = ["tax.example"]
        let named = seal
        await #expect(throws: Refusal(CertificateAuthorityRefusal.subjectIncomplete)) { try await desk.issue(named) }
        var server = try Self.request("tls-server")
        server.subject.commonName = "elsewhere.example"
        let elsewhere = server
        await #expect(throws: Refusal(CertificateAuthorityRefusal.lintFailed)) { try await desk.issue(elsewhere) }
    }

    @Test func `A profile that is not open says so, and a ceremony's stays a ceremony's`() async throws {
        let bench = try await Bench.create()
        await #expect(throws: Refusal(CertificateAuthorityRefusal.profileNotOpen)) {
            try await bench.authority.issuance.issue(bench.request("entity-encryption"))
        }
        for profile in ["ocsp-responder", "time-stamping", "service", "seal-maker"] {
            await #expect(throws: Refusal(CertificateAuthorityRefusal.authorisationMissing)) {
                try await bench.authority.issuance.issue(bench.request(profile))
            }
        }
    }

    static func request(_ profile: String, _ family: AlgorithmFamily = .p256) throws -> IssuanceRequest {
        let names = profile == "department-seal" ? [] : ["api.tax.example", "www.tax.example"]
        return IssuanceRequest(
            profile: profile,
            subject: SubjectDetails(
                locality: "上海市", organization: "上海市某某局",
                commonName: profile == "tls-server" ? "api.tax.example" : "上海市某某局",
                entity: profile == "tls-server"
                    ? nil : try UnifiedSocialCreditCode(trustingStored: "11310000MB2F30450F"), serverNames: names),
            proof: .request(try Bench.pkcs10(PrivateKey.generate(family))), actor: .system)
    }
}

/// Two officers, and their signatures.
struct OfficersDesk: Sendable {
    let bench: Bench
    let register: OfficerRegister
    let signers: [KeyedOfficerSigner]

    static func found(_ bench: Bench) async throws -> OfficersDesk {
        let policy = try Bench.policyFiles().texts["Policies/dual-control.yaml"] ?? ""
        let register = OfficerRegister(
            database: bench.database, audit: bench.audit, policy: try DualControl(yaml: policy),
            surroundings: bench.surroundings
        ) { _, _, _ in .good }
        let signers = [try await signer("王芳"), try await signer("李强")]
        try await bench.database.write { transaction in
            let bootstrap = try register.openBootstrap(in: transaction)
            _ = try register.enrolFirstOfficers(
                [
                    OfficerEnrolment(
                        name: "王芳", roles: [.superAdministrator, .businessAdministrator, .operator],
                        certificate: signers[0].certificate),
                    OfficerEnrolment(
                        name: "李强", roles: [.auditAdministrator, .reviewer], certificate: signers[1].certificate),
                ], authorisedBy: bootstrap, in: transaction)
        }
        return OfficersDesk(bench: bench, register: register, signers: signers)
    }

    private static func signer(_ name: String) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: .ecdsaWithSHA256, issuer: subject,
            notBefore: Bench.start, notAfter: Bench.start.adding(days: 365), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }

    func order(_ request: CanonicalRequest) async throws -> Authorisation {
        try await register.authorise(request, by: signers)
    }

    /// A colleague's certificate.
    func issueOfficer() async throws -> CertificateRecord {
        let key = try PrivateKey.generate(bench.family)
        var request = IssuanceRequest(
            profile: "officer", subject: SubjectDetails(organization: "一证通评估认证机构", commonName: "赵敏"),
            proof: .request(try Bench.pkcs10(key)), actor: .system)
        request.authorisation = try await order(
            bench.authority.issuance.request(toCertifyOfficer: request, words: "测试"))
        return try await bench.authority.issuance.issue(request)
    }

    /// Signs for exactly this request, and has it issued.
    func issue(_ request: IssuanceRequest) async throws -> CertificateRecord {
        var ordered = request
        ordered.authorisation = try await order(bench.authority.issuance.request(toIssue: request, words: "测试"))
        return try await bench.authority.issuance.issue(ordered)
    }
}

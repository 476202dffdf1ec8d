import Audit
import CertificateRecords
import CreditCodes
import Cryptography
import Groundwork
import Installation
import Issuance
import Officers
import Storage

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
            bench.authority.issuance.request(toCertifyOfficer: request, justification: "测试"))
        return try await bench.authority.issuance.issue(request)
    }

    /// Signs for exactly this request, and has it issued.
    func issue(_ request: IssuanceRequest) async throws -> CertificateRecord {
        var ordered = request
        ordered.authorisation = try await order(bench.authority.issuance.request(toIssue: request, justification: "测试"))
        return try await bench.authority.issuance.issue(ordered)
    }
}

extension Bench {
    /// A request under a profile of servers and departments.
    static func serviceRequest(_ profile: String, _ family: AlgorithmFamily = .p256) throws -> IssuanceRequest {
        let names = profile == "department-seal" ? [] : ["api.tax.example", "www.tax.example"]
        return IssuanceRequest(
            profile: profile,
            subject: SubjectDetails(
                locality: "上海市", organization: "上海市某某局",
                commonName: profile == "tls-server" ? "api.tax.example" : "上海市某某局",
                entity: profile == "tls-server"
                    ? nil : try UnifiedSocialCreditCode(trustingStored: "11310000MB2F30450F"), serverNames: names),
            proof: .request(try pkcs10(PrivateKey.generate(family))), actor: .system)
    }
}

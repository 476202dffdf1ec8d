import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage

/// Two officers of a bench's authority who sign orders.
struct BenchOfficers {
    let register: OfficerRegister
    let requester: KeyedOfficerSigner
    let approver: KeyedOfficerSigner

    init(_ bench: Bench) async throws {
        let text = try Bench.policyFiles().texts["Policies/dual-control.yaml"] ?? ""
        register = OfficerRegister(
            database: bench.database, audit: bench.audit, policy: try DualControl(yaml: text),
            surroundings: bench.surroundings
        ) { _, _, _ in .good }
        requester = try await Self.signer("王芳")
        approver = try await Self.signer("李强")
        let enrolments = [
            OfficerEnrolment(
                name: "王芳", roles: [.superAdministrator, .operator], certificate: requester.certificate),
            OfficerEnrolment(
                name: "李强", roles: [.auditAdministrator, .reviewer], certificate: approver.certificate),
        ]
        let register = register
        _ = try await bench.database.write { transaction in
            try register.enrolFirstOfficers(
                enrolments, authorisedBy: register.openBootstrap(in: transaction), in: transaction)
        }
    }

    /// As many sign as the act asks for.
    func order(_ request: CanonicalRequest) async throws -> Authorisation {
        let both = [requester, approver].prefix(register.policy.rule(for: request.act).officers)
        return try await register.authorise(request, by: Array(both))
    }

    private static func signer(_ name: String) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: .ecdsaWithSHA256, issuer: subject,
            notBefore: Bench.start.adding(days: -1), notAfter: Bench.start.adding(days: 9000), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }
}

extension PolicyFiles {
    /// The shipped policies as an authority in earnest has them: an unkept clock is no clock.
    static func inEarnest() throws -> PolicyFiles {
        try Bench.policyFiles().replacing(
            "unsynchronised: evaluation", with: "unsynchronised: refused", in: "Policies/certificates.yaml")
    }

    func replacing(_ old: String, with new: String, in path: String) -> PolicyFiles {
        var texts = texts
        texts[path] = texts[path]?.replacing(old, with: new)
        return PolicyFiles(texts: texts)
    }
}

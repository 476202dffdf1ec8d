import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage

/// Two officers who can order everything together: one asks, the other approves.
struct OfficerPair: Sendable {
    let register: OfficerRegister
    let signers: [KeyedOfficerSigner]

    static func found(on bench: Bench) async throws -> OfficerPair {
        let policy = try Bench.policyFiles().texts["Policies/dual-control.yaml"] ?? ""
        let register = OfficerRegister(
            database: bench.database, audit: bench.audit, policy: try DualControl(yaml: policy),
            surroundings: bench.surroundings, isGood: { _, _, _ in .good })
        var enrolments: [OfficerEnrolment] = []
        var signers: [KeyedOfficerSigner] = []
        for (name, roles) in [
            ("张三", [.superAdministrator, .businessAdministrator]), ("李四", [.auditAdministrator, .reviewer]),
        ] as [(String, Set<OfficerRole>)] {
            let key = try PrivateKey.generate(.p256)
            let subject = DistinguishedName([.init(.commonName, name)])
            let body = CertificateBody(
                serialNumber: .random(in: bench.surroundings), signatureAlgorithm: .ecdsaWithSHA256, issuer: subject,
                notBefore: Bench.start, notAfter: Bench.start.adding(days: 9000), subject: subject,
                publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])])
            let certificate = try Certificate.assemble(
                body: body.der, algorithm: .ecdsaWithSHA256, signature: try key.sign(body.der),
                publicKey: key.publicKey)
            enrolments.append(OfficerEnrolment(name: name, roles: roles, certificate: certificate))
            signers.append(KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key)))
        }
        let both = enrolments
        try await bench.database.write { transaction in
            _ = try register.enrolFirstOfficers(
                both, authorisedBy: register.openBootstrap(in: transaction), in: transaction)
        }
        return OfficerPair(register: register, signers: signers)
    }

    func order(_ request: CanonicalRequest) async throws -> Authorisation {
        try await register.authorise(request, by: signers)
    }
}

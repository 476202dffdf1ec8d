import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
@testable import Personalisation
import SecurityKeys
import Storage

/// Two officers with keys in software, enrolled in a store, who order what a test asks for.
struct TestOfficers: Sendable {
    let register: OfficerRegister
    /// A super and business administrator, and the audit administrator who reviews.
    let signers: [KeyedOfficerSigner]
    let officers: [Officer]

    init(_ database: Database, surroundings: Surroundings = .real) async throws {
        let policy = try String(contentsOfFile: TestDesk.policies + "/dual-control.yaml", encoding: .utf8)
        let register = OfficerRegister(
            database: database, audit: AuditLog(surroundings: surroundings), policy: try DualControl(yaml: policy),
            surroundings: surroundings, isGood: { _, _, _ in .good })
        self.register = register
        let signers = [try await Self.signer("王芳"), try await Self.signer("李强")]
        self.signers = signers
        officers = try await database.write { transaction in
            try register.enrolFirstOfficers(
                [
                    OfficerEnrolment(
                        name: "王芳", roles: [.superAdministrator, .businessAdministrator, .operator],
                        certificate: signers[0].certificate),
                    OfficerEnrolment(
                        name: "李强", roles: [.auditAdministrator, .reviewer], certificate: signers[1].certificate),
                ], authorisedBy: register.openBootstrap(in: transaction), in: transaction)
        }
    }

    /// As many officers as the policy asks for sign this.
    func authorise(_ order: KeyOrder) async throws -> PlanBasis {
        let request = order.request(reason: "test", in: .real)
        return .authorised(
            try await register.authorise(
                request, by: Array(signers.prefix(register.policy.rule(for: request.act).officers))))
    }

    private static func signer(_ name: String) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let now = Surroundings.real.now().truncatedToSecond
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: AlgorithmFamily.p256.signatureAlgorithm,
            issuer: subject, notBefore: now.adding(days: -1), notAfter: now.adding(days: 365), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }
}

extension Personaliser {
    /// The way of every plan: the key is identified, what it comes to is signed by officers, the plan is begun.
    func begin(_ intent: KeyIntent, on medium: any KeyMedium, by officers: TestOfficers) async throws -> KeyPlan {
        let facts = try await identify(medium)
        let order = try await order(for: intent, facts)
        return try await begin(intent, facts, order: officers.authorise(order))
    }

    @discardableResult
    func carryOut(_ intent: KeyIntent, on medium: any KeyMedium, by officers: TestOfficers) async throws -> KeyPlan {
        try await run(begin(intent, on: medium, by: officers), on: medium)
    }

    func carryOut(_ intent: RecordIntent, on medium: MediumNumber, by officers: TestOfficers) async throws {
        try await carryOut(intent, on: medium, order: officers.authorise(order(to: intent, medium)))
    }
}

import Audit
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Officers
import Personalisation
import Storage

/// Two officers with keys in memory who sign every order that a measurement needs: an operator and a reviewer.
struct BenchmarkOfficers {
    private let register: OfficerRegister
    private let signers: [KeyedOfficerSigner]
    private let surroundings: Surroundings
    private let database: Database

    /// Enrols the first officers of an authority.
    init(of authority: Authority, _ database: Database, _ audit: AuditLog, _ surroundings: Surroundings) async throws {
        self.surroundings = surroundings
        self.database = database
        let register = OfficerRegister(
            database: database, audit: audit,
            policy: try DualControl(yaml: await authority.policies.text("Policies/dual-control.yaml") ?? ""),
            surroundings: surroundings, isGood: { _, _, _ in .good })
        self.register = register
        let people: [(name: String, roles: Set<OfficerRole>)] = [
            ("王芳", [.superAdministrator, .businessAdministrator, .operator]), ("李强", [.auditAdministrator, .reviewer]),
        ]
        var signers: [KeyedOfficerSigner] = []
        for person in people { signers.append(try await Self.signer(person.name, surroundings)) }
        let enrolments = zip(people, signers).map {
            OfficerEnrolment(name: $0.name, roles: $0.roles, certificate: $1.certificate)
        }
        _ = try await database.write { transaction in
            try register.enrolFirstOfficers(
                enrolments, authorisedBy: register.openBootstrap(in: transaction), in: transaction)
        }
        self.signers = signers
    }

    /// As many of them sign as the policy asks for.
    func authorise(_ order: KeyOrder) async throws -> PlanBasis {
        let request = order.request(reason: "benchmark", in: surroundings)
        let count = register.policy.rule(for: request.act).officers
        return .authorised(try await register.authorise(request, by: Array(signers.prefix(count))))
    }

    /// The order of a plan for the one entity's certificates on a medium, spent as when the plan begins.
    func plan(on medium: [UInt8], _ family: AlgorithmFamily) async throws -> SpentOrder {
        let request = CanonicalRequest(
            .enrolKey, subject: Hex.encode(medium),
            parameters: [
                "entity": .string(Room.code), "name": .string(Room.name), "family": .string(family.rawValue),
                "profiles": ["authentication": "entity-authentication", "signature": "entity-signature"],
            ], reason: "benchmark", in: surroundings)
        let count = register.policy.rule(for: request.act).officers
        let order = try await register.authorise(request, by: Array(signers.prefix(count)))
        return try await database.write { transaction in
            try order.spend(in: transaction)
            return try order.spent(in: transaction)
        }
    }

    private static func signer(_ name: String, _ surroundings: Surroundings) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let now = surroundings.now().truncatedToSecond
        let certificate = try await CertificateBody(
            serialNumber: .random(in: surroundings), signatureAlgorithm: AlgorithmFamily.p256.signatureAlgorithm,
            issuer: subject, notBefore: now.adding(days: -1), notAfter: now.adding(days: 365), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }
}

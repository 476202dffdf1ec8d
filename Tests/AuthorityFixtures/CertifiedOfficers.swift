import Audit
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Issuance
import Officers
import Storage

/// Officers of a bench's authority whose certificates it issued itself: what becomes of those decides on their orders.
struct CertifiedOfficers {
    let register: OfficerRegister
    private(set) var members: [(signer: KeyedOfficerSigner, officer: Officer)] = []
    private let authority: Authority
    private let family: AlgorithmFamily

    init(_ bench: Bench) async throws { try await self.init(bench.authority, bench.family) }

    /// A super administrator and an audit administrator.
    init(_ authority: Authority, _ family: AlgorithmFamily = .p256) async throws {
        self.authority = authority
        self.family = family
        let text = try Bench.policyFiles().texts["Policies/dual-control.yaml"] ?? ""
        register = OfficerRegister(
            database: authority.database, audit: authority.audit, policy: try DualControl(yaml: text),
            surroundings: authority.surroundings, isGood: Authority.officerCertificateStatus)
        let register = register
        let bootstrap = try await authority.database.write { try register.openBootstrap(in: $0) }
        var signers: [KeyedOfficerSigner] = []
        for name in ["王建国", "李秀英"] {
            let key = try PrivateKey.generate(family)
            signers.append(try await signer(name, key) { _ in bootstrap })
        }
        let enrolments = [
            OfficerEnrolment(name: "王建国", roles: [.superAdministrator], certificate: signers[0].certificate),
            OfficerEnrolment(name: "李秀英", roles: [.auditAdministrator], certificate: signers[1].certificate),
        ]
        let officers = try await authority.database.write {
            try register.enrolFirstOfficers(enrolments, authorisedBy: bootstrap, in: $0)
        }
        members = Array(zip(signers, officers))
    }

    /// One more, by order of the first two.
    mutating func enrol(_ name: String, _ roles: Set<OfficerRole>) async throws -> Int {
        let new = try await certify(name)
        let enrolment = OfficerEnrolment(name: name, roles: roles, certificate: new.certificate)
        let order = try await order(
            OfficerRegister.request(toEnrol: enrolment, reason: "test", in: authority.surroundings), 0, 1)
        let register = register
        let officer = try await authority.database.write {
            try register.enrol(enrolment, authorisedBy: order, in: $0)
        }
        members.append((new, officer))
        return members.count - 1
    }

    /// A certificate by order of the first two.
    func certify(_ name: String) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(family)
        return try await signer(name, key) { request in
            try await order(authority.issuance.request(toCertifyOfficer: request, justification: "test"), 0, 1)
        }
    }

    func order(_ request: CanonicalRequest, _ places: Int...) async throws -> Authorisation {
        try await register.authorise(request, by: places.map { members[$0].signer })
    }

    /// The member signs with the new certificate from here on, by order of the first two.
    mutating func exchange(_ slot: Int) async throws {
        let new = try await certify("again")
        let officer = members[slot].officer
        let identifier = officer.identifier
        let order = try await order(
            OfficerRegister.request(
                toExchange: officer, for: new.certificate, reason: "test", in: authority.surroundings), 0, 1)
        let register = register
        try await authority.database.write {
            try register.changeCertificate(
                of: identifier, to: new.certificate, authorisedBy: order, in: $0)
        }
        members[slot].signer = new
    }

    func serial(_ slot: Int) -> SerialNumber { members[slot].signer.certificate.serialNumber }

    private func signer(
        _ name: String, _ key: PrivateKey, order: (IssuanceRequest) async throws -> Authorisation
    ) async throws -> KeyedOfficerSigner {
        var request = IssuanceRequest(
            profile: "officer", subject: SubjectDetails(organization: "机构", commonName: name),
            proof: .request(try Bench.pkcs10(key)), actor: .system)
        request.authorisation = try await order(request)
        let record = try await authority.issuance.issue(request)
        return KeyedOfficerSigner(certificate: try record.certificate(), signer: SoftwareSigner(key))
    }
}

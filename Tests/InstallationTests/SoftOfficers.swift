import Audit
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Issuance
import Officers
import Storage

/// The first two officers with keys in memory, certified and enrolled by the authority itself.
struct SoftOfficers {
    let signers: [KeyedOfficerSigner]
    let open: OpenInstallation

    init(_ open: OpenInstallation) async throws {
        self.open = open
        let register = open.officers
        let bootstrap = try await open.database.write { try register.openBootstrap(in: $0) }
        var signers: [KeyedOfficerSigner] = []
        for name in ["王建国", "李秀英"] {
            let key = try PrivateKey.generate(.p256)
            let record = try await open.authority.issuance.issue(
                IssuanceRequest(
                    profile: "officer", subject: SubjectDetails(organization: "机构", commonName: name),
                    proof: .ownKey(key.publicKey), actor: .system, authorisation: bootstrap))
            signers.append(KeyedOfficerSigner(certificate: try record.certificate(), signer: SoftwareSigner(key)))
        }
        let enrolments = [
            OfficerEnrolment(name: "王建国", roles: [.superAdministrator], certificate: signers[0].certificate),
            OfficerEnrolment(name: "李秀英", roles: [.auditAdministrator], certificate: signers[1].certificate),
        ]
        _ = try await open.database.write {
            try register.enrolFirstOfficers(enrolments, authorisedBy: bootstrap, in: $0)
        }
        self.signers = signers
    }

    func order(_ request: CanonicalRequest) async throws -> Authorisation {
        try await open.officers.authorise(request, by: signers)
    }
}

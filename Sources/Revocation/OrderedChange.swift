package import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
package import Officers

/// A change of one certificate's status that officers can order, and which act that order has to be: it follows from
/// what the certificate is for.
package enum OrderedChange: String, Sendable, CaseIterable, Hashable {
    case suspend, resume, revoke, reviseReason

    /// `nil`: officers cannot order it.
    ///
    /// What stops an officer's certificate stops the officer, so it takes the officers who decide on officers. The
    /// authority's own keys are exchanged by those who hold ceremonies and never suspended; an authority's certificate
    /// is revoked by its root's list alone. Where a hold was put on one of these it can be lifted.
    package func act(for purpose: CertificatePurpose) -> OfficerAct? {
        switch (purpose, self) {
        case (.officer, .suspend): .suspendOfficer
        case (.officer, .resume): .resumeOfficer
        case (.officer, .revoke), (.officer, .reviseReason): .changeOfficer
        case (.authority, .resume): .holdCeremony
        case (.authority, _): nil
        case (.ocspResponder, .suspend), (.timeStamping, .suspend), (.service, .suspend), (.sealMaker, .suspend): nil
        case (.ocspResponder, _), (.timeStamping, _), (.service, _), (.sealMaker, _): .holdCeremony
        case (.authentication, _), (.signature, _), (.encryption, _), (.departmentServer, _), (.departmentSeal, _),
            (.tlsServer, _):
            subscribersAct
        }
    }

    /// Whether one order over a list may revoke such certificates.
    static func canRevokeInBulk(_ purpose: CertificatePurpose) -> Bool {
        revoke.act(for: purpose) == .revokeCertificate
    }

    /// The acts whose order makes this change too, of each certificate that it names.
    func actsThatInclude(_ purpose: CertificatePurpose) -> [OfficerAct] {
        switch (purpose, self) {
        case (.officer, .suspend): [.suspendOfficer]
        case (.officer, .resume): [.resumeOfficer]
        case (.officer, .revoke): [.retireOfficer, .changeOfficer]
        case (_, _) where act(for: purpose) != subscribersAct: []
        case (_, .suspend): [.reportLostKey]
        case (_, .resume): []
        case (_, .revoke): [.retireKey, .reissueKey, .renewKey, .changeKey, .abandonPlan]
        case (_, .reviseReason): []
        }
    }

    private var subscribersAct: OfficerAct {
        switch self {
        case .suspend: .suspendCertificate
        case .resume: .resumeCertificate
        case .revoke: .revokeCertificate
        case .reviseReason: .reviseRevocation
        }
    }

    /// What the order says beside the serial number: whose certificate it is, and where the act has other uses, which
    /// change it is, too.
    func parameters(
        for record: CertificateRecord, _ parameters: [String: CanonicalJSON]
    ) throws(Refusal) -> [String: CanonicalJSON] {
        let subject = try record.certificate().subject.attributes
        let name = subject.first { $0.type == .commonName } ?? subject.first { $0.type == .organizationName }
        var all = parameters
        all["name"] = .string(name?.value ?? "")
        all["entity"] = record.creditCode.map { .string($0) } ?? .null
        all["profile"] = .string(record.profile)
        if act(for: record.purpose) != subscribersAct { all["certificateStatus"] = .string(rawValue) }
        return all
    }
}

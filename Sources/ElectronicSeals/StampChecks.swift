import Cryptography
import Groundwork

/// The checks of sealing that need values alone.
enum StampChecks {
    /// keyUsage nonRepudiation and no clientAuth: the authentication key's certificate fails here whatever any record
    /// says.
    static func purpose(of certificate: Certificate) throws(Refusal) {
        let usage = certificate.facts.keyUsage ?? []
        func refused(_ purpose: String) -> Refusal {
            Refusal(ElectronicSealsRefusal.wrongPurpose, facts: ["purpose": purpose])
        }
        guard !certificate.facts.extendedKeyUsage.contains(.clientAuth) else { throw refused("authentication") }
        guard usage.contains(.nonRepudiation) else {
            throw refused(usage.contains(.digitalSignature) ? "authentication" : "encryption")
        }
    }

    /// GB/T 38540-2020, 7.1: the stored seal data is what its maker signed, and the maker is ours.
    static func maker(of seal: Seal, anchors: [Certificate], intermediates: [Certificate]) throws(Refusal) {
        guard seal.data.isMadeUnder(anchors: anchors, intermediates: intermediates) else {
            throw Refusal(ElectronicSealsRefusal.malformedSeal, facts: ["what": "signedValue"])
        }
    }

    /// GB/T 38540-2020, 7.2: the signer's certificate is in the seal's list, and both are good now.
    static func seal(_ seal: Seal, certificateStatus: SealCertificateStatus?, certificate: [UInt8], at now: Instant)
        throws
    {
        try signer(certificate, of: seal)
        switch SealUsability(of: seal, certificateStatus: certificateStatus, at: now) {
        case .usable: break
        case .not(let reason):
            throw Refusal(
                reason,
                facts: ["status": seal.status.label.zh, "purpose": certificateStatus?.purpose.rawValue ?? "other"])
        }
        if let certificateStatus {
            guard certificateStatus.uscc == seal.uscc else {
                throw Refusal(
                    ElectronicSealsRefusal.entityMismatch,
                    facts: ["uscc": seal.uscc, "other": certificateStatus.uscc ?? "—"])
            }
            guard seal.data.information.certificates.names(certificateStatus.certificate.der) else {
                throw Refusal(ElectronicSealsRefusal.certificateReplaced)
            }
        }
    }

    /// The certificate on the key that is inserted is the one that the seal names. The order of reasons helps the
    /// holder: the wrong key of the right holder first, then another entity's, then an old or a new certificate.
    private static func signer(_ der: [UInt8], of seal: Seal) throws {
        guard !seal.data.information.certificates.names(der) else { return }
        let certificate = try Certificate(der: der)
        try purpose(of: certificate)
        let code = SubjectCode.of(certificate) ?? ""
        guard code == seal.uscc else {
            throw Refusal(
                ElectronicSealsRefusal.entityMismatch, facts: ["uscc": seal.uscc, "other": code.isEmpty ? "—" : code])
        }
        throw Refusal(ElectronicSealsRefusal.certificateReplaced)
    }
}

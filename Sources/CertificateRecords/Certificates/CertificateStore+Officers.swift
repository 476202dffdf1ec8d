internal import CertificateProfiles
internal import Cryptography
internal import Groundwork
package import Officers

extension CertificateStore {
    /// "Is this officer's certificate good now?", as ``OfficerRegister`` asks it: an officer's certificate of ours.
    package static let officerCertificateStatus: CertificateCheck = { certificate, now, transaction in
        guard let record = try CertificateStore.certificate(certificate.serialNumber, in: transaction),
            record.der == certificate.der
        else { return .notGood("not issued by this authority") }
        guard record.purpose == .officer else { return .notGood("its purpose is \(record.purpose.rawValue)") }
        guard record.issuerIsValid else { return .notGood("its authority is revoked") }
        return record.isUsable(at: now) ? .good : .notGood("it is \(record.state(at: now).label.en)")
    }
}

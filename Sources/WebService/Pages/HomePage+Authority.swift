internal import CertificateRecords
internal import Cryptography
internal import Groundwork
package import Installation
internal import KeyCustody

extension HomePage {
    /// The first page of the authority of this process.
    package init(_ authority: Authority, bases: BaseAddresses, isEvaluation: Bool) {
        self.init(
            bases: bases,
            issuers: {
                // What cannot be read now is shown as it was last known.
                _ = try? await authority.refresh()
                return authority.issuers.issuers.map { issuer in
                    IssuerLine(
                        generation: issuer.generation,
                        name: issuer.certificate.subject.commonName ?? issuer.generation,
                        algorithm: issuer.family.map(HomePage.name(of:)) ?? "?",
                        notAfter: issuer.certificate.notAfter, hasResponder: issuer.role == .issuing)
                }
            }, isEvaluation: isEvaluation)
    }

    private static func name(of family: AlgorithmFamily) -> String {
        switch family {
        case .sm2: "SM2 / SM3"
        case .p256: "ECDSA P-256 / SHA-256"
        case .rsa2048: "RSA-2048 / SHA-256"
        }
    }
}

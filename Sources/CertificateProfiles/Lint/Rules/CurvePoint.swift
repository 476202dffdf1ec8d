internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A point on its curve, of its order, and not one whose private key anybody finds.
    static let curvePoint = LintRule(
        id: "curve-point", citation: "NIST SP 800-56A Rev. 3, 5.6.2.3.3; GB/T 32918.1, 6.2", severity: .error,
        since: "2013-12-31"
    ) { target in
        target.certificate.publicKey.rsa == nil ? target.certificate.publicKey.defects.map(\.text) : []
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The issuer's key made the signature. Asked once there is one: before signing, the engine verifies by itself.
    static let signatureVerifies = LintRule(
        id: "signature-verifies", citation: "RFC 5280, 4.1.1.3 and 6.1.3", severity: .error, since: "2008-05-01"
    ) { target in
        guard target.isSigned else { return [] }
        let key = target.context.issuer?.publicKey ?? (target.kind == .root ? target.certificate.publicKey : nil)
        guard let key else { return [] }
        return target.certificate.isSigned(by: key) ? [] : ["the issuer's key did not make the signature"]
    }
}

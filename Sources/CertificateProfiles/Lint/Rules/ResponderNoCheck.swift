internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A delegated responder has OCSPSigning alone, digitalSignature, and id-pkix-ocsp-nocheck, not critical.
    static let responderWithoutCheck = LintRule(
        id: "responder-no-check", citation: "RFC 6960, 4.2.2.2 and 4.2.2.2.1", severity: .error, since: "2013-06-01"
    ) { target in
        guard target.kind == .ocspResponder else {
            return target.certificate.value(of: .ocspNoCheck) == nil ? [] : ["ocsp-nocheck on what is no responder"]
        }
        let noCheck = target.certificate.value(of: .ocspNoCheck)
        let own = target.isOurs
        return (own && noCheck == nil ? ["no ocsp-nocheck"] : [])
            + (noCheck.map { $0.value != DER.null || $0.critical } ?? false ? ["ocsp-nocheck is not a plain NULL"] : [])
            + (target.certificate.keyUsage?.contains(.digitalSignature) ?? true ? [] : ["no digitalSignature"])
            + (own && target.certificate.extendedKeyUsage.count != 1 ? ["other usages beside OCSPSigning"] : [])
    }
}

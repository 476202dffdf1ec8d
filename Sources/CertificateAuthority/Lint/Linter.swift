package import Cryptography
package import Groundwork

/// Leave to sign one certificate: made only by ``Linter/permit(_:in:)``, used up by ``Issuer``.
package struct IssuancePermit: ~Copyable, Sendable {
    /// DER TBSCertificate: exactly the bytes that passed.
    package let body: [UInt8]
    package let serialNumber: SerialNumber
    package let algorithm: SignatureAlgorithm
    package let publicKey: PublicKey

    fileprivate init(body: CertificateBody, der: [UInt8]) {
        self.body = der
        serialNumber = body.serialNumber
        algorithm = body.signatureAlgorithm
        publicKey = body.publicKey
    }
}

/// Applies all rules.
package enum Linter {
    /// Judges a body before it is signed; fails closed. The rules see it as a relying party will: it is closed with an
    /// empty signature and read back from DER.
    package static func permit(
        _ body: CertificateBody, in context: LintContext
    ) throws(Refusal) -> IssuancePermit {
        let der = body.der
        let unsigned = try Certificate.assemble(
            body: der, algorithm: body.signatureAlgorithm, signature: [0], publicKey: body.publicKey)
        let findings = findings(in: LintTarget(certificate: unsigned, context: context))
        let errors = findings.filter { $0.severity >= .warning }
        guard errors.isEmpty else {
            throw Refusal(
                CertificateAuthorityRefusal.lintFailed,
                detail: errors.map { "\($0.rule): \($0.text)" }.joined(separator: "; "),
                facts: ["rules": Set(errors.map(\.rule)).sorted().joined(separator: ", ")])
        }
        return IssuancePermit(body: body, der: der)
    }

    /// Judges any certificate, ours or a stranger's. One that does not parse has the single finding `well-formed`.
    package static func findings(der: [UInt8], in context: LintContext = .stranger) -> [LintFinding] {
        do throws(Refusal) {
            return findings(in: LintTarget(certificate: try Certificate(der: der), context: context))
        } catch {
            return [
                LintFinding(
                    rule: "well-formed", citation: "X.690; RFC 5280, 4.1", severity: .error,
                    text: error.detail.isEmpty ? error.code : error.detail)
            ]
        }
    }

    package static func findings(in target: LintTarget) -> [LintFinding] {
        let began = target.certificate.notBefore.utc.dashedDate
        return rules.filter { $0.since <= began }.flatMap { rule in
            rule.check(target).map {
                LintFinding(rule: rule.id, citation: rule.citation, severity: rule.severity, text: $0)
            }
        }
    }
}

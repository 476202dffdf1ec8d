package import Cryptography
package import Groundwork

/// Leave to sign one certificate: made only by ``Linter/permit(_:in:)``, used up by ``Issuer``.
package struct IssuancePermit: ~Copyable, Sendable {
    /// The certificate that passed, with everything but its signature.
    let unsigned: Certificate
    package let algorithm: SignatureAlgorithm

    /// DER TBSCertificate: exactly the bytes that passed.
    package var body: [UInt8] { unsigned.tbs }
    package var serialNumber: SerialNumber { unsigned.serialNumber }
    package var publicKey: PublicKey { unsigned.publicKey }

    fileprivate init(unsigned: Certificate, algorithm: SignatureAlgorithm) {
        self.unsigned = unsigned
        self.algorithm = algorithm
    }

    /// The certificate, closed by a signature over ``body``.
    package consuming func certificate(signature: [UInt8]) -> Certificate { unsigned.signed(signature) }
}

/// Applies all rules.
package enum Linter {
    /// Why something is judged.
    package enum Occasion: Sendable {
        /// It is about to be signed: every rule holds in full, whatever the clock says.
        case signing
        /// It exists: a rule that is younger than it gives a notice.
        case recheck
    }

    /// Judges a body before it is signed; fails closed. The rules see it as a relying party will: read back from the
    /// DER that is signed, once; the certificate that comes of it is not read again.
    package static func permit(
        _ body: CertificateBody, in context: LintContext
    ) throws(Refusal) -> IssuancePermit {
        let unsigned = try Certificate.unsigned(
            body: body.der, algorithm: body.signatureAlgorithm, publicKey: body.publicKey,
            issuer: context.issuer?.subject)
        try refuse(findings(in: LintTarget(certificate: unsigned, context: context), on: .signing))
        return IssuancePermit(unsigned: unsigned, algorithm: body.signatureAlgorithm)
    }

    /// Throws if a finding is a warning or an error.
    package static func refuse(_ findings: [LintFinding]) throws(Refusal) {
        let errors = findings.filter { $0.severity >= .warning }
        guard errors.isEmpty else {
            throw Refusal(
                CertificateProfilesRefusal.lintFailed,
                detail: errors.map { "\($0.rule): \($0.text)" }.joined(separator: "; "),
                facts: ["rules": Set(errors.map(\.rule)).sorted().joined(separator: ", ")])
        }
    }

    /// Judges any certificate, ours or a third party's. One that does not parse has the single finding `well-formed`.
    package static func findings(der: [UInt8], in context: LintContext = .stranger) -> [LintFinding] {
        do throws(Refusal) {
            return findings(in: LintTarget(certificate: try Certificate(der: der), context: context))
        } catch {
            return [malformed(error.detail.isEmpty ? error.code : error.detail)]
        }
    }

    package static func findings(in target: LintTarget, on occasion: Occasion = .recheck) -> [LintFinding] {
        var findings: [LintFinding] = []
        for (rule, check) in certificateChecks {
            let texts = check(target)
            if !texts.isEmpty { findings += rule.findings(texts, on: occasion, began: target.certificate.notBefore) }
        }
        return findings
    }

    /// The rule that every parser applies: what it refuses has this finding alone.
    package static let wellFormed = "well-formed"

    static func malformed(_ text: String) -> LintFinding {
        LintFinding(
            rule: wellFormed, citation: "X.690; RFC 5280, 4.1 and 5.1; RFC 6960, 4.2", severity: .error, text: text)
    }

    private static let certificateChecks = rules.compactMap { rule in
        if case .certificate(let check) = rule.judge { (rule, check) } else { nil }
    }
}

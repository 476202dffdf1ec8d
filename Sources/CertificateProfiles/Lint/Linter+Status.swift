package import Cryptography
package import Groundwork

/// Leave to sign one revocation list: made only by ``Linter/permit(list:in:)``, used up by ``Issuer``.
package struct CRLPermit: ~Copyable, Sendable {
    /// DER TBSCertList: exactly the bytes that passed.
    package let body: [UInt8]
    package let algorithm: SignatureAlgorithm

    fileprivate init(body: [UInt8], algorithm: SignatureAlgorithm) {
        self.body = body
        self.algorithm = algorithm
    }
}

/// Leave to sign one OCSP answer: made only by ``Linter/permit(answer:in:)``, used up by ``ServiceKey``.
package struct ResponsePermit: ~Copyable, Sendable {
    /// DER ResponseData: exactly the bytes that passed.
    package let body: [UInt8]

    fileprivate init(body: [UInt8]) { self.body = body }
}

/// Lists and answers, judged like certificates: before they are signed, from the bytes that are signed.
extension Linter {
    /// Judges a list before it is signed; fails closed.
    package static func permit(list body: [UInt8], in context: CRLContext) throws(Refusal) -> CRLPermit {
        let target: CRLTarget
        do throws(DERFault) { target = try CRLTarget(body: body, context: context) } catch {
            throw Refusal(
                CertificateProfilesRefusal.lintFailed, detail: "\(error)", facts: ["rules": wellFormed])
        }
        try refuse(findings(in: target, on: .signing))
        guard let algorithm = target.algorithm else {
            throw Refusal(CertificateProfilesRefusal.lintFailed, facts: ["rules": "list-signature-algorithm"])
        }
        return CRLPermit(body: body, algorithm: algorithm)
    }

    /// Judges an answer before it is signed; fails closed.
    package static func permit(answer body: [UInt8], in context: ResponseContext) throws(Refusal) -> ResponsePermit {
        let target: ResponseTarget
        do throws(DERFault) { target = try ResponseTarget(body: body, context: context) } catch {
            throw Refusal(
                CertificateProfilesRefusal.lintFailed, detail: "\(error)", facts: ["rules": wellFormed])
        }
        try refuse(findings(in: target, on: .signing))
        return ResponsePermit(body: body)
    }

    /// Judges any list, ours or a third party's.
    package static func findings(list der: [UInt8], in context: CRLContext = CRLContext()) -> [LintFinding] {
        do throws(DERFault) {
            return findings(in: try CRLTarget(der: der, context: context))
        } catch {
            return [malformed(error.text)]
        }
    }

    /// Judges any answer, ours or a third party's.
    package static func findings(answer der: [UInt8], in context: ResponseContext = ResponseContext()) -> [LintFinding]
    {
        do throws(DERFault) {
            return findings(in: try ResponseTarget(der: der, context: context))
        } catch {
            return [malformed(error.text)]
        }
    }

    package static func findings(in target: CRLTarget, on occasion: Occasion = .recheck) -> [LintFinding] {
        var findings: [LintFinding] = []
        for (rule, check) in listChecks {
            let texts = check(target)
            if !texts.isEmpty { findings += rule.findings(texts, on: occasion, began: target.thisUpdate) }
        }
        return findings
    }

    package static func findings(in target: ResponseTarget, on occasion: Occasion = .recheck) -> [LintFinding] {
        var findings: [LintFinding] = []
        for (rule, check) in answerChecks {
            let texts = check(target)
            if !texts.isEmpty { findings += rule.findings(texts, on: occasion, began: target.producedAt) }
        }
        return findings
    }

    private static let listChecks = rules.compactMap { rule in
        if case .list(let check) = rule.judge { (rule, check) } else { nil }
    }
    private static let answerChecks = rules.compactMap { rule in
        if case .answer(let check) = rule.judge { (rule, check) } else { nil }
    }
}

internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No extension is critical, or twice; ours are nonce, archive cutoff, extended revoked and the invalidity date.
    static let answerExtensions = LintRule.ofAnswer(
        id: "answer-extensions", citation: "RFC 6960, 4.4 and 4.4.5", since: "2013-06-01"
    ) { target in
        func defects(_ extensions: [CertificateExtension]) -> [String] {
            guard !extensions.isEmpty else { return [] }
            let identifiers = extensions.map(\.oid)
            return extensions.filter(\.critical).map { "\($0.oid) is critical" }
                + (Set(identifiers).count == identifiers.count ? [] : ["one twice"])
                + (target.context.responder == nil
                    ? [] : identifiers.filter { !extensionsOfAnswers.contains($0) }.map { "\($0) is not ours" })
        }
        return defects(target.extensions) + target.singles.flatMap { defects($0.extensions) }
    }

    private static let extensionsOfAnswers: Set<OID> = [
        .ocspNonce, .ocspArchiveCutoff, .ocspExtendedRevoke, .invalidityDate,
    ]
}

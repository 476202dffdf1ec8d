package import Cryptography
package import Groundwork

/// The generations that this process has opened, as they are at this moment.
package struct IssuerDirectory: Sendable {
    private let current: @Sendable () -> [Issuer]

    init(_ directory: AuthorityDirectory) { current = { directory.issuers } }

    /// Generations that do not change, such as a ceremony's own.
    init(issuers: [Issuer]) { current = { issuers } }

    package var issuers: [Issuer] { current() }

    package func issuer(generation: String) throws(Refusal) -> Issuer {
        guard let issuer = issuers.first(where: { $0.generation == generation }) else {
            throw Refusal(CertificateAuthorityRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        return issuer
    }

    /// The named generation, or the newest issuing one of the family. A root issues to no one but authorities.
    package func issuer(generation: String?, family: AlgorithmFamily) throws(Refusal) -> Issuer {
        if let generation { return try issuer(generation: generation) }
        guard let issuer = issuers.last(where: { $0.role == .issuing && $0.family == family }) else {
            throw Refusal(CertificateAuthorityRefusal.wrongFamily, detail: "no issuer of family \(family.rawValue)")
        }
        return issuer
    }

    package var issuing: [Issuer] { issuers.filter { $0.role == .issuing } }

    /// The certificates between an issuer's subjects and the root: the issuer's own first, the root left out.
    package func chain(of issuer: Issuer) -> [Certificate] { issuer.role == .root ? [] : [issuer.certificate] }

    /// The roots: what a relying party trusts.
    package var anchors: [Certificate] { issuers.filter { $0.role == .root }.map(\.certificate) }
}

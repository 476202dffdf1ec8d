internal import CertificateRecords
package import Cryptography
package import Groundwork

/// The generations that this process has opened, as they are at this moment.
package struct IssuerDirectory: Sendable {
    private let current: @Sendable () -> [Issuer]
    /// Whether what the store says of what they issued may be relied on.
    package let storeStatus: StoreStatus

    package init(_ directory: AuthorityDirectory) {
        current = { directory.issuers }
        storeStatus = directory.storeStatus
    }

    /// Generations that do not change, such as a ceremony's own.
    package init(issuers: [Issuer]) {
        current = { issuers }
        storeStatus = StoreStatus()
    }

    package var issuers: [Issuer] { current() }

    package func issuer(generation: String) throws(Refusal) -> Issuer {
        guard let issuer = issuers.first(where: { $0.generation == generation }) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        return issuer
    }

    /// Who is to issue: the named generation, or the newest issuing one of the family that is neither revoked nor held.
    /// A root issues to no one but authorities.
    /// - Throws: `store-behind`, `unknown-issuer`, `wrong-family`, `issuer-not-active`.
    package func issuer(generation: String?, family: AlgorithmFamily) throws(Refusal) -> Issuer {
        try storeStatus.require()
        let known: [Issuer]
        if let generation {
            known = [try issuer(generation: generation)]
        } else {
            known = issuers.filter { $0.role == .issuing && $0.family == family }
        }
        guard let newest = known.last else {
            throw Refusal(KeyCustodyRefusal.wrongFamily, detail: "no issuer of family \(family.rawValue)")
        }
        guard let issuer = known.last(where: \.isActive) else {
            throw Refusal(CertificateRecordsRefusal.issuerNotActive, facts: ["issuer": newest.generation])
        }
        return issuer
    }

    package var issuing: [Issuer] { issuers.filter { $0.role == .issuing } }

    /// The certificates between an issuer's subjects and the root: the issuer's own first, the root left out.
    package func chain(of issuer: Issuer) -> [Certificate] { issuer.role == .root ? [] : [issuer.certificate] }

    /// The roots: what a relying party trusts.
    package var anchors: [Certificate] { issuers.filter { $0.role == .root }.map(\.certificate) }
}

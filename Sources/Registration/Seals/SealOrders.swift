internal import AgentProtocol
package import Cryptography
package import ElectronicSeals
internal import Groundwork
internal import Officers

/// Seals on an officer's order, and stamps with the holder's key where it is inserted.
package struct SealOrders: Sendable {
    let ordering: Ordering
    let maker: SealMaker
    let stamping: Stamping

    /// Over the maker of seals and the sealing of documents.
    package init(ordering: Ordering, maker: SealMaker, stamping: Stamping) {
        self.ordering = ordering
        self.maker = maker
        self.stamping = stamping
    }

    /// 印章制作: a seal of a kind for the entity, bound to one of its signature certificates.
    package func makeSeal(
        of code: String, kind: String, certificate: SerialNumber, replacing old: SealIdentifier? = nil,
        by keys: OrderingKeys
    ) async throws -> Seal {
        let sealOrder = SealOrder(
            uscc: code, name: try await maker.registeredName(of: code), kind: SealKindName(kind),
            certificate: certificate, replaces: old)
        let request = CanonicalRequest(
            .makeSeal, subject: sealOrder.uscc, parameters: sealOrder.parameters, reason: "make a seal",
            in: ordering.surroundings)
        return try await maker.make(sealOrder, authorisedBy: ordering.order(request, by: keys))
    }

    /// Stamps a document with the signature key that the seal names, which must be in the reader.
    package func stamp(
        _ document: [UInt8], with seal: Seal, page: Int, fromLeft: Double, fromTop: Double, at terminal: Terminal
    ) async throws -> SealedDocument {
        let medium = terminal.key.medium()
        let onCard = try await medium.certificates()
        await medium.finish()
        guard
            let certificate = onCard.map(\.certificate).first(where: { $0.fingerprint == seal.certificateHash })
                ?? onCard.map(\.certificate).first(where: \.isForDocuments)
        else { throw Refusal(AgentProtocolRefusal.keyNotFound) }
        let stampOrder = StampOrder(
            document: document, seal: seal.id, certificate: certificate.der, page: page,
            centreMillimetresFromLeft: fromLeft, centreMillimetresFromTop: fromTop)
        return try await stamping.stamp(stampOrder) { pending in
            try await medium.signDocument(attributes: pending.toBeSigned, certificate: pending.certificate)
        }
    }
}

import AgentProtocol
import Cryptography
import ElectronicSeals
import Groundwork
import Officers

/// Seals and stamps with the holder's key in a reader.
extension OpenAuthority {
    func makeSeal(
        of code: String, kind: String, certificate: SerialNumber, replacing old: SealIdentifier? = nil,
        by keys: OrderingKeys
    ) async throws -> Seal {
        let sealOrder = SealOrder(uscc: code, kind: SealKindName(kind), certificate: certificate, replaces: old)
        let request = CanonicalRequest(
            .makeSeal, subject: sealOrder.uscc, parameters: sealOrder.parameters, reason: "make a seal",
            in: surroundings)
        return try await sealMaker.make(sealOrder, authorisedBy: order(request, by: keys))
    }

    /// Stamps a document with the signature key that the seal names, which must be in the reader.
    func stamp(
        _ document: [UInt8], with seal: Seal, page: Int, fromLeft: Double, fromTop: Double, at terminal: Terminal
    ) async throws -> SealedDocument {
        let medium = medium(in: terminal.reader, pins: terminal.pins)
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

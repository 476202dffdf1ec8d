package import AgentProtocol
package import Cryptography
internal import Foundation
package import Groundwork
package import SecurityKeys

/// The roots that makers' attestations may end in, from `Policies/attestation-roots`: file name to certificate.
package struct AttestationRoots: Sendable {
    private let roots: [String: Certificate]

    package init(_ roots: [String: Certificate]) { self.roots = roots }

    /// Reads every `.cer` file (DER) of a folder; an absent folder is empty.
    package init(folder: String) throws(Refusal) {
        var roots: [String: Certificate] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(".cer") {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            roots[name] = try Certificate(der: Array(data))
        }
        self.roots = roots
    }

    /// The best that a card of this model can prove of a key that it makes.
    func best(for model: CardModel) -> KeyOrigin {
        guard model.attests, let root = model.attestationRoots.lazy.compactMap({ roots[$0] }).first else {
            return .witnessed
        }
        return .attested(root: Hex.encode(root.fingerprint))
    }

    /// Where a key comes from: the attestation must be for this very key and chain to one of the model's roots.
    ///
    /// A card that should attest and did not leaves the origin unproved; a false attestation is refused.
    /// - Throws: `personalisation.false-attestation`, `personalisation.swapped-key`.
    package func origin(
        of publicKey: [UInt8], attestation: [[UInt8]], model: CardModel
    ) throws(Refusal) -> KeyOrigin {
        guard !attestation.isEmpty else { return model.attests ? .unproved : .witnessed }
        var chain: [Certificate] = []
        for der in attestation.prefix(4) {
            do { chain.append(try Certificate(der: der)) } catch {
                throw Refusal(PersonalisationRefusal.falseAttestation, detail: error.detail)
            }
        }
        guard let leaf = chain.first, leaf.publicKey.spki == publicKey else {
            throw Refusal(PersonalisationRefusal.swappedKey, detail: "attested is another key")
        }
        for (below, above) in zip(chain, chain.dropFirst()) {
            guard below.issuer == above.subject, above.isAuthority, below.isSigned(by: above.publicKey) else {
                throw Refusal(PersonalisationRefusal.falseAttestation, detail: "the chain is broken")
            }
        }
        guard let top = chain.last else { return .unproved }
        let accepted = model.attestationRoots.compactMap { roots[$0] }
        // A policy that holds no root of this maker cannot judge its attestations; the terminal's witness remains.
        guard !accepted.isEmpty else { return .witnessed }
        for root in accepted {
            if top == root || (top.issuer == root.subject && top.isSigned(by: root.publicKey)) {
                return .attested(root: Hex.encode(root.fingerprint))
            }
        }
        throw Refusal(PersonalisationRefusal.falseAttestation, detail: "no root of \(model.name) signed it")
    }
}

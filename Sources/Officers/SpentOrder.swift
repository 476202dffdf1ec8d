package import Audit
package import Groundwork
package import Storage

/// An order that was carried out or begun: as it stands in the store since the transaction that used it up.
///
/// Only this room makes one, out of its own table, and verifies the signatures again: a row that somebody altered is no
/// order. What takes longer than one transaction (a plan, a list) remembers its order's nonce and goes on under this.
package struct SpentOrder: Hashable, Sendable {
    package let request: CanonicalRequest
    /// The requester first, then who approved.
    package let officers: [OfficerIdentifier]
    package let spentAt: Instant

    /// Who is answerable, as the audit of what follows names it: the requester.
    package var actor: AuditActor { officers.first.map { .officer($0.shown) } ?? .bootstrap }

    /// Refuses unless this orders that act on that subject with exactly these parameters.
    /// - Throws: `officers.wrong-act`, `officers.wrong-subject`, `officers.wrong-parameters`.
    package func require(
        _ act: OfficerAct, subject: String, parameters: [String: CanonicalJSON]
    ) throws(Refusal) {
        try request.require(act, subject: subject, parameters: parameters)
    }

    /// Whether the certificate of this serial number, in hexadecimal digits, is among those that the order concerns,
    /// revokes or replaces.
    package func names(_ serial: String) -> Bool {
        ["certificates", "revokes", "replaces"].contains { name in
            request.parameters[name]?.array?.contains(.string(serial)) ?? false
        }
    }
}

extension OfficerRegister {
    /// The order that was spent under this nonce; `nil` where none was.
    /// - Throws: `officers.stored` where the row's request is another one or its signatures do not verify.
    package static func spentOrder(
        nonce: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> SpentOrder? {
        guard
            let row = try transaction.first(
                "SELECT request, spent_at FROM officer_authorisation WHERE nonce = $1", nonce)
        else { return nil }
        func damaged(_ detail: String) -> Refusal {
            Refusal(OfficersRefusal.stored, detail: "order \(Hex.encode(nonce)): \(detail)")
        }
        let request: CanonicalRequest
        do { request = try CanonicalRequest(bytes: try row.blob("request")) } catch {
            throw damaged(error.detail)
        }
        guard request.nonce == nonce else { throw damaged("another request") }
        let signatures = try OfficerStore.signatures(under: request, in: transaction)
        guard !signatures.isEmpty else { throw damaged("no signature") }
        do { try OfficerSignature.verify(signatures, under: request) } catch { throw damaged(error.code) }
        let officers = try OfficerStore.signers(under: request, in: transaction)
        return SpentOrder(request: request, officers: officers, spentAt: try row.instant("spent_at"))
    }
}

extension Authorisation {
    /// This order as it stands in the store after ``spend(in:)``, in the same transaction or later.
    /// - Throws: `officers.stored` where it was not spent: nothing goes on under an order that is not used up.
    package func spent(in transaction: any ReadTransaction) throws(Refusal) -> SpentOrder {
        guard let order = try OfficerRegister.spentOrder(nonce: request.nonce, in: transaction) else {
            throw Refusal(OfficersRefusal.stored, detail: "the order is not spent")
        }
        return order
    }
}

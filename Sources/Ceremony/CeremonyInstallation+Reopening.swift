internal import Audit
internal import CertificateRecords
package import Cryptography
internal import Groundwork
internal import KeyCustody
package import Officers
internal import Storage

/// The bootstrap anew, when nobody is left who may order: by what the custodians' root signed, or, in an evaluation, by
/// the root's key on this machine. Afterwards the officers whom the statement names are enrolled as the first ones are.
extension CeremonyInstallation {
    /// Takes in a stage's statement; no order of officers is asked for, because there is nobody to give one.
    /// - Returns: whether it is new here.
    /// - Throws: `ceremony-evaluation`, and the refusals of ``OfficerRegister/takeIn(_:signature:root:facts:in:)``.
    package func reopenBootstrap(_ bundle: CeremonyBundle, officers: OfficerRegister) async throws -> Bool {
        guard let reopening = bundle.reopening else {
            throw Refusal(
                CeremonyRefusal.ceremonyTranscript, detail: "it brings no statement",
                facts: ["stage": bundle.transcript.stage])
        }
        try refuseEvaluation(bundle)
        let isNew = try await takeIn(
            reopening.statement, reopening.signature, root: bundle.root, officers,
            ["transcript": .string(Hex.encode(bundle.transcript.hash))]
        ) { [audit] transaction, isNew throws(Refusal) in
            guard isNew else { return }
            try CeremonyHistory(bundle: bundle, audit: audit).record(by: .bootstrap, in: transaction)
        }
        if isNew { try await observer(.completed) }
        return isNew
    }

    /// The same at once, where the root's key is on this machine: an evaluation.
    package func reopenBootstrapHere(
        for named: [BootstrapStatement.Named], family: AlgorithmFamily, reason: String, isRegardless: Bool,
        officers: OfficerRegister
    ) async throws {
        let book = try await policies.current()
        try officers.checkFirst(named)
        let plan = try book.hierarchy(family).root
        let root = try await rootOnThisMachine(plan, statusAddresses())
        let signer = try await keys.signer(plan.generation)
        let before = try await database.read { transaction in
            guard try !officers.somebodyIsLeft(in: transaction) || isRegardless else {
                throw Refusal(OfficersRefusal.somebodyIsLeft)
            }
            return try OfficerRegister.statements(of: root.certificate, in: transaction)
        }
        let statement = BootstrapStatement(
            root: root.certificate, number: before + 1, officers: named, reason: reason, isRegardless: isRegardless,
            in: surroundings)
        let signature = try await signer.sign(statement.signedBytes)
        _ = try await takeIn(statement, signature, root: root.certificate, officers, [:]) { _, _ in }
        try await observer(.completed)
    }

    private func takeIn(
        _ statement: BootstrapStatement, _ signature: [UInt8], root: Certificate, _ officers: OfficerRegister,
        _ facts: [String: CanonicalJSON],
        _ also: @escaping @Sendable (any Transaction, Bool) throws(Refusal) -> Void
    ) async throws -> Bool {
        try await database.write { transaction in
            guard try HierarchyStore.knows(root: root, in: transaction) else {
                throw Refusal(OfficersRefusal.bootstrapForeign, detail: "the root is none of this authority's")
            }
            let isNew = try officers.takeIn(
                statement, signature: signature, root: root, facts: facts, in: transaction)
            if isNew {
                try FirstOfficers.store(
                    statement.officers.map { .init(name: $0.name, roles: $0.roles.sorted()) }, in: transaction)
            }
            try also(transaction, isNew)
            return isNew
        }
    }
}

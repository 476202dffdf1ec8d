package import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork
package import Issuance
package import KeyCustody
package import Storage

/// The quick way, for an evaluation: everything of `CA/<family>.yaml` on this machine at once, the root's key in a file
/// beside the others. An authority in earnest is made by ``RootMachine`` and ``CeremonyInstallation``.
///
/// Interrupted anywhere, it is called again and goes on: a key that was written is used, a certificate that was stored
/// stays. Complete, it refuses. All certificates pass the same lint and the same order as everybody's.
package struct EvaluationCeremony: Sendable {
    private let installation: CeremonyInstallation
    private let drafts: AuthorityDrafts
    private let hierarchy: Hierarchy

    /// Makes everything of the family's hierarchy that is not there yet.
    /// - Parameters:
    ///   - keys: where the keys are made and kept.
    ///   - statusBase: the status address, plain http: the only one that certificates name.
    /// - Throws: `already-initialised` where it is complete.
    package static func make(
        _ family: AlgorithmFamily, policies files: PolicyFiles, keys: any SigningKeys, statusBase: String,
        database: Database, audit: AuditLog, surroundings: Surroundings,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws {
        let installation = CeremonyInstallation(
            database: database, audit: audit, keys: keys, surroundings: surroundings, issuanceObserver: observer)
        try await installation.prepare(files, statusBase: statusBase)
        let book = try await installation.policies.current()
        let hierarchy = try book.hierarchy(family)
        try await installation.refuseComplete(hierarchy.issuing.generation)
        let drafts = AuthorityDrafts(
            book: book, addresses: try await installation.statusAddresses(), surroundings: surroundings)
        try await EvaluationCeremony(installation: installation, drafts: drafts, hierarchy: hierarchy).run()
    }

    private func run() async throws {
        let family = hierarchy.family
        let engine = installation.engine()
        let rootKey = try await installation.making.key(hierarchy.root.generation, family: family)
        let issuingKey = try await installation.making.key(hierarchy.issuing.generation, family: family)
        let rootRecord = try await engine.run(drafts.root(hierarchy.root, key: rootKey))
        let root = Issuer(
            generation: hierarchy.root.generation, role: .root, certificate: try rootRecord.certificate(),
            shards: hierarchy.root.shards, addresses: drafts.addresses, signer: rootKey)
        let issuing = try await installation.issuing(hierarchy.issuing, key: issuingKey, root: root, drafts)
        try await installation.certifyServices(of: issuing, under: root, hierarchy)
        try await installation.complete(hierarchy.issuing.generation, transcript: nil)
    }
}

package import Audit
package import Cryptography
package import Groundwork
package import Storage

/// The quick way, for an evaluation: everything of `CA/<family>.yaml` on this machine at once, the root's key in a file
/// beside the others. An authority in earnest is made by ``RootMachine`` and ``CeremonyInstallation``.
///
/// Interrupted anywhere, it is called again and goes on: a key that was written is used, a certificate that was stored
/// stays. Complete, it refuses. All certificates pass the same lint and the same order as everybody's.
package struct Ceremony: Sendable {
    private let installation: CeremonyInstallation
    private let drafts: AuthorityDrafts
    private let hierarchy: Hierarchy

    /// - Parameters:
    ///   - passphrase: encrypts the key files; it is not kept.
    ///   - keysDirectory: `keys` in the data directory.
    ///   - statusBase: the status address, plain http: the only one that certificates name.
    package static func create(
        _ family: AlgorithmFamily, policies files: PolicyFiles, passphrase: borrowing SecretBytes,
        keysDirectory: String, statusBase: String, database: Database, audit: AuditLog, surroundings: Surroundings,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        try await create(
            family, policies: files,
            keys: JournalledKeys(files: keysDirectory, passphrase: passphrase, surroundings: surroundings),
            statusBase: statusBase, database: database, audit: audit, surroundings: surroundings, observer: observer)
    }

    /// The same with keys kept elsewhere.
    package static func create(
        _ family: AlgorithmFamily, policies files: PolicyFiles, keys: any KeyCustody, statusBase: String,
        database: Database, audit: AuditLog, surroundings: Surroundings, kept: KeptArchives? = nil,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        let installation = CeremonyInstallation(
            database: database, audit: audit, keys: keys, surroundings: surroundings, issuanceObserver: observer)
        try await installation.prepare(files, statusBase: statusBase)
        let book = try await installation.policies.current()
        let hierarchy = try book.hierarchy(family)
        try await installation.refuseComplete(hierarchy.issuing.generation)
        let drafts = AuthorityDrafts(
            book: book, addresses: try await installation.statusAddresses(), surroundings: surroundings)
        try await Ceremony(installation: installation, drafts: drafts, hierarchy: hierarchy).run()
        return try await Authority.open(
            database: database, audit: audit, keys: keys, surroundings: surroundings, kept: kept, observer: observer)
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

internal import Audit
internal import Ceremony
internal import CertificateRecords
package import Cryptography
internal import Foundation
package import Groundwork
internal import KeyCustody
internal import SecurityKeys
internal import Storage

/// Makes an authority in an empty directory: secrets, keys, certificates, database, configuration.
///
/// Interrupted anywhere it is called again with the same configuration and goes on; complete, it refuses.
package struct Initialisation: Sendable {
    let configurationPath: String
    let configuration: ServiceConfiguration
    let family: AlgorithmFamily
    /// The folder that holds `CA/` and `Policies/`.
    let root: String
    let surroundings: Surroundings

    package init(
        configurationPath: String, configuration: ServiceConfiguration, family: AlgorithmFamily, root: String,
        surroundings: Surroundings = .real
    ) {
        self.configurationPath = configurationPath
        self.configuration = configuration
        self.family = family
        self.root = root
        self.surroundings = surroundings
    }

    /// The quick way of an evaluation: the root's key is made here too and stays in its place beside the others.
    package func run() async throws -> OpenInstallation {
        let family = family
        let statusBase = configuration.addresses.status
        let surroundings = surroundings
        try await found { files, keys, database, audit in
            _ = try await EvaluationCeremony.create(
                family, policies: files, keys: keys, statusBase: statusBase, database: database, audit: audit,
                surroundings: surroundings)
        }
        return try await OpenInstallation.open(configuration, surroundings: surroundings)
    }

    /// Everything but keys and certificates: what a ceremony brings them to.
    package func prepareForCeremony() async throws {
        let statusBase = configuration.addresses.status
        let surroundings = surroundings
        try await found { files, keys, database, audit in
            try await CeremonyInstallation(database: database, audit: audit, keys: keys, surroundings: surroundings)
                .prepare(files, statusBase: statusBase)
        }
    }

    private func found(
        _ body: (PolicyFiles, any SigningKeys, Database, AuditLog) async throws -> Void
    ) async throws {
        // What cannot hold is found out before anything is made.
        let files = try PolicyFiles.named(root)
        _ = try RoomPolicies(files)
        let data = configuration.data
        try makePrivate(data)
        try makePrivate(data + "/keys")
        try makePrivate(data + "/backup")
        for path in [configuration.secrets.keys, configuration.secrets.vault]
        where !FileManager.default.fileExists(atPath: path) {
            try makePrivate(URL(filePath: path).deletingLastPathComponent().path)
            try SecretFile.create(at: path, randomBytes: surroundings.randomBytes)
        }
        try copyAttestationRoots()
        // What is interrupted goes on at the same addresses and in the same token; what is there already may be a
        // working authority's.
        if !FileManager.default.fileExists(atPath: configurationPath) { try writeConfiguration() }
        let database = try OpenInstallation.openDatabase(configuration, surroundings)
        do {
            let audit = AuditLog(surroundings: surroundings)
            let custody = try OpenedCustody.open(
                configuration, database: database, audit: audit, surroundings: surroundings)
            if try await !Authority.hasBegun(in: database) { try await refuseOthersToken(custody.token) }
            do {
                try await body(files, custody.keys, database, audit)
            } catch let refusal as Refusal
                where refusal.isBecause(CertificateRecordsRefusal.alreadyInitialised) && !hasVault
            {
                // Interrupted between the last certificate and the escrow.
            }
            try await makeVault(custody.token)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        try writeConfiguration()
    }

    /// A token with keys in it is another authority's: its keys must not become this one's by their names.
    private func refuseOthersToken(_ token: Token?) async throws {
        guard let token, try await !token.isEmpty() else { return }
        throw Refusal(InstallationRefusal.tokenNotEmpty, facts: ["token": token.access.label])
    }

    private var vaultPath: String { configuration.data + "/keys/escrow.sealed" }
    private var hasVault: Bool { FileManager.default.fileExists(atPath: vaultPath) }

    private func makeVault(_ token: Token?) async throws {
        guard !hasVault else { return }
        let keys: VaultKeys
        if let token, configuration.keysOrDefault.vault == .token {
            keys = try await VaultKeys.generate(in: surroundings, token: token)
        } else {
            keys = VaultKeys.generate(in: surroundings)
        }
        try await keys.write(
            to: vaultPath, passphrase: SecretFile.read(configuration.secrets.vault), in: surroundings)
    }

    private func makePrivate(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// The makers' roots that the policy names; certificates, not secrets.
    private func copyAttestationRoots() throws {
        let source = root + "/Policies/attestation-roots"
        let target = configuration.data + "/attestation-roots"
        try makePrivate(target)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []
        for name in names where name.hasSuffix(".cer") {
            let destination = target + "/" + name
            if FileManager.default.fileExists(atPath: destination) { continue }
            try Data(contentsOf: URL(filePath: source + "/" + name)).write(to: URL(filePath: destination))
        }
    }

    private func writeConfiguration() throws {
        let text = try StrictYAML.encode(configuration)
        try Data(text.utf8).write(to: URL(filePath: configurationPath), options: .atomic)
    }
}

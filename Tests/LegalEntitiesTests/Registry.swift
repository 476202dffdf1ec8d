import Audit
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import LegalEntities
import Officers
import OtherPrograms
import Storage

/// A registry to test in: a store in a file, two officers whose certificates are always good.
final class Registry: Sendable {
    static let noon = Instant(seconds: 1_790_000_000)

    let folder: URL
    let database: Database
    let store: RegistryStore
    let register: OfficerRegister
    let surroundings: Surroundings
    let first: KeyedOfficerSigner
    let second: KeyedOfficerSigner

    init() async throws {
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var surroundings = Surroundings.real
        surroundings.now = { Registry.noon }
        self.surroundings = surroundings
        let log = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: folder.appending(path: "database.sqlite").path,
            migrations: [AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set],
            surroundings: surroundings, beforeCommit: [log.sequencer])
        store = RegistryStore(
            database: database, audit: log, rules: try Codes.rules(), surroundings: surroundings)
        let policy = try String(contentsOf: Codes.root.appending(path: "Policies/dual-control.yaml"), encoding: .utf8)
        register = OfficerRegister(
            database: database, audit: log, policy: try DualControl(yaml: policy), surroundings: surroundings
        ) { _, _, _ in .good }
        first = try await Self.signer("王芳")
        second = try await Self.signer("李强")
        let (first, second, register) = (first, second, register)
        _ = try await database.write { transaction in
            let bootstrap = try register.openBootstrap(in: transaction)
            return try register.enrolFirstOfficers(
                [
                    OfficerEnrolment(
                        name: "王芳", roles: [.superAdministrator, .operator], certificate: first.certificate),
                    OfficerEnrolment(
                        name: "李强", roles: [.auditAdministrator, .reviewer], certificate: second.certificate),
                ], authorisedBy: bootstrap, in: transaction)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func signer(_ name: String) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: .ecdsaWithSHA256, issuer: subject,
            notBefore: noon.adding(days: -1), notAfter: noon.adding(days: 365), subject: subject,
            publicKey: key.publicKey, extensions: []
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }

    func file(_ text: String, name: String = "feed.csv") throws -> FeedFile {
        let path = folder.appending(path: name)
        try Data(text.utf8).write(to: path)
        return try FeedFile(at: path.path) { DigestAlgorithm.sha256.hash($0) }
    }

    /// Runs the shipped generator.
    func generated(_ arguments: String..., name: String = "feed.csv") throws -> (file: FeedFile, flaws: [String]) {
        let path = folder.appending(path: name).path
        let outcome = try OtherProgram.run([OtherProgram.root + "/Tools/make-registry"] + arguments + ["--out", path])
        let said = outcome.complaints
        guard outcome.status == 0 else { throw GeneratorFailed(said: said) }
        return (
            try FeedFile(at: path) { DigestAlgorithm.sha256.hash($0) }, said.split(separator: "\n").map(String.init)
        )
    }

    struct GeneratorFailed: Error { let said: String }

    func authorised(_ file: FeedFile) async throws -> Authorisation {
        try await register.authorise(RegistryFeed(store).request(toImport: file, reason: "每日更新"), by: [first])
    }

    func imported(_ file: FeedFile) async throws -> ImportReport {
        try await RegistryFeed(store).importFile(file, authorisedBy: try await authorised(file))
    }

    func code(_ text: String) throws -> UnifiedSocialCreditCode {
        try UnifiedSocialCreditCode(text, rules: store.rules)
    }

    /// The acts in the audit, in order.
    func audited() async throws -> [(act: String, line: CanonicalJSON)] {
        try await database.read { transaction in
            try transaction.query("SELECT line FROM audit_event ORDER BY leaf").map { row in
                let line = try CanonicalJSON(parsing: try row.blob("line"))
                return (line["act"]?.string ?? "", line)
            }
        }
    }
}

import AgentProtocol
import Audit
import CertificateProfiles
import CertificateRecords
import CreditCodes
import Cryptography
import Groundwork
import Officers
import Personalisation
import SecurityKeys
import Storage
import Synchronization

/// A certificate authority in memory with the real one's promises: one reference, one certificate; states that only
/// move forward.
final class TestAuthority: CertifyingAuthority {
    typealias State = CertificateState
    struct Entry {
        var certificate: Certificate
        var state: State
        var requested: PlannedCertificate
    }
    let entries = Mutex<[String: Entry]>([:])
    private let key: PrivateKey
    private let surroundings: Surroundings
    private let acceptsUnproved: Bool
    private let database: Database

    init(surroundings: Surroundings, database: Database, acceptsUnproved: Bool = false) throws {
        self.database = database
        key = try PrivateKey.generate(.p256)
        self.surroundings = surroundings
        self.acceptsUnproved = acceptsUnproved
    }

    /// As the profiles: no name is longer (X.520, ub-organization-name).
    static let longestName = 64

    func planSigner() throws -> any Signer { SoftwareSigner(key) }

    func rehearse(_ rehearsal: CertificateRehearsal) async throws {
        guard (rehearsal.holder.organization ?? "").count <= Self.longestName else { throw Self.tooLong }
    }

    static let tooLong = Refusal(CertificateProfilesRefusal.lintFailed, facts: ["rules": "subject-lengths"])

    func certify(_ requested: PlannedCertificate) async throws -> Certificate {
        guard (requested.holder.organization ?? "").count <= Self.longestName else { throw Self.tooLong }
        try await database.read { try requested.condition($0) }
        if let known = entries.withLock({ $0[requested.reference] }) { return known.certificate }
        if requested.origin == .unproved, !acceptsUnproved { throw Refused.origin }
        let request = try CertificateRequest(der: requested.request)
        let now = surroundings.now().truncatedToSecond
        let usage: Set<KeyUsage> = requested.purpose == .signature ? [.nonRepudiation] : [.digitalSignature]
        let extended: [OID] = requested.purpose == .authentication ? ["1.3.6.1.5.5.7.3.2"] : []
        var extensions: [CertificateExtension] = [.keyUsage(usage)]
        if !extended.isEmpty { extensions.append(.extendedKeyUsage(extended)) }
        let body = CertificateBody(
            serialNumber: .random(in: surroundings), signatureAlgorithm: .ecdsaWithSHA256,
            issuer: DistinguishedName([.init(type: .commonName, value: "Test CA", kind: .utf8)]), notBefore: now,
            notAfter: now.adding(days: 365),
            subject: DistinguishedName([
                .init(type: .organizationName, value: requested.holder.organization ?? "", kind: .utf8),
                .init(type: .commonName, value: requested.holder.commonName, kind: .utf8),
            ]),
            publicKey: request.publicKey, extensions: extensions)
        let certificate = try await body.signed(by: SoftwareSigner(key))
        entries.withLock {
            $0[requested.reference] = Entry(certificate: certificate, state: .issued, requested: requested)
        }
        return certificate
    }

    func certificates(
        of medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CertificateNow] {
        all.filter { $0.requested.medium == medium }.map {
            CertificateNow(
                serial: $0.certificate.serialNumber, der: $0.certificate.der, state: $0.state,
                entity: $0.requested.holder.entity?.text)
        }
    }

    func activate(_ certificates: [Certificate], actor: AuditActor) async throws -> [Certificate] {
        entries.withLock { entries in
            var ended: [Certificate] = []
            for (reference, entry) in entries where certificates.contains(entry.certificate) {
                if entry.state == .revoked {
                    ended.append(entry.certificate)
                } else {
                    entries[reference]?.state = .active
                }
            }
            return ended
        }
    }

    func succeed(_ old: Certificate, by new: Certificate, under order: SpentOrder) async throws {
        set(.revoked, [old.serialNumber])
    }

    func revoke(_ certificates: [Certificate], because ending: CertificateEnding, actor: AuditActor) async throws {
        set(.revoked, certificates.map(\.serialNumber))
    }

    func revoke(
        _ serials: [SerialNumber], because ending: CertificateEnding, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) { set(.revoked, serials) }

    func hold(
        _ serials: [SerialNumber], _ change: CertificateHold, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) { set(change == .suspend ? .suspended : .active, serials) }

    /// Somebody changes the state of certificates; revoked ones stay so.
    func set(_ state: State, _ serials: [SerialNumber]) {
        entries.withLock { entries in
            for (reference, entry) in entries
            where serials.contains(entry.certificate.serialNumber) && entry.state != .revoked {
                entries[reference]?.state = state
            }
        }
    }

    /// Every certificate of a medium changes.
    func set(_ state: State, of medium: MediumNumber) {
        set(state, all.filter { $0.requested.medium == medium }.map(\.certificate.serialNumber))
    }

    func all(on medium: MediumNumber) -> [Entry] { all.filter { $0.requested.medium == medium } }

    var all: [Entry] { entries.withLock { Array($0.values) } }
    func state(of der: [UInt8]) -> State? { all.first { $0.certificate.der == der }?.state }

    enum Refused: Error { case origin }
}

import AgentProtocol
import Cryptography
import Groundwork
import Personalisation
import SecurityKeys
import Synchronization

/// A certificate authority in memory with the real one's promises: one reference, one certificate; states that only
/// move forward.
final class TestAuthority: CertifyingAuthority {
    enum State: Hashable { case issued, active, revoked }
    struct Entry {
        var certificate: Certificate
        var state: State
        var wish: CertificateWish
    }
    let entries = Mutex<[String: Entry]>([:])
    private let key: PrivateKey
    private let surroundings: Surroundings
    private let acceptsUnproved: Bool

    init(surroundings: Surroundings, acceptsUnproved: Bool = false) throws {
        key = try PrivateKey.generate(.p256)
        self.surroundings = surroundings
        self.acceptsUnproved = acceptsUnproved
    }

    func certify(_ wish: CertificateWish) async throws -> Certificate {
        if let known = entries.withLock({ $0[wish.reference] }) { return known.certificate }
        if wish.origin == .unproved, !acceptsUnproved { throw Refused.origin }
        let request = try CertificateRequest(der: wish.request)
        let now = surroundings.now().truncatedToSecond
        let usage: Set<KeyUsage> = wish.purpose == .signature ? [.nonRepudiation] : [.digitalSignature]
        let extended: [OID] = wish.purpose == .authentication ? ["1.3.6.1.5.5.7.3.2"] : []
        var extensions: [CertificateExtension] = [.keyUsage(usage)]
        if !extended.isEmpty { extensions.append(.extendedKeyUsage(extended)) }
        let body = CertificateBody(
            serialNumber: .random(in: surroundings), signatureAlgorithm: .ecdsaWithSHA256,
            issuer: DistinguishedName([.init(type: .commonName, value: "Test CA", kind: .utf8)]), notBefore: now,
            notAfter: now.adding(days: 365),
            subject: DistinguishedName([.init(type: .commonName, value: wish.holder.commonName, kind: .utf8)]),
            publicKey: request.publicKey, extensions: extensions)
        let certificate = try await body.signed(by: SoftwareSigner(key))
        entries.withLock { $0[wish.reference] = Entry(certificate: certificate, state: .issued, wish: wish) }
        return certificate
    }

    func certificate(under reference: String) async throws -> Certificate? {
        entries.withLock { $0[reference]?.certificate }
    }

    func activate(_ certificates: [Certificate]) async throws -> [Certificate] {
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

    func revoke(_ certificates: [Certificate], because ending: CertificateEnding) async throws {
        entries.withLock { entries in
            for (reference, entry) in entries where certificates.contains(entry.certificate) {
                entries[reference]?.state = .revoked
            }
        }
    }

    var all: [Entry] { entries.withLock { Array($0.values) } }
    func state(of der: [UInt8]) -> State? { all.first { $0.certificate.der == der }?.state }

    enum Refused: Error { case origin }
}

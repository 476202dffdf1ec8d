import AgentProtocol
import Audit
import Authentication
import CertificateRecords
import CreditCodes
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import LegalEntities
import Officers
import Reconciliation
import Revocation
import SecurityKeys
import Storage

/// The store of an authority that `yzt init --evaluation` made, filled with as many certificates as one wishes.
///
/// What fills it is one certificate's bytes with other serial numbers in them: rows, indexes and sizes are the real
/// ones, and so is the audit with an event for each; the signatures are the template's. 93,000 revocations are of
/// serial numbers that were closed, so that they are as many in a small store as in a large one.
struct FilledStore {
    /// How many are revoked in a store of so many certificates: the same in all of ten thousand and more.
    static func revocations(_ certificates: Int) -> Int { min(93_000, certificates * 10) }

    let folder: String
    let family: AlgorithmFamily
    let database: Database
    let authority: Authority
    let issuer: Issuer
    let surroundings = Surroundings.real
    var configuration: String { folder + "/configuration.yaml" }
    let status: (host: String, port: Int)

    static func open(folder: String, family: AlgorithmFamily) async throws -> FilledStore {
        let audit = AuditLog(surroundings: .real)
        let database = try Database.open(
            at: folder + "/data/database.sqlite",
            migrations: [
                AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set, SecurityKeysMigrations.all,
                CertificateAuthorityMigrations.set, AuthenticationMigrations.set, ElectronicSealsMigrations.set,
            ], beforeCommit: [audit.sequencer])
        let text = try String(contentsOfFile: folder + "/secrets/keys", encoding: .utf8)
        let authority = try await Authority.open(
            database: database, audit: audit, keysDirectory: folder + "/data/keys",
            passphrase: SecretBytes(copying: Array(text.utf8.filter { $0 != 0x0A })), surroundings: .real)
        return FilledStore(
            folder: folder, family: family, database: database, authority: authority,
            issuer: try authority.issuers.issuer(generation: nil, family: family),
            status: try statusAddress(folder + "/configuration.yaml"))
    }

    /// `listen:` is followed by the four faces; the first line that says `status: host:port` is it.
    private static func statusAddress(_ path: String) throws -> (String, Int) {
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.first == "status:", let value = words.last?.replacing("'", with: "").split(separator: ":"),
                value.count == 2, let port = Int(value[1])
            else { continue }
            return (String(value[0]), port)
        }
        throw AuthorityBenchmark.Unexpected(what: "no status address in \(path)")
    }

    // MARK: Filling

    /// So many certificates more, in ascending serial numbers, so that filling is quick; half of a key's two are for
    /// authentication.
    func fill(_ count: Int) async throws -> (seconds: Double, count: Int) {
        let start = now()
        let isFilled = try await database.read {
            try $0.first("SELECT 1 AS one FROM certificate LIMIT 1 OFFSET $1", count - 1) != nil
        }
        if isFilled { return (0, count) }
        let (template, offset) = try await template()
        let shape = Shape(issuer: issuer, template: template, offset: offset, now: surroundings.now())
        for first in stride(from: 0, to: count, by: 50_000) {
            let range = first..<min(count, first + 50_000)
            try await database.write { try shape.insert(range, of: count, in: $0) }
        }
        let revoked = Self.revocations(count)
        for first in stride(from: 0, to: revoked, by: 50_000) {
            let range = first..<min(revoked, first + 50_000)
            try await database.write { try shape.insertRevocations(range, of: revoked, in: $0) }
        }
        return (seconds(since: start), count)
    }

    /// An active certificate's bytes, and where its serial number stands in them.
    private func template() async throws -> (CertificateRecord, Int) {
        let record = try await authority.issuance.issue(requests(1)[0])
        let active = try await authority.revocation.activate(record.serialNumber, actor: .system)
        let serial = active.serialNumber.bytes
        guard let offset = (0..<60).first(where: { active.der[$0..<($0 + 16)].elementsEqual(serial) }) else {
            throw AuthorityBenchmark.Unexpected(what: "no serial number in the template")
        }
        return (active, offset)
    }

    /// A line in the issuer's journal for each stored certificate that has none.
    func fillJournal() async throws {
        let path = folder + "/data/keys/\(issuer.generation).signed"
        var known = Set<Substring>()
        for line in (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? [] {
            let words = line.split(separator: " ")
            if words.count == 5, words[0] == "C" { known.insert(words[2]) }
        }
        let journal = SigningJournal(path: path, key: issuer.certificate.publicKey, surroundings: surroundings)
        var last: [UInt8] = []
        while true {
            let generation = issuer.generation
            let page = try await database.read { [last] transaction in
                try transaction.query(
                    "SELECT serial, der FROM certificate WHERE serial > $1 AND issuer = $2 ORDER BY serial LIMIT 2000",
                    last, generation
                ).map { (try $0.blob("serial"), try $0.blob("der")) }
            }
            guard let end = page.last?.0 else { return }
            last = end
            try await journal.record(
                page.filter { !known.contains(Substring(Hex.encode($0.0))) }.map { try Certificate.body(of: $0.1) })
        }
    }

    func reconciliation() async throws -> StoreReconciliation {
        try await authority.reconciliation(
            keysDirectory: folder + "/data/keys", keys: nil, scratch: folder + "/data")
    }

    // MARK: What is asked for

    /// Requests for fresh keys, each with its proof. RSA keys take too long to make: a few dozen, used in turn, each by
    /// its own medium.
    func requests(_ count: Int) async throws -> [IssuanceRequest] {
        let orders = try await planOrders()
        let keys = family == .rsa2048 ? min(count, 64) : count
        let made = try (0..<keys).map { try request(for: PrivateKey.generate(family), orders[$0 % orders.count]) }
        return (0..<count).map { made[$0 % keys] }
    }

    /// Orders of plans on so many media. Their officers' keys are gone with the process that made them; the orders stay
    /// in the store, and a file names them.
    private func planOrders() async throws -> [SpentOrder] {
        let path = folder + "/benchmark-orders"
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            return try await database.read { transaction in
                try text.split(separator: "\n").compactMap {
                    try OfficerRegister.spentOrder(nonce: Hex.decode(String($0)) ?? [], in: transaction)
                }
            }
        }
        let officers = try await BenchmarkOfficers(
            of: authority, database, AuditLog(surroundings: surroundings), surroundings)
        var orders: [SpentOrder] = []
        for _ in 0..<64 { orders.append(try await officers.plan(on: surroundings.randomBytes(16), family)) }
        try orders.map { Hex.encode($0.request.nonce) + "\n" }.joined()
            .write(toFile: path, atomically: true, encoding: .utf8)
        return orders
    }

    private func request(for key: PrivateKey, _ order: SpentOrder) throws -> IssuanceRequest {
        let subject = DistinguishedName([.init(.commonName, Room.name)])
        let info = CertificateRequest.body(subject: subject, publicKey: key.publicKey)
        return IssuanceRequest(
            profile: "entity-authentication",
            subject: SubjectDetails(
                organization: Room.name, commonName: Room.name,
                entity: try UnifiedSocialCreditCode(trustingStored: Room.code)),
            proof: .request(
                CertificateRequest.assemble(
                    info: info, algorithm: family.signatureAlgorithm, signature: try key.sign(info))),
            location: KeyLocation(
                medium: Hex.decode(order.request.subject), slot: 0x9A, model: "virtual-key", batch: "B-1",
                servicePoint: "SP-01", origin: "witnessed"), actor: .system, planOrder: order)
    }

    /// Active certificates spread over the store, each once.
    func activeSerials(_ count: Int) async throws -> [SerialNumber] {
        let surroundings = surroundings
        return try await database.read { transaction in
            var serials = Set<SerialNumber>()
            while serials.count < count {
                let row = try transaction.first(
                    "SELECT serial FROM certificate WHERE serial > $1 AND state = 'active' AND profile = $2 LIMIT 1",
                    [surroundings.randomBytes(1)[0] & 0x3F] + surroundings.randomBytes(15), "entity-authentication")
                guard let serial = SerialNumber(try row?.blob("serial") ?? []) else {
                    throw AuthorityBenchmark.Unexpected(what: "too few active certificates")
                }
                serials.insert(serial)
            }
            return Array(serials)
        }
    }

    /// OCSP over HTTP about one certificate.
    func question(_ serial: SerialNumber) throws -> [UInt8] {
        let body = OCSPRequest(
            certificates: [OCSPCertID(issuer: issuer.certificate, serialNumber: serial)], nonce: nil
        ).der
        return KeepAliveConnection.post(
            "/ocsp/\(issuer.generation)", body, type: "application/ocsp-request", host: status.host)
    }

    func questions(_ count: Int) async throws -> [[UInt8]] { try await activeSerials(count).map(question) }

    // MARK: Time

    var now: @Sendable () -> UInt64 { surroundings.monotonicNanoseconds }
    func seconds(since start: UInt64) -> Double { Double(now() - start) / 1e9 }
}

extension Certificate {
    /// What was signed, of bytes whose signature is another's.
    fileprivate static func body(of der: [UInt8]) throws -> [UInt8] {
        var members = try DERElement(parsing: der, limit: Certificate.limit).members()
        return try members.required().encoded
    }
}

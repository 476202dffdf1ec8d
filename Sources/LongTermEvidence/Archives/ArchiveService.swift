package import Audit
package import CertificateProfiles
package import CertificateRecords
package import CertificateStatus
internal import Cryptography
package import Groundwork
package import KeyCustody
package import Officers
package import Storage

/// The named steps of an export, in order. Tests stop there.
package enum ArchiveStep: Sendable, Hashable {
    case begun, planned, issuersWritten
    case recordWritten(Int)
    case listsWritten, checkpointsWritten, sumsWritten, manifestWritten, finished, registered
}

/// Makes archives and takes them over.
package struct ArchiveService: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let issuers: IssuerDirectory
    let addresses: StatusAddresses
    let policies: PolicyStore
    let validity: ValidityService
    let status: StatusService
    /// Every key of the authority's own, old ones too.
    let services: @Sendable () -> [ServiceKey]

    /// What other rooms keep about a certificate.
    private(set) var companions: [CertificateCompanion] = []

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, issuers: IssuerDirectory,
        addresses: StatusAddresses, policies: PolicyStore, validity: ValidityService, status: StatusService,
        services: @escaping @Sendable () -> [ServiceKey]
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.issuers = issuers
        self.addresses = addresses
        self.policies = policies
        self.validity = validity
        self.status = status
        self.services = services
    }

    /// The same service, with what other rooms keep about each certificate in its archives.
    package func with(_ companions: [CertificateCompanion]) -> ArchiveService {
        var service = self
        service.companions = companions
        return service
    }

    package typealias Observer = @Sendable (ArchiveStep) async throws -> Void

    /// What an auditor signs to take certificates with everything about them out of the installation: below `beside/`
    /// there are personal data in clear.
    package func request(toExport scope: ArchiveScope, justification: String) -> CanonicalRequest {
        CanonicalRequest(
            .exportAudit, subject: ArchiveService.subject(scope), parameters: ArchiveService.parameters(scope),
            reason: justification, in: surroundings)
    }

    private static func subject(_ scope: ArchiveScope) -> String {
        "archive:\(Hex.encode(DigestAlgorithm.sha256.hash(scope.json.bytes)))"
    }

    /// What the officer sees; of a list of serial numbers how many there are, for the subject is its hash.
    private static func parameters(_ scope: ArchiveScope) -> [String: CanonicalJSON] {
        if case .serials(let serials) = scope { return ["serials": .integer(Int64(serials.count))] }
        return scope.json.object ?? [:]
    }

    /// Uses the order up before anything is written.
    func spend(_ order: Authorisation, over scope: ArchiveScope) async throws {
        try order.require(
            .exportAudit, subject: ArchiveService.subject(scope), parameters: ArchiveService.parameters(scope))
        try await database.write { try order.spend(in: $0) }
    }

    /// Writes an archive of the scope to a folder that is not there yet. Interrupted, the same call on another order
    /// goes on where it was.
    ///
    /// - Parameter checkpoint: makes a checkpoint that covers everything so far.
    /// - Returns: the manifest.
    package func export(
        _ scope: ArchiveScope, to path: String, on order: Authorisation, checkpoint: @Sendable () async throws -> Void,
        observer: Observer = { _ in }
    ) async throws -> ArchiveManifest {
        try await spend(order, over: scope)
        return try await write(scope, to: path, actor: order.actor, checkpoint: checkpoint, observer: observer)
    }

    /// What was ordered.
    func write(
        _ scope: ArchiveScope, to path: String, actor: AuditActor, checkpoint: @Sendable () async throws -> Void,
        observer: Observer
    ) async throws -> ArchiveManifest {
        let folder = try ArchiveFolder(path: path)
        try await observer(.begun)
        let plan: [SerialNumber]
        do { plan = try await self.plan(scope, in: folder) } catch {
            folder.discardIfEmpty()
            throw error
        }
        try await observer(.planned)
        try await checkpoint()
        var written = ArchiveContents()
        try await writeIssuers(to: folder)
        try await observer(.issuersWritten)
        for (index, serial) in plan.enumerated() {
            written.add(try await writeRecord(serial, to: folder))
            try await observer(.recordWritten(index))
        }
        try await writeLists(written.shards, to: folder)
        try await observer(.listsWritten)
        try await writeCheckpoints(written.checkpoints, to: folder)
        try await observer(.checkpointsWritten)
        let manifest = try await seal(scope, certificates: plan.count, folder: folder, observer)
        try folder.finish()
        try await observer(.finished)
        try await register(manifest, by: actor)
        try await observer(.registered)
        return manifest
    }

    /// The serial numbers in order, fixed when the export began; the authority's own certificates go along.
    private func plan(_ scope: ArchiveScope, in folder: borrowing ArchiveFolder) async throws -> [SerialNumber] {
        if let bytes = folder.plan {
            guard let json = try? CanonicalJSON(parsing: bytes, limit: 1 << 26), json["scope"] == scope.json,
                let serials = json["serials"]?.array
            else { throw Refusal(ArchiveRefusal.archiveOther, facts: ["path": folder.path]) }
            return try serials.map { json throws(Refusal) in
                guard let serial = json.string.flatMap({ SerialNumber(hex: $0) }) else {
                    throw Refusal(ArchiveRefusal.archiveOther, facts: ["path": folder.path])
                }
                return serial
            }
        }
        let limit = try await policies.current().retention.archive.certificates
        let serials = try await database.read { try ArchiveService.serials(scope, in: $0) }
        guard !serials.chosen.isEmpty else { throw Refusal(ArchiveRefusal.nothingToArchive) }
        guard serials.chosen.count <= limit else {
            throw Refusal(
                ArchiveRefusal.archiveTooLarge,
                facts: ["count": String(serials.chosen.count), "limit": String(limit)])
        }
        let all = Set(serials.chosen).union(serials.own).sorted()
        let json: CanonicalJSON = ["scope": scope.json, "serials": .array(all.map { .string($0.hex) })]
        try folder.write(plan: json.bytes)
        return all
    }

    static func serials(
        _ scope: ArchiveScope, in transaction: any ReadTransaction
    ) throws(Refusal) -> (chosen: [SerialNumber], own: [SerialNumber]) {
        let own = try CertificateStore.ownSerials(in: transaction)
        switch scope {
        case .serials(let wanted):
            for serial in wanted { _ = try CertificateStore.required(serial, in: transaction) }
            return (wanted, own)
        case .endedBefore(let moment):
            return (try CertificateStore.serials(endedBefore: moment, in: transaction), own)
        case .all: return (try CertificateStore.serials(endedBefore: nil, in: transaction), own)
        case .part(let from, let to, let moment):
            return (try CertificateStore.serials(from: from, to: to, endedBefore: moment, in: transaction), own)
        }
    }

    /// Remembers that there is this archive, and says so in the log.
    private func register(_ manifest: ArchiveManifest, by actor: AuditActor) async throws {
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            guard
                try transaction.execute(
                    """
                    INSERT INTO archive (hash, produced_at, certificates) VALUES ($1, $2, $3)
                    ON CONFLICT (hash) DO NOTHING
                    """, manifest.hash, now, manifest.certificates) == 1
            else { return }
            try audit.record(
                AuditEvent(
                    act: LongTermEvidenceAct.archiveMade, actor: actor, subject: Hex.encode(manifest.hash),
                    facts: [
                        "certificates": .integer(Int64(manifest.certificates)),
                        "scope": manifest.scope.json["serials"] == nil
                            ? manifest.scope.json : ["serials": .integer(Int64(manifest.certificates))],
                    ]), in: transaction)
        }
    }
}

/// What was written so far.
struct ArchiveContents {
    struct List: Hashable {
        let issuer: String
        let shard: Int
    }
    private(set) var shards = Set<List>()
    private(set) var checkpoints = Set<Int64>()

    mutating func add(_ record: (record: ArchiveRecord, list: List)) {
        shards.insert(record.list)
        checkpoints.formUnion(record.record.proofs.map(\.checkpoint))
    }
}

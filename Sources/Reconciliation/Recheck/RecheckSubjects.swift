internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage
internal import Synchronization

/// One stored thing that a pass judges.
struct RecheckObject: Sendable {
    /// What a finding names.
    let name: String
    let findings: @Sendable () -> [LintFinding]
}

/// Reads the store in the order of its keys, and knows under which issuer and which policies each thing was made.
final class RecheckSubjects: Sendable {
    private let database: Database
    private let policies: PolicyStore
    /// What many objects share, read once.
    private let shared = Mutex(Shared())

    private struct Shared: Sendable {
        var issuers: [String: StoredIssuer] = [:]
        var versions: [(version: Int64, appliedAt: Instant)] = []
        var rules: [Int64: LintPolicies] = [:]
        var contexts: [String: LintContext] = [:]
        var responders: [String: ResponseContext] = [:]
        var addresses: StatusAddresses?
    }

    private struct StoredIssuer: Sendable {
        let certificate: Certificate
        let shards: Int
        let isRoot: Bool
    }

    init(database: Database, policies: PolicyStore) {
        self.database = database
        self.policies = policies
    }

    /// The next objects of a phase, and the place after them; no place where the phase is at its end.
    func next(
        _ phase: RecheckPhase, after place: String, since: Instant, limit: Int
    ) async throws -> (objects: [RecheckObject], place: String?) {
        if place.isEmpty { try await readShared() }
        switch phase {
        case .certificates: return try await certificates(after: place, since: since, limit: limit)
        case .lists: return try await lists(after: place, since: since, limit: min(limit, Self.listsAtOnce))
        case .answers: return try await answers(after: place, since: since, limit: limit)
        case .done: return ([], nil)
        }
    }

    /// A list can be long: a few at once.
    private static let listsAtOnce = 16

    private func lists(
        after place: String, since: Instant, limit: Int
    ) async throws -> (objects: [RecheckObject], place: String?) {
        try await readSharedOnce()
        let rows = try await database.read {
            try StoredCRL.page(
                after: RecheckSubjects.crlName(place), madeSince: since, limit: limit, in: $0)
        }
        let policy = try await policies.current().certificates.status
        let objects = shared.withLock { shared in
            rows.map { row in
                let name = row.name.list
                var context = CRLContext()
                if let issuer = shared.issuers[row.name.issuer], let addresses = shared.addresses {
                    context = CRLContext(
                        issuer.certificate, row.name.issuer, issuer.shards, addresses, name,
                        longestLifeSeconds: CRLSchedule(isRoot: issuer.isRoot, name, policy).life)
                }
                return RecheckObject(name: row.name.text) { [context] in
                    Linter.findings(list: row.der, in: context)
                }
            }
        }
        return (
            objects,
            rows.count < limit ? nil : rows.last.map { "\($0.name.issuer) \($0.name.scope) \($0.name.kind.rawValue)" }
        )
    }

    private static func crlName(_ place: String) -> StoredCRL.Name? {
        let words = place.split(separator: " ").map(String.init)
        guard words.count == 3, let scope = Int(words[1]), let kind = CRLKind(rawValue: words[2]) else { return nil }
        return StoredCRL.Name(issuer: words[0], scope: scope, kind: kind)
    }

    /// Each answer under the responder that signed it, whose certificate is stored like every other.
    private func answers(
        after place: String, since: Instant, limit: Int
    ) async throws -> (objects: [RecheckObject], place: String?) {
        try await readSharedOnce()
        let words = place.split(separator: " ").map(String.init)
        let after = StoredResponseRecord.Cursor(
            serial: words.first.flatMap { Hex.decode($0) } ?? [], form: words.count == 3 ? words[1] : "",
            responder: words.last.flatMap { Hex.decode($0) } ?? [])
        let (rows, responders) = try await database.read { transaction in
            let rows = try StoredResponseRecord.page(after: after, madeSince: since, limit: limit, in: transaction)
            var responders: [[UInt8]: (issuer: String, der: [UInt8])] = [:]
            for serial in Set(rows.map(\.cursor.responder)) {
                responders[serial] = try CertificateStore.bytes(of: serial, in: transaction)
            }
            return (rows, responders)
        }
        let life = Int64(try await policies.current().certificates.status.ocspLifeSeconds)
        let objects = shared.withLock { shared in
            rows.map { row in
                let responder = responders[row.cursor.responder]
                let name = Hex.encode(row.cursor.responder)
                let context =
                    shared.responders[name]
                    ?? ResponseContext(
                        issuer: responder.flatMap { shared.issuers[$0.issuer]?.certificate },
                        responder: responder.flatMap { try? Certificate(der: $0.der) }, longestLifeSeconds: life)
                shared.responders[name] = context
                return RecheckObject(name: "\(Hex.encode(row.cursor.serial)) \(row.cursor.form)") {
                    Linter.findings(answer: row.der, in: context)
                }
            }
        }
        return (
            objects,
            rows.count < limit
                ? nil
                : rows.last.map {
                    "\(Hex.encode($0.cursor.serial)) \($0.cursor.form) \(Hex.encode($0.cursor.responder))"
                }
        )
    }

    private func readSharedOnce() async throws {
        if shared.withLock({ $0.issuers.isEmpty }) { try await readShared() }
    }

    private func certificates(
        after place: String, since: Instant, limit: Int
    ) async throws -> (objects: [RecheckObject], place: String?) {
        try await readSharedOnce()
        let rows = try await database.read {
            try CertificateStore.issued(
                after: Hex.decode(place) ?? [], validFrom: since, limit: limit, in: $0)
        }
        var objects: [RecheckObject] = []
        for row in rows {
            let context = try await context(issuer: row.issuer, profile: row.profile, at: row.issuedAt)
            objects.append(RecheckObject(name: Hex.encode(row.serial)) { Linter.findings(der: row.der, in: context) })
        }
        return (objects, rows.count < limit ? nil : rows.last.map { Hex.encode($0.serial) })
    }

    /// By the policies that were in force when it was issued: a profile that changed since says nothing about it.
    private func context(issuer generation: String, profile: String, at issuedAt: Instant) async throws -> LintContext {
        let (version, known) = shared.withLock { shared -> (Int64, LintContext?) in
            let version = shared.versions.last { $0.appliedAt <= issuedAt }?.version ?? 1
            return (version, shared.contexts["\(version)/\(generation)/\(profile)"])
        }
        if let known { return known }
        let rules: LintPolicies
        if let read = shared.withLock({ $0.rules[version] }) {
            rules = read
        } else {
            rules = try await policies.rules(version: version)
            shared.withLock { $0.rules[version] = rules }
        }
        return shared.withLock { shared in
            // What was imported from another authority's archive is judged as a third party's.
            let context =
                shared.issuers[generation].map { issuer in
                    LintContext(
                        issuer: issuer.certificate, form: rules.forms[profile], policy: rules.certificates,
                        addresses: shared.addresses, generation: generation, shards: issuer.shards)
                } ?? .stranger
            shared.contexts["\(version)/\(generation)/\(profile)"] = context
            return context
        }
    }

    private func readShared() async throws {
        let read = try await database.read { transaction in
            var shared = Shared()
            for issuer in try HierarchyStore.all(in: transaction) {
                shared.issuers[issuer.generation] = StoredIssuer(
                    certificate: issuer.certificate, shards: issuer.shards, isRoot: issuer.role == .root)
            }
            shared.versions = try PolicyStore.versions(in: transaction)
            shared.addresses = try AuthoritySetting.value("status-base", in: transaction).flatMap {
                StatusAddresses(base: $0)
            }
            return shared
        }
        shared.withLock { $0 = read }
    }
}

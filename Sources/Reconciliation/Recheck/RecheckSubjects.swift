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
        let (issuer, scope, kind) = RecheckSubjects.crlSlot(place)
        let rows = try await database.read { transaction in
            try transaction.query(
                """
                SELECT issuer, scope, kind, der FROM revocation_list
                WHERE (issuer, scope, kind) > ($1, $2, $3) AND this_update >= $4
                ORDER BY issuer, scope, kind LIMIT $5
                """, issuer, scope, kind, since, limit
            ).map { row in
                (
                    issuer: try row.text("issuer"), scope: Int(try row.integer("scope")),
                    kind: try row.choice("kind") as CRLKind, der: try row.blob("der")
                )
            }
        }
        let policy = try await policies.current().certificates.status
        let objects = shared.withLock { shared in
            rows.map { row in
                let name = CRLName(row.scope < 0 ? .full : .shard(row.scope), row.kind)
                var context = CRLContext()
                if let issuer = shared.issuers[row.issuer], let addresses = shared.addresses {
                    context = CRLContext(
                        issuer.certificate, row.issuer, issuer.shards, addresses, name,
                        longestLifeSeconds: CRLSchedule(isRoot: issuer.isRoot, name, policy).life)
                }
                return RecheckObject(name: "\(row.issuer)/\(name.text)") { [context] in
                    Linter.findings(list: row.der, in: context)
                }
            }
        }
        return (
            objects, rows.count < limit ? nil : rows.last.map { "\($0.issuer) \($0.scope) \($0.kind.rawValue)" }
        )
    }

    private static func crlSlot(_ place: String) -> (issuer: String, scope: Int, kind: String) {
        let words = place.split(separator: " ").map(String.init)
        return words.count == 3 ? (words[0], Int(words[1]) ?? Int.min, words[2]) : ("", Int.min, "")
    }

    /// Each answer under the responder that signed it, whose certificate is stored like every other.
    private func answers(
        after place: String, since: Instant, limit: Int
    ) async throws -> (objects: [RecheckObject], place: String?) {
        try await readSharedOnce()
        let words = place.split(separator: " ").map(String.init)
        let after = (
            serial: words.first.flatMap { Hex.decode($0) } ?? [], digest: words.count == 3 ? words[1] : "",
            responder: words.last.flatMap { Hex.decode($0) } ?? []
        )
        let rows = try await database.read { transaction in
            try transaction.query(
                """
                SELECT a.serial AS serial, a.digest AS digest, a.responder AS responder, a.der AS der,
                    r.der AS responder_der, r.issuer AS issuer
                FROM ocsp_answer a LEFT JOIN certificate r ON r.serial = a.responder
                WHERE (a.serial, a.digest, a.responder) > ($1, $2, $3) AND a.this_update >= $4
                ORDER BY a.serial, a.digest, a.responder LIMIT $5
                """, after.serial, after.digest, after.responder, since, limit
            ).map { row in
                (
                    serial: Hex.encode(try row.blob("serial")), digest: try row.text("digest"),
                    responder: Hex.encode(try row.blob("responder")), der: try row.blob("der"),
                    certificate: try row.optionalBlob("responder_der"), issuer: try row.optionalText("issuer")
                )
            }
        }
        let life = Int64(try await policies.current().certificates.status.ocspLifeSeconds)
        let objects = shared.withLock { shared in
            rows.map { row in
                let context =
                    shared.responders[row.responder]
                    ?? ResponseContext(
                        issuer: row.issuer.flatMap { shared.issuers[$0]?.certificate },
                        responder: row.certificate.flatMap { try? Certificate(der: $0) }, longestLifeSeconds: life)
                shared.responders[row.responder] = context
                return RecheckObject(name: "\(row.serial) \(row.digest)") {
                    Linter.findings(answer: row.der, in: context)
                }
            }
        }
        return (objects, rows.count < limit ? nil : rows.last.map { "\($0.serial) \($0.digest) \($0.responder)" })
    }

    private func readSharedOnce() async throws {
        if shared.withLock({ $0.issuers.isEmpty }) { try await readShared() }
    }

    private func certificates(
        after place: String, since: Instant, limit: Int
    ) async throws -> (objects: [RecheckObject], place: String?) {
        try await readSharedOnce()
        let rows = try await database.read { transaction in
            try transaction.query(
                """
                SELECT serial, issuer, profile, not_before, issued_at, der FROM certificate
                WHERE serial > $1 AND not_before >= $2 ORDER BY serial LIMIT $3
                """, Hex.decode(place) ?? [], since, limit
            ).map { row in
                (
                    name: Hex.encode(try row.blob("serial")), issuer: try row.text("issuer"),
                    profile: try row.text("profile"), issuedAt: try row.instant("issued_at"),
                    der: try row.blob("der")
                )
            }
        }
        var objects: [RecheckObject] = []
        for row in rows {
            let context = try await context(issuer: row.issuer, profile: row.profile, at: row.issuedAt)
            objects.append(RecheckObject(name: row.name) { Linter.findings(der: row.der, in: context) })
        }
        return (objects, rows.count < limit ? nil : rows.last?.name)
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
            for row in try transaction.query("SELECT generation, role, shards, der FROM authority_issuer") {
                shared.issuers[try row.text("generation")] = StoredIssuer(
                    certificate: try Certificate(der: try row.blob("der")), shards: Int(try row.integer("shards")),
                    isRoot: try row.text("role") == Issuer.Role.root.rawValue)
            }
            for row in try transaction.query("SELECT version, applied_at FROM policy_set ORDER BY version") {
                shared.versions.append((try row.integer("version"), try row.instant("applied_at")))
            }
            shared.addresses = try AuthoritySetting.value("status-base", in: transaction).flatMap {
                StatusAddresses(base: $0)
            }
            return shared
        }
        shared.withLock { $0 = read }
    }
}

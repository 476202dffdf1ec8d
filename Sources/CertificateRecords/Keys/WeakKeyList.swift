package import Audit
package import Cryptography
package import Groundwork
package import Officers
package import Storage

/// The list of weak and compromised keys that officers extend: keys that others published, or that were found.
package struct WeakKeyList: Sendable {
    private let database: Database
    private let audit: AuditLog
    private let surroundings: Surroundings

    package init(database: Database, audit: AuditLog, surroundings: Surroundings) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
    }

    /// How many keys one order lists at most.
    package static let limit = 100_000

    /// What two officers sign to list keys: how many, and the SHA-256 of their hashes, sorted and joined.
    /// - Parameter hashes: SHA-256 of each key's SubjectPublicKeyInfo.
    /// - Throws: `certificate-authority.weak-key-list`.
    package func request(toList hashes: [[UInt8]], justification: String) throws(Refusal) -> CanonicalRequest {
        let hashes = try WeakKeyList.sorted(hashes)
        return CanonicalRequest(
            .listWeakKeys, subject: WeakKeyList.digest(hashes), parameters: WeakKeyList.parameters(hashes),
            reason: justification, in: surroundings)
    }

    /// Lists the keys that were ordered.
    /// - Returns: how many were not on the list before, and which certificates in use have one of its keys.
    /// - Throws: `certificate-authority.weak-key-list`; `officers.wrong-subject` for other keys than those ordered.
    package func list(
        _ hashes: [[UInt8]], on order: Authorisation
    ) async throws -> (added: Int, inUse: [SerialNumber]) {
        let hashes = try WeakKeyList.sorted(hashes)
        let digest = WeakKeyList.digest(hashes)
        try order.require(.listWeakKeys, subject: digest, parameters: WeakKeyList.parameters(hashes))
        return try await database.write { [audit, surroundings] transaction in
            let now = surroundings.now()
            try order.spend(in: transaction)
            let added = try RejectedKeyStore.add(hashes, note: order.request.reason, at: now, in: transaction)
            try audit.record(
                AuditEvent(
                    act: CertificateRecordsAct.weakKeysListed, actor: order.actor, subject: digest,
                    facts: ["keys": .integer(Int64(hashes.count)), "added": .integer(Int64(added))]), in: transaction)
            return (added, try RejectedKeyStore.certificatesInUse(at: now, in: transaction))
        }
    }

    /// The keys on the list, the newest first.
    package func keys(limit: Int = 1000) async throws -> [RejectedKey] {
        try await database.read { try RejectedKeyStore.all(limit: limit, in: $0) }
    }

    /// Certificates that are not revoked and have not ended, whose keys are on the list.
    package func certificatesInUse() async throws -> [SerialNumber] {
        let now = surroundings.now()
        return try await database.read { try RejectedKeyStore.certificatesInUse(at: now, in: $0) }
    }

    /// - Throws: `certificate-authority.rejected-key-in-use`, with the serial numbers.
    package func requireNoneInUse() async throws {
        let serials = try await certificatesInUse()
        guard serials.isEmpty else {
            throw Refusal(
                CertificateRecordsRefusal.rejectedKeyInUse,
                facts: ["serials": serials.map(\.hex).joined(separator: " ")])
        }
    }

    private static func sorted(_ hashes: [[UInt8]]) throws(Refusal) -> [[UInt8]] {
        guard (1...limit).contains(hashes.count), hashes.allSatisfy({ $0.count == 32 }) else {
            throw Refusal(CertificateRecordsRefusal.weakKeyList, facts: ["limit": String(limit)])
        }
        return Set(hashes).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func digest(_ hashes: [[UInt8]]) -> String {
        Hex.encode(DigestAlgorithm.sha256.hash(hashes.flatMap(\.self)))
    }

    private static func parameters(_ hashes: [[UInt8]]) -> [String: CanonicalJSON] {
        ["keys": .integer(Int64(hashes.count))]
    }
}

package import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
package import Groundwork
package import Storage
internal import Synchronization

/// The generations and service keys that this process has opened, renewed while it runs.
///
/// The store is the only truth: a version there counts every change of generations and service keys, and a refresh
/// compares it with what is held here. So a new generation, a new responder or a new time stamp key comes into use in
/// every process without a restart.
package final class AuthorityDirectory: Sendable {
    package struct Snapshot: Sendable {
        let version: Int64
        let issuers: [Issuer]
        let services: [ServiceKey]
        /// The keys' place was away: whether a root's key is there has to be asked again.
        var isComplete = true
    }

    private let database: Database
    private let keys: any SigningKeys
    private let addresses: StatusAddresses
    private let surroundings: Surroundings
    private let snapshot: Mutex<Snapshot>
    /// A copy's node has no keys, or some of them: what they would sign is refused, and all else is answered.
    private let isCopy: Bool
    /// Whether what the store says may be relied on.
    package let storeStatus = StoreStatus()
    private let lastLookUp = Mutex<UInt64?>(nil)

    package static func open(
        _ database: Database, keys: any SigningKeys, surroundings: Surroundings, isCopy: Bool = false
    ) async throws -> AuthorityDirectory {
        let stored = try await database.read { try StoredAuthority(in: $0) }
        guard stored.issuers.contains(where: { $0.role == .issuing }),
            let addresses = StatusAddresses(base: stored.statusBase)
        else {
            throw Refusal(CertificateRecordsRefusal.notInitialised)
        }
        let empty = Snapshot(version: -1, issuers: [], services: [])
        let directory = AuthorityDirectory(
            database: database, keys: keys, addresses: addresses, surroundings: surroundings, snapshot: empty,
            isCopy: isCopy)
        try await directory.load(stored)
        return directory
    }

    private init(
        database: Database, keys: any SigningKeys, addresses: StatusAddresses, surroundings: Surroundings,
        snapshot: Snapshot, isCopy: Bool
    ) {
        self.isCopy = isCopy
        self.database = database
        self.keys = keys
        self.addresses = addresses
        self.surroundings = surroundings
        self.snapshot = Mutex(snapshot)
    }

    package var statusAddresses: StatusAddresses { addresses }
    package var issuers: [Issuer] { snapshot.withLock { $0.issuers } }
    package var services: [ServiceKey] { snapshot.withLock { $0.services } }

    /// Takes over what has changed in the store. Costs one small read where nothing has. A key that cannot be opened
    /// leaves everything as it was.
    /// - Returns: whether anything changed.
    @discardableResult
    package func refresh() async throws -> Bool {
        let known = snapshot.withLock { $0.isComplete ? $0.version : nil }
        let stored = try await database.read { transaction -> StoredAuthority? in
            try StoredAuthority.version(in: transaction) == known ? nil : try StoredAuthority(in: transaction)
        }
        guard let stored else { return false }
        try await load(stored)
        return true
    }

    /// The same, for those who ask every second: while the keys' place is away nothing is opened again unless something
    /// has changed.
    package func follow() async throws -> Bool {
        let known = snapshot.withLock { $0.version }
        guard try await database.read({ try StoredAuthority.version(in: $0) }) != known else { return false }
        return try await refresh()
    }

    /// Whether there is such a generation. For an unknown one the store is asked, at most once a second: third parties
    /// choose the name.
    package func knows(_ generation: String) async -> Bool {
        if holds(generation) { return true }
        let now = surroundings.monotonicNanoseconds()
        let mayAsk = lastLookUp.withLock { last in
            if let before = last, now &- before < 1_000_000_000 { return false }
            last = now
            return true
        }
        guard mayAsk, (try? await refresh()) == true else { return false }
        return holds(generation)
    }

    private func holds(_ generation: String) -> Bool {
        snapshot.withLock { $0.issuers.contains { $0.generation == generation } }
    }

    private func load(_ stored: StoredAuthority) async throws {
        let before = snapshot.withLock { $0 }
        let (signers, isComplete) = try await newSigners(stored, before)
        func signer(_ name: String, for certificate: Certificate, isActive: Bool) throws(Refusal) -> any Signer {
            // A revoked key may have been destroyed.
            if isCopy || !isActive, signers[name] == nil {
                return AbsentSigner(publicKey: certificate.publicKey, name: name)
            }
            guard let signer = signers[name], signer.publicKey == certificate.publicKey else {
                throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": name])
            }
            return signer
        }
        let issuers = try stored.issuers.map { row in
            if let known = before.issuer(row) {
                return known.isActive == row.isActive ? known : known.with(isActive: row.isActive)
            }
            // A root key that is not on this machine is no defect: the root then signs nothing here.
            let isAway = (row.role == .root || isCopy || !row.isActive) && signers[row.keyName] == nil
            return Issuer(
                generation: row.generation, role: row.role, certificate: row.certificate, shards: row.shards,
                addresses: addresses,
                signer: isAway ? nil : try signer(row.keyName, for: row.certificate, isActive: row.isActive),
                isActive: row.isActive)
        }
        let services = try stored.services.map { row in
            var key =
                try before.service(row)
                ?? ServiceKey(
                    role: row.role, issuer: row.issuer, certificate: row.certificate,
                    signer: try signer(row.keyName, for: row.certificate, isActive: row.isActive))
            (key.isActive, key.endsAt) = (row.isActive, row.endsAt)
            return key
        }
        let after = Snapshot(
            version: stored.version, issuers: issuers, services: services, isComplete: isComplete)
        snapshot.withLock {
            if $0.version < after.version || $0.version == after.version && !$0.isComplete { $0 = after }
        }
    }

    /// The signers of everything that is not open yet, and whether every root's key was looked for.
    private func newSigners(
        _ stored: StoredAuthority, _ before: Snapshot
    ) async throws -> (signers: [String: any Signer], isComplete: Bool) {
        var names: [String: PublicKey] = [:]
        for row in stored.services where before.service(row) == nil {
            var isHere = !isCopy && row.isActive
            if !isHere { isHere = try await keys.contains(row.keyName) }
            if isHere { names[row.keyName] = row.certificate.publicKey }
        }
        var isComplete = true
        for row in stored.issuers where before.issuer(row) == nil {
            var isHere = row.role != .root && !isCopy && row.isActive
            do {
                if !isHere { isHere = try await keys.contains(row.keyName) }
            } catch let refusal as Refusal where TokenKeys.isAway(refusal) {
                // It may be in the token that is away, or on no machine with a service: until then it signs nothing.
                isComplete = false
            }
            if isHere { names[row.keyName] = row.certificate.publicKey }
        }
        return (try await keys.signers(names), isComplete)
    }
}

extension AuthorityDirectory.Snapshot {
    fileprivate func issuer(_ row: StoredAuthority.IssuerRow) -> Issuer? {
        issuers.first {
            $0.generation == row.generation && $0.certificate == row.certificate && ($0.hasSigner || isComplete)
        }
    }

    fileprivate func service(_ row: StoredAuthority.ServiceRow) -> ServiceKey? {
        services.first { $0.role == row.role && $0.certificate == row.certificate }
    }
}

internal import AgentProtocol
package import Audit
package import Cryptography
package import Groundwork
package import Officers
package import Storage

/// The escrow moves to another wrapping key, and cards, if that is ordered too, to another master.
///
/// Ordered by officers as Policies say; killed anywhere, the next call finishes it without another order. The keys of
/// before stay in their file, for a backup of the store may need them; nothing new is sealed with them once the move
/// has begun, in no process. Cards move to a newer master each in its next plan.
package struct VaultRewrap: Sendable {
    /// What is to be done.
    package struct Plan: Sendable, Hashable {
        package let wrappingKey: String
        package let masterVersion: Int?
    }

    /// What came of it.
    package struct Outcome: Sendable, Hashable {
        package let wrappingKey: String
        package let masterVersion: Int?
        package let moved: Int
        /// Media (in hexadecimal, the first hundred) with an envelope that does not open with any key: as it was.
        package let unreadable: [String]
    }

    private let database: Database
    private let audit: AuditLog
    private let vault: CardSecretVault
    /// Where a new master is made; `nil`: in the file.
    private let token: Token?
    private let surroundings: Surroundings
    private let rounds: Int
    private let observer: VaultRewrapObserver

    /// Few enough that nobody waits for the writer.
    private static let atOnce = 500

    /// - Parameter token: where masters are kept, if in a token.
    package init(
        database: Database, audit: AuditLog, vault: CardSecretVault, token: Token?, surroundings: Surroundings,
        rounds: Int = PassphraseRounds.standard, observer: @escaping VaultRewrapObserver = { _ in }
    ) {
        self.database = database
        self.audit = audit
        self.vault = vault
        self.token = token
        self.surroundings = surroundings
        self.rounds = rounds
        self.observer = observer
    }

    /// A new key's name, and a new master's number where one is wanted.
    /// - Throws: `security-keys.rewrap-unfinished`.
    package func plan(newMaster: Bool) async throws -> Plan {
        try await vault.refresh()
        guard try await !isUnfinished() else { throw Refusal(SecurityKeysRefusal.rewrapUnfinished) }
        return Plan(
            wrappingKey: VaultKeys.newIdentifier(in: surroundings),
            masterVersion: newMaster ? try vault.masterVersion + 1 : nil)
    }

    /// What officers sign.
    package func request(_ plan: Plan, justification: String) -> CanonicalRequest {
        CanonicalRequest(
            .rewrapEscrow, subject: plan.wrappingKey, parameters: Self.parameters(plan), reason: justification,
            in: surroundings)
    }

    private static func parameters(_ plan: Plan) -> [String: CanonicalJSON] {
        ["masterVersion": plan.masterVersion.map { .integer(Int64($0)) } ?? .null]
    }

    package func isUnfinished() async throws -> Bool {
        try await database.read { try VaultRewrapStore.unfinished(in: $0) != nil }
    }

    /// Spends the order. Nothing is sealed otherwise before ``carryOut()``.
    package func begin(_ plan: Plan, by order: Authorisation) async throws {
        try order.require(.rewrapEscrow, subject: plan.wrappingKey, parameters: Self.parameters(plan))
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            guard try VaultRewrapStore.unfinished(in: transaction) == nil else {
                throw Refusal(SecurityKeysRefusal.rewrapUnfinished)
            }
            try order.spend(in: transaction)
            try VaultRewrapStore.insert(
                VaultRewrapStore.Job(
                    keyIdentifier: plan.wrappingKey, masterVersion: plan.masterVersion, phase: .ordered, position: [],
                    moved: 0, unreadable: 0), at: now, in: transaction)
            try audit.record(
                AuditEvent(
                    act: SecurityKeysAct.rewrapBegun, actor: order.actor, subject: plan.wrappingKey,
                    facts: Self.parameters(plan)), in: transaction)
        }
        try await observer(.ordered)
    }

    /// Finishes what was ordered; `nil` where nothing is. Several processes at once do not disturb each other.
    @discardableResult
    package func carryOut() async throws -> Outcome? {
        guard var job = try await database.read({ try VaultRewrapStore.unfinished(in: $0) }) else { return nil }
        try await makeKeys(job)
        try await observer(.keysMade)
        while job.phase != .done {
            job = try await advance(job.keyIdentifier)
            try await observer(.advanced)
        }
        let left = try await database.read { [job] in try VaultRewrapStore.left(job.keyIdentifier, in: $0) }
        return Outcome(
            wrappingKey: job.keyIdentifier, masterVersion: job.masterVersion, moved: job.moved,
            unreadable: left.map { Hex.encode($0) })
    }

    /// The file first: nothing may be sealed with a key that only this process knows.
    private func makeKeys(_ job: VaultRewrapStore.Job) async throws(Refusal) {
        try await vault.keyring.update(in: surroundings, rounds: rounds) {
            [surroundings, token] (keys: VaultKeys) async throws(Refusal) -> VaultKeys? in
            var newer = keys
            if keys.wrapping[job.keyIdentifier] == nil {
                newer = newer.addingWrappingKey(job.keyIdentifier, in: surroundings)
            }
            if let version = job.masterVersion, keys.masterVersion < version {
                if let token {
                    newer = try await newer.addingMaster(in: token)
                } else {
                    newer = newer.addingMaster(in: surroundings)
                }
            }
            return newer === keys ? nil : newer
        }
    }

    /// One part, in one transaction. The store says how far it is: another process may have done this part.
    private func advance(_ identifier: String) async throws -> VaultRewrapStore.Job {
        let keys = try vault.keyring.held()
        let now = surroundings.now()
        return try await database.write { [vault, audit] transaction in
            guard var job = try VaultRewrapStore.unfinished(in: transaction), job.keyIdentifier == identifier else {
                return try VaultRewrapStore.finished(identifier, in: transaction)
            }
            job.phase = .moving
            let rows = try VaultRewrapStore.next(job, limit: Self.atOnce, in: transaction)
            // A medium's envelopes are moved together: what the limit cut off comes with the next part.
            let last = rows.count == Self.atOnce ? rows.last?.medium : nil
            let whole = rows.filter { $0.medium != last }
            for row in whole.isEmpty ? rows : whole {
                job.position = row.medium
                if try Self.move(row, to: identifier, vault, keys, in: transaction) {
                    job.moved += 1
                } else {
                    job.unreadable += 1
                }
            }
            if rows.count < Self.atOnce {
                job.phase = .done
                try audit.record(
                    AuditEvent(
                        act: SecurityKeysAct.rewrapDone, actor: .system, subject: identifier,
                        facts: ["moved": .integer(Int64(job.moved)), "unreadable": .integer(Int64(job.unreadable))]),
                    in: transaction)
            }
            try VaultRewrapStore.update(job, at: now, in: transaction)
            return job
        }
    }

    private static func move(
        _ row: VaultRewrapStore.Row, to identifier: String, _ vault: CardSecretVault, _ keys: VaultKeys,
        in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        guard let medium = MediumNumber(row.medium) else { return false }
        let secret: SecretBytes
        do throws(Refusal) {
            secret = try CardSecretVault.open(row.envelope, medium: medium, with: keys)
        } catch {
            // Lost already, by whatever damaged it; it is reported, and holds nothing else up.
            return false
        }
        let sealed = try vault.seal(secret, row.envelope.reference, medium: medium, under: identifier, of: keys)
        try VaultRewrapStore.replace(row.medium, by: sealed, in: transaction)
        return true
    }
}

/// The named steps of ``VaultRewrap``. Tests stop there; the shipped program goes on.
package enum VaultRewrapStep: String, Sendable, CaseIterable {
    /// The order is spent.
    case ordered
    /// The file has the new keys.
    case keysMade
    /// A part of the envelopes was moved.
    case advanced
}

/// Is told of each step. What it throws stops the work there as a kill would.
package typealias VaultRewrapObserver = @Sendable (VaultRewrapStep) async throws -> Void

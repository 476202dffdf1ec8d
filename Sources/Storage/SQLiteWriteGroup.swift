internal import GRDB
internal import GRDBSQLite
internal import Groundwork

/// One commit for several callers: BEGIN IMMEDIATE, a savepoint for each, the hooks, COMMIT, and only then answers.
struct SQLiteWriteGroup {
    let connection: GRDB.Database
    let hooks: [GroupHook]

    /// What a caller is told once the transaction has ended well.
    private enum Outcome {
        case done(@Sendable () -> Void)
        case thrown(any Error)
    }

    func carryOut(_ group: [PendingWrite]) {
        do {
            let outcomes = try transact(group)
            for (write, outcome) in zip(group, outcomes) {
                switch outcome {
                case .done(let answer): answer()
                case .thrown(let error): write.fail(error)
                }
            }
        } catch {
            if connection.isInsideTransaction { try? connection.rollback() }
            let refusal = SQLiteFailure.lost(error)
            for write in group { write.fail(refusal) }
        }
    }

    /// Throws when the transaction is lost as a whole.
    private func transact(_ group: [PendingWrite]) throws -> [Outcome] {
        try connection.beginTransaction(.immediate)
        var outcomes: [Outcome] = []
        for write in group { outcomes.append(try carryOut(write)) }
        // Nobody stored anything: nothing to sequence, nothing to make durable.
        guard outcomes.contains(where: { if case .done = $0 { true } else { false } }) else {
            try connection.rollback()
            return outcomes
        }
        for hook in hooks {
            let transaction = SQLiteTransaction(connection)
            defer { transaction.end() }
            try hook(transaction)
            if let failure = transaction.failure { throw failure }
            try requireOpen(after: nil)
        }
        try connection.commit()
        return outcomes
    }

    private func carryOut(_ write: PendingWrite) throws -> Outcome {
        try carryOut("SAVEPOINT caller")
        let transaction = SQLiteTransaction(connection)
        defer { transaction.end() }
        let outcome: Outcome
        do {
            let answer = try write.perform(transaction)
            if let failure = transaction.failure { throw failure }
            try requireNoOpenReferences()
            outcome = .done(answer)
        } catch {
            outcome = .thrown(SQLiteFailure.border(error))
        }
        try requireOpen(after: transaction.failure)
        if case .thrown = outcome { try carryOut("ROLLBACK TO caller") }
        try carryOut("RELEASE caller")
        return outcome
    }

    /// Compiled once: these stand around every caller's part.
    private func carryOut(_ sql: String) throws { try connection.cachedStatement(sql: sql).execute() }

    /// SQLite ends a transaction by itself on some failures, and a statement may end it on purpose (`OR ROLLBACK`).
    private func requireOpen(after failure: Refusal?) throws {
        guard connection.isInsideTransaction else {
            throw failure ?? Refusal(StorageRefusal.transactionLost, detail: "a caller's statement ended it")
        }
    }

    /// A deferred foreign key that is still open would fail COMMIT for everybody: its own caller answers for it.
    private func requireNoOpenReferences() throws {
        var open: Int32 = 0
        var unused: Int32 = 0
        sqlite3_db_status(connection.sqliteConnection, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0)
        if open != 0 { throw Refusal(StorageRefusal.constraint, detail: "a deferred foreign key stayed open") }
    }
}

internal import GRDB
internal import Groundwork

/// What SQLite's result code means to a caller.
struct SQLiteFailure {
    let reason: StorageRefusal
    let detail: String
    /// The store failed, not the statement: memory, disk, lock.
    let isOfTheStore: Bool

    init(_ error: any Error) {
        if let refusal = error as? Refusal {
            self.reason = StorageRefusal.allCases.first { refusal.isBecause($0) } ?? .transactionLost
            self.detail = refusal.detail
            self.isOfTheStore = false
            return
        }
        guard let error = error as? DatabaseError else {
            self.reason = .transactionLost
            self.detail = "\(error)"
            self.isOfTheStore = true
            return
        }
        // No arguments: they may be personal.
        self.detail =
            "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "")"
            + (error.sql.map { " in: \($0.prefix(200))" } ?? "")
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            let isUnique = [
                ResultCode.SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID,
            ].contains(error.extendedResultCode)
            (reason, isOfTheStore) = (isUnique ? .alreadyThere : .constraint, false)
        case .SQLITE_MISMATCH, .SQLITE_TOOBIG: (reason, isOfTheStore) = (.constraint, false)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: (reason, isOfTheStore) = (.busy, true)
        case .SQLITE_FULL: (reason, isOfTheStore) = (.diskFull, true)
        case .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            (reason, isOfTheStore) = (.transactionLost, true)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_NOLFS:
            (reason, isOfTheStore) = (.cannotOpen, true)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: (reason, isOfTheStore) = (.damaged, true)
        default: (reason, isOfTheStore) = (.brokenStatement, false)
        }
    }

    /// A caller's own error unchanged; SQLite's as a Refusal.
    static func border(_ error: any Error) -> any Error {
        guard error is DatabaseError else { return error }
        let failure = SQLiteFailure(error)
        return Refusal(failure.reason, detail: failure.detail)
    }

    /// Why everybody in a group failed: always one that may be retried.
    static func lost(_ error: any Error) -> Refusal {
        if let refusal = error as? Refusal {
            return refusal.retry == .later
                ? refusal : Refusal(StorageRefusal.transactionLost, detail: refusal.description)
        }
        let failure = SQLiteFailure(error)
        return Refusal(failure.reason.retry == .later ? failure.reason : .transactionLost, detail: failure.detail)
    }
}

package import AgentProtocol
package import CreditCodes
package import Groundwork
package import Storage

/// The records of security keys and their certificates. Each function is one step inside the caller's transaction.
package enum SecurityKeyStore {
    package static func key(
        _ medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> SecurityKey? {
        guard let row = try transaction.first("SELECT * FROM security_key WHERE medium = $1", medium.bytes) else {
            return nil
        }
        return try key(row)
    }

    /// - Throws: `security-keys.unknown-key`.
    package static func required(
        _ medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> SecurityKey {
        guard let key = try key(medium, in: transaction) else {
            throw Refusal(SecurityKeysRefusal.unknownKey, detail: medium.hex)
        }
        return key
    }

    /// All keys of an entity, the newest first.
    package static func keys(
        of entity: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SecurityKey] {
        var keys: [SecurityKey] = []
        for row in try transaction.query(
            "SELECT * FROM security_key WHERE holder = $1 ORDER BY created_at DESC", entity.text)
        { keys.append(try key(row)) }
        return keys
    }

    /// Records of blank keys whose stock-in did not end, the oldest first.
    package static func blanks(in transaction: any ReadTransaction) throws(Refusal) -> [SecurityKey] {
        var keys: [SecurityKey] = []
        for row in try transaction.query("SELECT * FROM security_key WHERE status = 'blank' ORDER BY created_at") {
            keys.append(try key(row))
        }
        return keys
    }

    package static func insert(_ key: SecurityKey, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO security_key (medium, model, status, serial, card_version, holder, batch, service_point, created_at,
                changed_at, holder_kind)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """, key.medium.bytes, key.model, key.status.rawValue, key.serial, key.version, key.holder?.entity?.text,
            key.stock.batch, key.stock.servicePoint, key.createdAt, key.changedAt, key.holder?.storedKind)
    }

    /// Moves a key through its status machine.
    /// - Throws: `security-keys.wrong-status`, `security-keys.unknown-key`.
    @discardableResult
    package static func apply(
        _ transition: KeyTransition, to medium: MediumNumber, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) -> KeyStatus {
        let status = try transition.applied(to: required(medium, in: transaction).status)
        try transaction.execute(
            "UPDATE security_key SET status = $1, changed_at = $2 WHERE medium = $3", status.rawValue, now, medium.bytes
        )
        return status
    }

    package static func setHolder(
        _ holder: SecurityKey.Holder?, of medium: MediumNumber, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            "UPDATE security_key SET holder = $1, holder_kind = $2 WHERE medium = $3", holder?.entity?.text,
            holder?.storedKind, medium.bytes)
    }

    private static func key(_ row: Row) throws(Refusal) -> SecurityKey {
        guard let medium = MediumNumber(try row.blob("medium")) else {
            throw Refusal(SecurityKeysRefusal.unknownKey, detail: "a stored name is malformed")
        }
        return SecurityKey(
            medium: medium, model: try row.text("model"), status: try row.choice("status"),
            serial: try row.optionalBlob("serial"), version: try row.optionalText("card_version"),
            holder: try holder(row),
            stock: KeyStock(
                storedBatch: try row.optionalText("batch"), servicePoint: try row.optionalText("service_point")),
            createdAt: try row.instant("created_at"),
            changedAt: try row.instant("changed_at"))
    }
}

extension SecurityKeyStore {
    private static func holder(_ row: Row) throws(Refusal) -> SecurityKey.Holder? {
        switch (try row.optionalText("holder_kind"), try row.optionalText("holder")) {
        case (nil, nil): return nil
        case ("officer"?, nil): return .officer
        case ("entity"?, let code?):
            do { return .entity(try UnifiedSocialCreditCode(trustingStored: code)) } catch {
                throw Refusal(SecurityKeysRefusal.unknownKey, detail: "a stored holder is malformed")
            }
        default: throw Refusal(SecurityKeysRefusal.unknownKey, detail: "a stored holder is malformed")
        }
    }
}

extension SecurityKey.Holder {
    fileprivate var storedKind: String {
        switch self {
        case .entity: "entity"
        case .officer: "officer"
        }
    }
}

/// The store's own count of tries for cards whose counter cannot be read: written before each command.
extension SecurityKeyStore {
    package static func unlockTriesLeft(
        _ medium: MediumNumber, model: CardModel, in transaction: any ReadTransaction
    ) throws(Refusal) -> Int {
        let row = try transaction.first("SELECT unlock_left FROM secret_tries WHERE medium = $1", medium.bytes)
        if let row { return Int(try row.integer("unlock_left")) }
        return (model.stockedTries ?? model.factoryTries).unlock
    }

    package static func setUnlockTriesLeft(
        _ left: Int, _ medium: MediumNumber, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO secret_tries (medium, unlock_left) VALUES ($1, $2)
            ON CONFLICT (medium) DO UPDATE SET unlock_left = $2
            """, medium.bytes, max(0, left))
    }
}

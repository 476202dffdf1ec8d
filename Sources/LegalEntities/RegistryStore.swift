package import Audit
package import CreditCodes
package import Groundwork
package import Storage

/// The registry of legal entities (法人库) as this authority last received it, and the entities that hold its keys.
package struct RegistryStore: Sendable {
    private let inForce: @Sendable () -> CodeRules
    /// The rules in force now.
    package var rules: CodeRules { inForce() }
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings

    package init(database: Database, audit: AuditLog, rules: CodeRules, surroundings: Surroundings) {
        self.init(database: database, audit: audit, rulesInForce: { rules }, surroundings: surroundings)
    }

    /// - Parameter rulesInForce: asked at each act, for policies change while a service runs.
    package init(
        database: Database, audit: AuditLog, rulesInForce: @escaping @Sendable () -> CodeRules,
        surroundings: Surroundings
    ) {
        self.database = database
        self.audit = audit
        self.inForce = rulesInForce
        self.surroundings = surroundings
    }

    /// Reads a code from outside: checked, or accepted because an override of this very code is stored.
    /// - Throws: the refusal of the defect.
    package func code(_ text: String, in transaction: any ReadTransaction) throws(Refusal) -> UnifiedSocialCreditCode {
        do { return try UnifiedSocialCreditCode(text, rules: rules) } catch {
            guard error.mayBeOverridden, let code = try overridden(text, in: transaction)?.code else {
                throw error.refusal
            }
            return code
        }
    }

    package func code(_ text: String) async throws -> UnifiedSocialCreditCode {
        try await database.read { try code(text, in: $0) }
    }

    package func record(
        of code: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> RegistryRecord? {
        guard
            let row = try transaction.first(
                """
                SELECT name, entity_type, division, legal_representative, status FROM registry_record WHERE uscc = $1
                """, code.text)
        else { return nil }
        return RegistryRecord(
            code: code, name: try row.text("name"), type: try row.text("entity_type"),
            division: try row.text("division"), legalRepresentative: try row.text("legal_representative"),
            status: try row.choice("status"))
    }

    package func record(of code: UnifiedSocialCreditCode) async throws -> RegistryRecord? {
        try await database.read { try record(of: code, in: $0) }
    }

    /// The record of an entity that may hold keys.
    /// - Throws: `legal-entities.not-in-registry`, `legal-entities.not-active`.
    package func holder(
        _ code: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> RegistryRecord {
        guard let record = try record(of: code, in: transaction) else {
            throw Refusal(LegalEntitiesRefusal.notInRegistry, facts: ["code": code.text])
        }
        guard record.status.mayHoldKeys else {
            throw Refusal(
                LegalEntitiesRefusal.notActive,
                facts: ["code": code.text, "statusZh": record.status.label.zh, "statusEn": record.status.label.en])
        }
        return record
    }

    package func holder(_ code: UnifiedSocialCreditCode) async throws -> RegistryRecord {
        try await database.read { try holder(code, in: $0) }
    }

    /// A name the entity had, and until when.
    package struct FormerName: Hashable, Sendable {
        package let name: String
        package let until: Instant
    }

    /// The oldest first.
    package func formerNames(
        of code: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> [FormerName] {
        var names: [FormerName] = []
        for row in try transaction.query(
            "SELECT name, until FROM registry_former_name WHERE uscc = $1 ORDER BY place", code.text)
        {
            names.append(FormerName(name: try row.text("name"), until: try row.instant("until")))
        }
        return names
    }

    package func formerNames(of code: UnifiedSocialCreditCode) async throws -> [FormerName] {
        try await database.read { try formerNames(of: code, in: $0) }
    }

    package func count() async throws -> Int {
        try await database.read { Int(try $0.first("SELECT count(*) AS n FROM registry_record")?.integer("n") ?? 0) }
    }

    func record(
        _ act: LegalEntitiesAct, actor: AuditActor, subject: String, facts: [String: CanonicalJSON],
        in transaction: any Transaction
    ) throws(Refusal) {
        _ = try audit.record(
            AuditEvent(act: act, actor: actor, subject: subject, facts: facts, personal: [:]), in: transaction)
    }
}

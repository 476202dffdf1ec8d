package import Audit
package import CreditCodes
package import Groundwork
package import Officers
package import Storage

/// The entities that hold keys, each with its stable subject.
extension RegistryStore {
    package func entity(
        of code: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> LegalEntity? {
        guard
            let row = try transaction.first(
                "SELECT subject, uscc, since FROM legal_entity WHERE uscc = $1", code.text)
        else { return nil }
        return try entity(row, in: transaction)
    }

    package func entity(
        subject: SubjectIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> LegalEntity? {
        guard
            let row = try transaction.first(
                "SELECT subject, uscc, since FROM legal_entity WHERE subject = $1", subject.bytes)
        else { return nil }
        return try entity(row, in: transaction)
    }

    package func entity(of code: UnifiedSocialCreditCode) async throws -> LegalEntity? {
        try await database.read { try entity(of: code, in: $0) }
    }

    package func entity(subject: SubjectIdentifier) async throws -> LegalEntity? {
        try await database.read { try entity(subject: subject, in: $0) }
    }

    /// The entity of this code, made known with a fresh subject the first time: called by the act that gives it its
    /// first key, in that act's transaction and on that act's authority.
    package func knownEntity(
        of code: UnifiedSocialCreditCode, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) -> LegalEntity {
        if let entity = try entity(of: code, in: transaction) { return entity }
        let entity = LegalEntity(
            subject: SubjectIdentifier(in: surroundings), code: code, since: surroundings.now())
        try transaction.execute(
            "INSERT INTO legal_entity (subject, uscc, since) VALUES ($1, $2, $3)", entity.subject.bytes, code.text,
            entity.since)
        try record(
            .entityKnown, actor: actor, subject: entity.subject.text, facts: ["uscc": .string(code.text)],
            in: transaction)
        return entity
    }

    /// The order to carry a subject over to another code: after a merger, or when the registrar gave a new code.
    package static func request(
        toMove subject: SubjectIdentifier, to code: UnifiedSocialCreditCode, reason: String,
        in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            .changeEntity, subject: subject.text, parameters: ["uscc": .string(code.text)], reason: reason,
            in: surroundings)
    }

    /// The subject stays, the code changes; the former code stays on record.
    package func move(
        _ subject: SubjectIdentifier, to code: UnifiedSocialCreditCode, authorisedBy authorisation: Authorisation,
        in transaction: any Transaction
    ) throws(Refusal) -> LegalEntity {
        try authorisation.require(.changeEntity, subject: subject.text, parameters: ["uscc": .string(code.text)])
        guard let entity = try entity(subject: subject, in: transaction) else {
            throw Refusal(LegalEntitiesRefusal.unknownSubject)
        }
        _ = try holder(code, in: transaction)
        guard try self.entity(of: code, in: transaction) == nil else {
            throw Refusal(LegalEntitiesRefusal.codeTaken, facts: ["code": code.text])
        }
        try authorisation.spend(in: transaction)
        try transaction.execute(
            "INSERT INTO legal_entity_former_code (uscc, subject, until) VALUES ($1, $2, $3)", entity.code.text,
            subject.bytes, surroundings.now())
        try transaction.execute(
            "UPDATE legal_entity SET uscc = $1 WHERE subject = $2", code.text, subject.bytes)
        try record(
            .entityCodeChanged, actor: authorisation.actor, subject: subject.text,
            facts: ["from": .string(entity.code.text), "to": .string(code.text)], in: transaction)
        return LegalEntity(subject: subject, code: code, since: entity.since)
    }

    private func entity(_ row: Row, in transaction: any ReadTransaction) throws(Refusal) -> LegalEntity {
        guard let subject = SubjectIdentifier(bytes: try row.blob("subject")) else {
            throw Refusal(LegalEntitiesRefusal.stored, detail: "a subject is not 16 bytes")
        }
        return LegalEntity(
            subject: subject, code: try stored(try row.text("uscc"), in: transaction), since: try row.instant("since"))
    }

    /// A code read back from this store; a prefix that the rules no longer list does not lose anybody.
    func stored(_ text: String, in transaction: any ReadTransaction) throws(Refusal) -> UnifiedSocialCreditCode {
        if let checked = try? UnifiedSocialCreditCode(text, rules: rules) { return checked }
        if let overridden = try overridden(text, in: transaction) { return overridden.code }
        do { return try UnifiedSocialCreditCode(trustingStored: text) } catch {
            throw Refusal(LegalEntitiesRefusal.stored, detail: "stored code: \(error)")
        }
    }
}

package import CreditCodes
package import Groundwork
package import Officers
package import Storage

/// A code that was really registered although its arithmetic or prefix fails, accepted by two officers.
///
/// Such codes exist: 91350211M0000XUF46 is reported as a genuine company's, with the organization code right and the
/// 18th character wrong. Malformed text (length, full-width, lower case, letters that no code has) is never accepted.
package struct OverriddenCode: Hashable, Sendable {
    package let code: UnifiedSocialCreditCode
    package let reason: String
    package let since: Instant

    fileprivate init(code: UnifiedSocialCreditCode, reason: String, since: Instant) {
        self.code = code
        self.reason = reason
        self.since = since
    }
}

extension RegistryStore {
    /// The order to accept a code as it stands; the parameters tell the officers what is wrong with it.
    /// - Throws: the defect's refusal where the text is malformed; `override-not-needed` where nothing is wrong.
    package func request(toOverride text: String, reason: String) throws(Refusal) -> CanonicalRequest {
        let defects = try overridableDefects(of: text)
        return CanonicalRequest(
            .overrideUSCC, subject: text, parameters: Self.parameters(defects), reason: reason, in: surroundings)
    }

    /// Accepts the code from here on, for lookups and registry feeds.
    package func override(
        _ text: String, authorisedBy authorisation: Authorisation, in transaction: any Transaction
    ) throws(Refusal) -> OverriddenCode {
        let defects = try overridableDefects(of: text)
        try authorisation.require(.overrideUSCC, subject: text, parameters: Self.parameters(defects))
        try authorisation.spend(in: transaction)
        let codes = defects.map(\.refusal.code)
        let now = surroundings.now()
        try transaction.execute(
            """
            INSERT INTO registry_override (uscc, defects, reason, request_nonce, since) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (uscc) DO UPDATE SET defects = excluded.defects, reason = excluded.reason,
                request_nonce = excluded.request_nonce, since = excluded.since
            """, text, codes.joined(separator: " "), authorisation.request.reason, authorisation.request.nonce, now)
        try record(
            .codeOverridden, actor: authorisation.actor, subject: text,
            facts: ["defects": .array(codes.map { .string($0) })], in: transaction)
        guard let accepted = try overridden(text, in: transaction) else {
            throw Refusal(LegalEntitiesRefusal.stored, detail: "an override just stored is not there")
        }
        return accepted
    }

    package func override(
        _ text: String, authorisedBy authorisation: Authorisation
    ) async throws -> OverriddenCode {
        try await database.write { try override(text, authorisedBy: authorisation, in: $0) }
    }

    package func overridden(_ text: String, in transaction: any ReadTransaction) throws(Refusal) -> OverriddenCode? {
        guard
            let row = try transaction.first(
                "SELECT uscc, reason, since FROM registry_override WHERE uscc = $1", text)
        else { return nil }
        return try overridden(row)
    }

    /// All of them: a handful, kept at hand while a feed is read.
    package func overrides(in transaction: any ReadTransaction) throws(Refusal) -> [OverriddenCode] {
        var codes: [OverriddenCode] = []
        for row in try transaction.query("SELECT uscc, reason, since FROM registry_override ORDER BY uscc") {
            codes.append(try overridden(row))
        }
        return codes
    }

    private func overridden(_ row: Row) throws(Refusal) -> OverriddenCode {
        let code: UnifiedSocialCreditCode
        do { code = try UnifiedSocialCreditCode(trustingStored: try row.text("uscc"), isOverridden: true) } catch {
            throw Refusal(LegalEntitiesRefusal.stored, detail: "stored override: \(error)")
        }
        return OverriddenCode(code: code, reason: try row.text("reason"), since: try row.instant("since"))
    }

    private func overridableDefects(of text: String) throws(Refusal) -> [CodeDefect] {
        let defects: [CodeDefect]
        do { defects = try UnifiedSocialCreditCode.defects(of: text, rules: rules) } catch {
            throw Refusal(LegalEntitiesRefusal.overrideNotAllowed, detail: "\(error)")
        }
        guard !defects.isEmpty else {
            throw Refusal(LegalEntitiesRefusal.overrideNotNeeded, facts: ["code": text])
        }
        return defects
    }

    private static func parameters(_ defects: [CodeDefect]) -> [String: CanonicalJSON] {
        ["defects": .array(defects.map { .string($0.refusal.code) })]
    }
}

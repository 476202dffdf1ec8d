internal import AgentProtocol
package import Groundwork
package import Officers

/// Orders of officers: the canonical request, signed by the keys at hand, as many as the policy in force asks.
package struct Ordering: Sendable {
    /// A line of the PIN window's protocol has 1,000 bytes (Assuan manual), of which escapes and prompts take some.
    private static let windowBytes = 850

    /// Who may order what, and the orders that were spent.
    package let officers: OfficerRegister
    /// Gives requests their time and nonce.
    package let surroundings: Surroundings

    /// Over the register of officers.
    package init(officers: OfficerRegister, surroundings: Surroundings) {
        self.officers = officers
        self.surroundings = surroundings
    }

    /// What no PIN can mend is refused before one is asked for; a key too many would seem to have agreed.
    /// - Throws: `command.too-few-officers`, `command.too-many-officers`, `command.no-reason`,
    ///   `command.one-reader-twice`.
    package func check(_ act: OfficerAct, reason: String, by keys: OrderingKeys) throws(Refusal) {
        let needed = officers.policy.rule(for: act).officers
        let facts = [
            "actZh": act.label.zh, "actEn": act.label.en, "needed": String(needed),
            "given": String(keys.terminals.count),
        ]
        guard keys.terminals.count >= needed else { throw Refusal(RegistrationRefusal.tooFewOfficers, facts: facts) }
        guard !keys.areNamed || keys.terminals.count <= max(1, needed) else {
            throw Refusal(RegistrationRefusal.tooManyOfficers, facts: facts)
        }
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(RegistrationRefusal.noReason, facts: facts)
        }
        guard Set(keys.terminals.prefix(needed).map(\.name)).count == needed else {
            throw Refusal(RegistrationRefusal.oneReaderTwice)
        }
    }

    /// Signs with as many keys as the act takes and has the register judge it.
    /// - Throws: as ``check(_:reason:by:)``, and the register's and the keys' refusals.
    package func order(_ request: CanonicalRequest, by keys: OrderingKeys) async throws -> Authorisation {
        try check(request.act, reason: request.reason, by: keys)
        let needed = officers.policy.rule(for: request.act).officers
        try request.checkForm()
        let shown = request.summary(bytes: Self.windowBytes)
        if !shown.isWhole { keys.showWhole(request.summary) }
        return try await officers.authorise(
            request, by: keys.terminals.prefix(max(1, needed)).map { TerminalOfficerSigner($0, shown: shown.text) })
    }

    /// An order without a room's own form of request.
    package func order(
        _ act: OfficerAct, subject: String, reason: String, by keys: OrderingKeys
    ) async throws -> Authorisation {
        try await order(CanonicalRequest(act, subject: subject, reason: reason, in: surroundings), by: keys)
    }
}

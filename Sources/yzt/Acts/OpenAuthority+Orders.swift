import AgentProtocol
import Groundwork
import Officers

/// Orders of officers: the canonical request, signed by the keys in the named readers, as many as the policy asks.
extension OpenAuthority {
    /// Whose keys sign: readers in the order requester, approver.
    struct OrderingKeys: Sendable {
        var readers: [String]
        /// Whether somebody named each reader for this act; otherwise as many of them sign as the policy asks.
        var areNamed = false
        var pins: @Sendable (_ reader: String) -> any PINProvider
    }

    /// - Throws: `command.too-few-officers`, `command.one-reader-twice`, and the register's other refusals; the card's.
    func order(_ request: CanonicalRequest, by keys: OrderingKeys) async throws -> Authorisation {
        let needed = officers.policy.rule(for: request.act).officers
        // What no PIN can mend is refused before one is asked for; a key too many would seem to have agreed.
        let facts = [
            "actZh": request.act.label.zh, "actEn": request.act.label.en, "needed": String(needed),
            "given": String(keys.readers.count),
        ]
        guard keys.readers.count >= needed else { throw Refusal(CommandRefusal.tooFewOfficers, facts: facts) }
        guard !keys.areNamed || keys.readers.count <= max(1, needed) else {
            throw Refusal(CommandRefusal.tooManyOfficers, facts: facts)
        }
        guard request.reason.contains(where: { !$0.isWhitespace }) else {
            throw Refusal(CommandRefusal.noReason, facts: facts)
        }
        guard Set(keys.readers.prefix(needed)).count == needed else {
            throw Refusal(CommandRefusal.oneReaderTwice)
        }
        let signers = keys.readers.prefix(max(1, needed)).map { reader in
            CardOfficerSigner(
                reader: reader, readers: readers, pins: keys.pins(reader),
                purpose: LocalisedText(
                    zh: "授权：\(request.act.label.zh)（\(request.subject)）",
                    en: "authorise: \(request.act.label.en) (\(request.subject))"))
        }
        return try await officers.authorise(request, by: signers)
    }

    /// An order without a room's own form of request.
    func order(
        _ act: OfficerAct, subject: String, reason: String, by keys: OrderingKeys
    ) async throws -> Authorisation {
        try await order(CanonicalRequest(act, subject: subject, reason: reason, in: surroundings), by: keys)
    }
}

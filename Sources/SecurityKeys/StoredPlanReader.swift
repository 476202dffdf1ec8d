internal import AgentProtocol
internal import CreditCodes
internal import Cryptography
internal import Groundwork

/// Reads members of a stored plan, in whichever form; each misfit is named by its member.
struct StoredPlanReader {
    let members: [String: CanonicalJSON]

    init(_ json: CanonicalJSON?, _ name: String) throws(Refusal) {
        guard let members = json?.object else { throw Self.malformed(name) }
        self.members = members
    }

    static func malformed(_ name: String) -> Refusal {
        Refusal(SecurityKeysRefusal.malformedJournal, detail: "member \(name)")
    }

    func has(_ name: String) -> Bool { members[name].map { $0 != .null } ?? false }

    func text(_ name: String) throws(Refusal) -> String {
        guard let value = members[name]?.string else { throw Self.malformed(name) }
        return value
    }

    func optionalText(_ name: String) throws(Refusal) -> String? { has(name) ? try text(name) : nil }

    func number(_ name: String) throws(Refusal) -> Int {
        guard let value = members[name]?.integer, let number = Int(exactly: value) else { throw Self.malformed(name) }
        return number
    }

    func optionalNumber(_ name: String) throws(Refusal) -> Int? { has(name) ? try number(name) : nil }

    func flag(_ name: String) throws(Refusal) -> Bool {
        guard let value = members[name]?.bool else { throw Self.malformed(name) }
        return value
    }

    func list(_ name: String) throws(Refusal) -> [CanonicalJSON] {
        guard let value = members[name]?.array else { throw Self.malformed(name) }
        return value
    }

    func object(_ name: String) throws(Refusal) -> StoredPlanReader { try StoredPlanReader(members[name], name) }

    func value<Value>(_ name: String, _ make: (String) -> Value?) throws(Refusal) -> Value {
        guard let value = make(try text(name)) else { throw Self.malformed(name) }
        return value
    }

    /// Base64.
    func binary(_ name: String) throws(Refusal) -> [UInt8] { try value(name) { Base64.decode($0) } }

    func optionalBinary(_ name: String) throws(Refusal) -> [UInt8]? { has(name) ? try binary(name) : nil }

    func secret(_ name: String) throws(Refusal) -> PlanSecret {
        let read = try object(name)
        var secret = PlanSecret(
            current: try read.number("current"), pending: try read.optionalNumber("pending"),
            target: try read.number("target"))
        secret.sent = try read.flag("sent")
        secret.uncertain = try read.flag("uncertain")
        secret.holdsPending = try read.flag("holdsPending")
        return secret
    }

    func tries(_ name: String) throws(Refusal) -> TriesLeft? {
        guard has(name) else { return nil }
        let read = try object(name)
        return TriesLeft(pin: try read.optionalNumber("pin"), unlock: try read.optionalNumber("unlock"))
    }

    func creditCode(_ name: String) throws(Refusal) -> UnifiedSocialCreditCode {
        do { return try UnifiedSocialCreditCode(trustingStored: text(name)) } catch { throw Self.malformed(name) }
    }
}

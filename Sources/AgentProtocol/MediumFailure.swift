package import Groundwork

/// Why a medium gave no answer. Nothing is known about whether the last command was carried out.
package enum MediumFailure: Error, Hashable, Sendable {
    /// The key was there and is gone.
    case removed
    case silent
    /// The key was not reached: another program holds it, the reader or its service is not there, or what is inserted
    /// is no such key. The refusal is the one of whoever reached for it.
    case unreachable(Refusal)
    case malformed(String)
    case refused(status: String)
    case unsupported
    case otherMedium
    case wrongPIN(triesLeft: Int?, of: PINOwner)
    case pinBlocked(of: PINOwner)
    /// From the person, the rules or the lender of a secret; never from the card.
    case declined(Refusal)

    package var refusal: Refusal {
        switch self {
        case .removed: Refusal(AgentProtocolRefusal.mediumRemoved)
        case .silent: Refusal(AgentProtocolRefusal.mediumSilent)
        case .unreachable(let refusal): refusal
        case .malformed(let what): Refusal(AgentProtocolRefusal.mediumMalformed, detail: what)
        case .refused(let status): Refusal(AgentProtocolRefusal.mediumRefused, facts: ["status": status])
        case .unsupported: Refusal(AgentProtocolRefusal.mediumUnsupported)
        case .otherMedium: Refusal(AgentProtocolRefusal.otherMedium)
        case .wrongPIN(let left, let owner):
            Refusal(
                AgentProtocolRefusal.wrongPIN,
                facts: owner.facts.merging(["tries-left": left.map(String.init) ?? "?"]) { $1 })
        case .pinBlocked(let owner): Refusal(AgentProtocolRefusal.pinBlocked, facts: owner.facts)
        case .declined(let refusal): refusal
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.refusal == right.refusal }
    package func hash(into hasher: inout Hasher) { hasher.combine(refusal.code) }
}

package import AgentProtocol

/// A step of a plan's script. Each can be done again with the same effect.
package enum PlanStep: Hashable, Sendable {
    case name
    case tries
    /// Whether the card can make keys of the family, before anything is changed.
    case probe
    case management
    case unlock
    case voidPIN
    case setPIN
    /// The holder is told that the old key ends now.
    case announce(Int)
    case generate(Int)
    case request(Int)
    case certify(Int)
    case write(Int)
    case readBack(Int)
    case prove(Int)
    case activate([Int])
    case erase(Int)
    case finish

    /// A new PIN, then a new unlock secret. Where one is pending, the card is asked first which of the two it holds.
    static func unlocking(isPending: Bool) -> [PlanStep] { (isPending ? [.unlock] : []) + [.setPIN, .unlock] }

    static func script(
        for kind: KeyPlan.Kind, members: Int, setsTries: Bool, unlockIsPending: Bool = false
    ) -> [PlanStep] {
        let all = Array(0..<members)
        func making(_ index: Int) -> [PlanStep] {
            [.generate(index), .request(index), .certify(index), .write(index), .readBack(index), .prove(index)]
        }
        return switch kind {
        case .stockIn: [.name] + (setsTries ? [.tries] : []) + [.management, .unlock, .voidPIN, .finish]
        case .enrol, .reissue:
            [.probe, .management, .unlock, .setPIN] + all.flatMap(making) + [.activate(all), .finish]
        case .renewStaged:
            [.probe, .management] + all.flatMap(making) + [.activate(all)] + all.map { .erase($0) } + [.finish]
        case .renewInPlace:
            [.probe, .management] + all.flatMap { [.announce($0)] + making($0) + [.activate([$0])] } + [.finish]
        case .unlock: [.management] + unlocking(isPending: unlockIsPending) + [.finish]
        }
    }

    func name(_ members: [PlanMember]) -> String {
        func of(_ verb: String, _ index: Int) -> String {
            members.indices.contains(index) ? "\(verb).\(members[index].purpose.rawValue)" : verb
        }
        return switch self {
        case .name: "name"
        case .tries: "tries"
        case .probe: "probe"
        case .management: "management"
        case .unlock: "unlock"
        case .voidPIN: "void-pin"
        case .setPIN: "set-pin"
        case .announce(let index): of("announce", index)
        case .generate(let index): of("generate", index)
        case .request(let index): of("request", index)
        case .certify(let index): of("certify", index)
        case .write(let index): of("write", index)
        case .readBack(let index): of("read-back", index)
        case .prove(let index): of("prove", index)
        case .activate(let list): list.count == 1 ? of("activate", list[0]) : "activate"
        case .erase(let index): of("erase", index)
        case .finish: "finish"
        }
    }
}

/// What a plan asks for.
package enum PlanAction: Hashable, Sendable {
    case medium(MediumAction)
    /// Store this secret in escrow as pending, before the card hears of it.
    case commit(SecretReference)
    /// The card holds it: make it the current one and let go of the old.
    case confirm(SecretReference)
    case announce(KeyPurpose)
    case certify(member: Int)
    case activate(members: [Int])
    case end(KeyPlan.Outcome)
    /// Go no further: the plan stays open, and says why.
    case stop(SecurityKeysRefusal)
}

/// What happened.
package enum PlanEvent: Hashable, Sendable {
    case begin
    /// The key was inserted again, or the process started again.
    case resume
    case medium(MediumEvent)
    case committed
    case confirmed
    case announced
    case certified([UInt8])
    case activated
    /// These members' certificates ended before they were activated.
    case certificatesEnded([Int])
}

package import AgentProtocol
package import Groundwork

extension KeyPlan {
    /// How long one run of a plan may take: somebody looks for a PIN, a card makes RSA keys.
    private static let runSeconds: Int64 = 3_600

    /// What the service signs before a card is touched: this plan's key, places and operations, and nothing besides.
    ///
    /// Each run is signed anew, so that a plan that waits for months needs no permission that lasts as long.
    /// - Parameters:
    ///   - serviceKey: the identifier of the key that signs, lower-case hexadecimal of RFC 5280 4.2.1.2 (1).
    ///   - origin: the page's Origin that may start it at the agent; empty on an authority terminal.
    package func permission(serviceKey: String, origin: String, at now: Instant) -> PlanOrder {
        var slots: [KeySlot: KeyPurpose] = [:]
        for member in members {
            slots[member.slot] = member.purpose
            if let old = member.replaces { slots[old.slot] = member.purpose }
        }
        return PlanOrder(
            serviceKey: serviceKey, plan: id.bytes, purpose: kind.rawValue, medium: medium, caseFile: caseFile,
            origin: origin, slots: slots, operations: operations, issuedAt: now,
            expiresAt: now.adding(seconds: Self.runSeconds))
    }

    /// Every plan looks at the key, has it prove itself, reads the tries left, and ends the session.
    private var operations: Set<MediumOperation> {
        script.reduce(into: [.identify, .authenticate, .readTries, .finish]) { $0.formUnion($1.operations) }
    }
}

extension PlanStep {
    /// What a step asks of the medium.
    fileprivate var operations: Set<MediumOperation> {
        switch self {
        case .name: [.writeName]
        case .tries: [.setTries]
        case .management: [.setManagementSecret]
        case .unlock: [.setUnlockSecret]
        case .voidPIN: [.voidPIN]
        case .setPIN: [.setPIN]
        case .probe: [.probe]
        case .generate: [.generate]
        case .request: [.request]
        case .write: [.write]
        case .readBack: [.readBack]
        case .prove: [.prove]
        case .erase: [.erase]
        case .announce, .certify, .activate, .finish: []
        }
    }
}

package import Cryptography
package import Groundwork

/// What the server orders an agent to let happen to one key: purpose, key, case, permitted operations.
package struct PlanOrder: Hashable, Sendable {
    package static let version: Int64 = 1
    package static let sizeLimit = 16_384

    package var serviceKey: String
    /// The plan's identifier, 16 bytes; proofs are bound to it.
    package var plan: [UInt8]
    /// The plan's kind, shown to the person (`enrol`, `renew`, …).
    package var purpose: String
    package var medium: MediumNumber
    package var caseFile: String
    /// The page's Origin that may start this plan at the agent; empty on an authority terminal.
    package var origin: String
    /// Places that may be written or generated, by purpose.
    package var slots: [KeySlot: KeyPurpose]
    package var operations: Set<MediumOperation>
    package var issuedAt: Instant
    package var expiresAt: Instant

    package init(
        serviceKey: String, plan: [UInt8], purpose: String, medium: MediumNumber, caseFile: String, origin: String,
        slots: [KeySlot: KeyPurpose], operations: Set<MediumOperation>, issuedAt: Instant, expiresAt: Instant
    ) {
        self.serviceKey = serviceKey
        self.plan = plan
        self.purpose = purpose
        self.medium = medium
        self.caseFile = caseFile
        self.origin = origin
        self.slots = slots
        self.operations = operations
        self.issuedAt = issuedAt.truncatedToSecond
        self.expiresAt = expiresAt.truncatedToSecond
    }

    /// Whether this very action is inside the plan: its operation, its place with its purpose, its plan id, its medium.
    package func permits(_ action: MediumAction) -> Bool {
        guard operations.contains(action.operation) else { return false }
        switch action {
        case .generate(let purpose, _, let slot, _), .request(let purpose, let slot, _, _):
            return slots[slot] == purpose
        case .prove(let purpose, let slot, let plan, _, _):
            return slots[slot] == purpose && plan == self.plan
        case .write(let slot, _), .readBack(let slot), .erase(let slot): return slots[slot] != nil
        case .writeName(let name): return name == medium
        default: return true
        }
    }

    package var bytes: [UInt8] {
        CanonicalJSON.object([
            "version": .integer(Self.version), "serviceKey": .string(serviceKey), "plan": .string(Hex.encode(plan)),
            "purpose": .string(purpose), "medium": .string(medium.hex), "case": .string(caseFile),
            "origin": .string(origin),
            "places": .object(
                Dictionary(uniqueKeysWithValues: slots.map { ($0.key.rawValue, .string($0.value.rawValue)) })),
            "operations": .array(operations.map(\.rawValue).sorted().map { .string($0) }),
            "iat": .integer(issuedAt.seconds), "exp": .integer(expiresAt.seconds),
        ]).bytes
    }

    /// - Throws: `agent-protocol.malformed-plan`.
    package init(bytes: [UInt8]) throws(Refusal) {
        let malformed = Refusal(AgentProtocolRefusal.malformedPlan)
        let json: CanonicalJSON
        do { json = try CanonicalJSON(parsingCanonical: bytes, limit: Self.sizeLimit) } catch { throw malformed }
        guard json.object?.count == 11, json["version"]?.integer == Self.version,
            let serviceKey = json["serviceKey"]?.string,
            let plan = json["plan"]?.string.flatMap({ Hex.decode($0) }), plan.count == 16,
            let purpose = json["purpose"]?.string,
            let medium = json["medium"]?.string.flatMap({ MediumNumber(hex: $0) }),
            let caseFile = json["case"]?.string, let origin = json["origin"]?.string,
            let placesJSON = json["places"]?.object, let operationsJSON = json["operations"]?.array,
            let issuedAt = json["iat"]?.integer, let expiresAt = json["exp"]?.integer, issuedAt < expiresAt,
            issuedAt >= 0, expiresAt <= 253_402_300_799
        else { throw malformed }
        var slots: [KeySlot: KeyPurpose] = [:]
        for (name, value) in placesJSON {
            guard let purpose = value.string.flatMap(KeyPurpose.init(rawValue:)) else { throw malformed }
            slots[KeySlot(name)] = purpose
        }
        let operations = operationsJSON.compactMap { $0.string.flatMap(MediumOperation.init(rawValue:)) }
        guard operations.count == operationsJSON.count else { throw malformed }
        self.init(
            serviceKey: serviceKey, plan: plan, purpose: purpose, medium: medium, caseFile: caseFile, origin: origin,
            slots: slots, operations: Set(operations), issuedAt: Instant(seconds: issuedAt),
            expiresAt: Instant(seconds: expiresAt))
        guard self.bytes == bytes else { throw malformed }
    }
}

/// A plan's bytes with the signature of the service's key, over `"YZT-PLAN-1" ‖ 0x00 ‖ bytes`.
package struct SignedPlan: Hashable, Sendable {
    package let bytes: [UInt8]
    package let signature: [UInt8]

    package init(bytes: [UInt8], signature: [UInt8]) {
        self.bytes = bytes
        self.signature = signature
    }

    package static func sign(_ order: PlanOrder, with signer: any Signer) async throws -> SignedPlan {
        let bytes = order.bytes
        return SignedPlan(bytes: bytes, signature: try await signer.sign(DomainTag.plan.prefix + bytes))
    }

    /// The order, if the pinned service key signed it, it is valid now, and the page's origin is the one it names.
    package func verified(by serviceKey: PublicKey, origin: String, at now: Instant) throws(Refusal) -> PlanOrder {
        let order = try PlanOrder(bytes: bytes)
        guard order.serviceKey == Hex.encode(serviceKey.keyIdentifier),
            serviceKey.verifies(signature, over: DomainTag.plan.prefix + bytes)
        else { throw Refusal(AgentProtocolRefusal.untrustedService) }
        guard order.origin == origin else { throw Refusal(AgentProtocolRefusal.otherOrigin) }
        guard order.issuedAt <= now.adding(seconds: 60), now < order.expiresAt else {
            throw Refusal(AgentProtocolRefusal.planExpired)
        }
        return order
    }
}

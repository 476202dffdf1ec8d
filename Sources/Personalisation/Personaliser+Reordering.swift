package import AgentProtocol
internal import Cryptography
internal import Groundwork
internal import Officers
internal import SecurityKeys
internal import Storage

/// A way on for what an older program began without noting its order: officers order it once more.
extension Personaliser {
    /// What officers have to sign so that the open plan on a key may go on to certificates.
    /// - Throws: `security-keys.no-open-plan`, `security-keys.order-recorded`, `security-keys.officers-key`.
    package func orderAnew(for medium: MediumNumber) async throws -> KeyOrder {
        try await database.read { try reordered(medium, in: $0).order }
    }

    /// The plan stands under this order from here on.
    package func orderAnew(for medium: MediumNumber, order basis: PlanBasis) async throws {
        let now = surroundings.now()
        try await database.write { [self] transaction in
            var (plan, order) = try reordered(medium, in: transaction)
            try basis.spend(order, in: transaction)
            plan.stand(under: basis.noted)
            try PlanJournal.write(plan, at: now, in: transaction)
            try note(.orderedAnew, plan, basis.actor, order.parameters, in: transaction)
        }
    }

    private func reordered(
        _ medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> (plan: KeyPlan, order: KeyOrder) {
        guard let plan = try PlanJournal.open(on: medium, in: transaction), let begunFor = plan.holder else {
            throw Refusal(SecurityKeysRefusal.noOpenPlan)
        }
        guard plan.order == .unrecorded else { throw Refusal(SecurityKeysRefusal.orderRecorded) }
        guard let entity = begunFor.entity else { throw Refusal(SecurityKeysRefusal.officersKey) }
        let holder = KeyHolder.entity(try registry.holder(entity, in: transaction))
        let profiles = Dictionary(plan.members.map { ($0.purpose, $0.profile) }) { first, _ in first }
        var more: [String: CanonicalJSON] = [:]
        let acts: [OfficerAct]
        switch plan.kind {
        case .renewStaged, .renewInPlace:
            acts = [.renewKey]
            var replaced: [SerialNumber] = []
            for old in plan.members.compactMap(\.replaces) {
                replaced.append(try Certificate(der: old.certificate).serialNumber)
            }
            more = ["replaces": KeyOrder.serials(replaced), "inPlace": .bool(plan.kind == .renewInPlace)]
        default:
            // What a reissue ended was revoked when it began: what is left of it is an enrolment.
            acts = [.enrolKey]
        }
        return (
            plan, KeyOrder(acts, on: medium, KeyOrder.making(holder, plan.family, profiles, more))
        )
    }
}

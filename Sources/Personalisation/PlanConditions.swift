internal import AgentProtocol
internal import CertificateRecords
internal import CreditCodes
internal import Cryptography
internal import Groundwork
internal import SecurityKeys
internal import Storage

/// What must hold of a key, its holder and its certificates.
extension Personaliser {
    /// - Throws: `security-keys.officers-key`, `security-keys.other-holder`.
    func requireHolder(_ key: SecurityKey, _ entity: UnifiedSocialCreditCode) throws(Refusal) {
        guard let holder = key.holder else { throw Refusal(PersonalisationRefusal.noCertificates) }
        guard let held = holder.entity else { throw Refusal(SecurityKeysRefusal.officersKey) }
        guard held == entity else {
            throw Refusal(SecurityKeysRefusal.otherHolder, facts: ["holder": held.text, "entity": entity.text])
        }
    }

    /// A key whose holder can use it, for the PIN will be needed.
    func requireUsable(_ ground: Ground) throws(Refusal) {
        guard ground.key.status != .pinLocked, ground.facts.tries.pin != 0 else {
            throw Refusal(SecurityKeysRefusal.pinBlocked)
        }
        guard ground.key.status == .active else {
            throw Refusal(
                SecurityKeysRefusal.wrongStatus,
                facts: [
                    "status": ground.key.status.title.zh, "transition": "更新", "statusEn": ground.key.status.title.en,
                    "transitionEn": "be renewed",
                ])
        }
    }

    static func wrongStatus(_ status: KeyStatus, _ transition: KeyTransition) -> Refusal {
        Refusal(
            SecurityKeysRefusal.wrongStatus,
            facts: [
                "status": status.title.zh, "transition": transition.title.zh, "statusEn": status.title.en,
                "transitionEn": transition.title.en,
            ])
    }

    static func noSlot(_ purpose: KeyPurpose) -> Refusal {
        Refusal(SecurityKeysRefusal.noSlot, facts: ["purpose": purpose.title.zh])
    }

    /// What can still be revoked of a key's certificates, asked of the authority.
    func revocable(_ medium: MediumNumber, in transaction: any ReadTransaction) throws(Refusal) -> [SerialNumber] {
        try authority.certificates(of: medium, in: transaction).filter(\.canBeRevoked).map(\.serial)
    }

    /// For each purpose that the key has, its active certificate, asked of the authority; it must be the holder's.
    func renewable(
        _ key: SecurityKey, _ holder: KeyHolder, _ profiles: [KeyPurpose: String], in transaction: any ReadTransaction
    ) throws -> [KeyCertificate] {
        let records = try KeyCertificateStore.certificates(key.medium, in: transaction)
        let known = try authority.certificates(of: key.medium, in: transaction)
        let now = Dictionary(known.map { ($0.der, $0) }) { first, _ in first }
        var active: [KeyCertificate] = []
        for purpose in profiles.keys.sorted(by: { $0.storedName < $1.storedName }) {
            let ours = records.filter { $0.purpose == purpose }
            guard !ours.isEmpty else { continue }
            guard let one = ours.first(where: { now[$0.certificate]?.state == .active }) else {
                throw Self.notActive(ours.compactMap { now[$0.certificate] }, purpose)
            }
            let entity = now[one.certificate]?.entity
            guard entity == holder.entity?.text else {
                throw Refusal(
                    SecurityKeysRefusal.otherHolder,
                    facts: ["holder": entity ?? "?", "entity": holder.entity?.text ?? "?"])
            }
            active.append(one)
        }
        guard !active.isEmpty else { throw Refusal(PersonalisationRefusal.noCertificates) }
        return active
    }

    /// Why none of these, newest first, is renewed.
    static func notActive(_ certificates: [CertificateNow], _ purpose: KeyPurpose) -> Refusal {
        func refusal(_ reason: SecurityKeysRefusal, _ one: CertificateNow) -> Refusal {
            Refusal(
                reason,
                facts: ["serial": one.serial.hex, "purpose": purpose.title.zh, "purposeEn": purpose.title.en])
        }
        if let held = certificates.first(where: { $0.state == .suspended }) {
            return refusal(.certificateSuspended, held)
        }
        guard let newest = certificates.first else { return Refusal(PersonalisationRefusal.noCertificates) }
        return switch newest.state {
        case .expired: refusal(.certificateExpired, newest)
        case .revoked: refusal(.certificateRevoked, newest)
        case .suspended, .issued, .active: Refusal(PersonalisationRefusal.noCertificates)
        }
    }

    /// Whether what a member replaces may still be replaced: on hold it waits, revoked it takes a reissue.
    func requireReplaceable(
        _ member: PlanMember, of plan: KeyPlan, in transaction: any ReadTransaction
    ) throws(Refusal) {
        guard let replaced = member.replaces else { return }
        let all = try authority.certificates(of: plan.medium, in: transaction)
        guard let now = all.first(where: { $0.der == replaced.certificate }) else {
            throw Refusal(PersonalisationRefusal.noCertificates)
        }
        // One that expired while the plan was on its way was active when it was ordered.
        guard now.state == .active || now.state == .expired else { throw Self.notActive([now], member.purpose) }
    }
}

package import AgentProtocol
package import Cryptography
package import Groundwork

/// Names a plan.
package enum PlanName: IdentifierKind { package static let prefix = "plan" }
package typealias PlanIdentifier = Identifier<PlanName>

/// One security key's way from one good state to the next: a pure value that says what to do after each event.
///
/// It holds no secret, reads no clock and knows no card: ``next(_:)`` takes what happened and returns what to do. Its
/// journal (``encoded``) is stored before each action, so that after any interruption ``PlanEvent/resume`` makes
/// it go on from the last step, which can always be done again.
package struct KeyPlan: Hashable, Sendable {
    /// Raw values are stored, ordered and audited; they are never renamed.
    package enum Kind: String, CaseIterable, Sendable {
        case stockIn = "stock-in"
        case enrol = "enrol"
        case renewStaged = "renew-staged"
        case renewInPlace = "renew-in-place"
        /// An enrolment after the certificates of another key, or of this one, were revoked by the same order.
        case reissue = "reissue"
        case unlock = "unlock"

        package var title: LocalisedText {
            switch self {
            case .stockIn: LocalisedText(zh: "入库", en: "stock-in")
            case .enrol: LocalisedText(zh: "首次制证", en: "enrol")
            case .renewStaged: LocalisedText(zh: "更新（双位）", en: "renew, staged")
            case .renewInPlace: LocalisedText(zh: "更新（原位）", en: "renew, in place")
            case .reissue: LocalisedText(zh: "补办", en: "reissue")
            case .unlock: LocalisedText(zh: "解锁", en: "unlock")
            }
        }
    }

    /// Raw values are stored; they are never renamed.
    package enum Outcome: String, CaseIterable, Sendable {
        case finished = "finished"
        case rolledBack = "rolled-back"
        /// Given up by order when it could only go forward.
        case abandoned = "abandoned"

        package var title: LocalisedText {
            switch self {
            case .finished: LocalisedText(zh: "已完成", en: "finished")
            case .rolledBack: LocalisedText(zh: "已撤回", en: "rolled back")
            case .abandoned: LocalisedText(zh: "已放弃", en: "given up")
            }
        }
    }

    /// On whose word it was begun.
    package enum Order: Hashable, Sendable {
        /// Officers' order with this nonce, 32 bytes, spent when the plan began.
        case officers(nonce: [UInt8])
        /// The founding of the authority, before there were officers.
        case bootstrap
        /// Begun by a program that did not note it.
        case unrecorded
    }

    package let id: PlanIdentifier
    package let kind: Kind
    package let medium: MediumNumber
    package let model: CardModel
    package let family: AlgorithmFamily
    /// The maker's serial number that the key's record has: a card that states another is another card.
    package let serial: [UInt8]?
    /// Whose certificates are made, with the name of when the plan began; none for stock-in and unlock.
    package let holder: KeyHolder?
    package let caseFile: String
    package internal(set) var order: Order

    package internal(set) var members: [PlanMember]
    package internal(set) var management: PlanSecret
    package internal(set) var unlock: PlanSecret
    package internal(set) var script: [PlanStep]
    package internal(set) var position = 0
    package internal(set) var outcome: Outcome?

    var phase: Phase = .identify
    var resumed = false
    /// An officer took responsibility for the last tries: recovery may go below three.
    var mayUseLastTries = false
    /// Read in this session; `nil` again after each use.
    var triesRead: TriesLeft?
    var repetitions = 0

    enum Phase: Hashable, Sendable {
        case identify
        /// The n-th candidate for the management secret: pending first, then current.
        case authenticate(Int)
        case script
    }

    /// A plan's own recovery presents a secret only while so many tries remain, so that two are always left.
    package static let triesKept = 3

    package init(
        id: PlanIdentifier, kind: Kind, medium: MediumNumber, model: CardModel, family: AlgorithmFamily,
        serial: [UInt8]?, holder: KeyHolder? = nil, caseFile: String = "", members: [PlanMember] = [],
        management: PlanSecret, unlock: PlanSecret, order: Order = .unrecorded
    ) {
        self.id = id
        self.kind = kind
        self.medium = medium
        self.model = model
        self.family = family
        self.serial = serial
        self.holder = holder
        self.caseFile = caseFile
        self.members = members
        self.management = management
        self.unlock = unlock
        self.order = order
        self.script = PlanStep.script(
            for: kind, members: members.count, setsTries: model.stockedTries != nil,
            unlockIsPending: unlock.pending != nil)
    }

    /// Before this nothing was lost, and the plan can roll back; afterwards it only goes forward, or is given up. A
    /// secret that is pending stays in the vault, and the next plan finds out which of the two the card holds.
    package var canRollBack: Bool {
        guard outcome == nil else { return false }
        switch kind {
        case .stockIn, .unlock:
            return position == 0 && management.pending == nil && !management.sent && unlock.pending == nil
                && !unlock.sent
        case .renewInPlace:
            return position < script.firstIndex { if case .generate = $0 { true } else { false } } ?? 0
        case .enrol, .reissue, .renewStaged:
            // An activation that was asked for may have happened although we were not told.
            return position < script.firstIndex { if case .activate = $0 { true } else { false } } ?? 0
        }
    }

    /// The name of the step that the plan is at, for the observer, the journal and people.
    package var stepName: String {
        if let outcome { return outcome.rawValue }
        return switch phase {
        case .identify: "identify"
        case .authenticate: "authenticate"
        case .script: step?.name(members) ?? "end"
        }
    }

    /// How far it is, for people: steps done and steps in all.
    package var progress: (done: Int, of: Int) { (position, script.count) }

    /// An officer's act: the secrets were looked at, the last tries may be used.
    package mutating func allowLastTries() { mayUseLastTries = true }

    /// Notes the order that the plan stands under, when it begins.
    package mutating func stand(under order: Order) { self.order = order }

    /// An officer's act, after the plan's certificates were revoked: it ends here.
    package mutating func giveUp() {
        if outcome == nil { outcome = canRollBack ? .rolledBack : .abandoned }
    }

    /// Whether the holder's PIN will be needed from here on, so that a blocked one stops the plan.
    package var needsPIN: Bool {
        for step in script[min(position, script.count)...] {
            switch step {
            case .setPIN: return false
            case .request, .prove: return true
            default: continue
            }
        }
        return false
    }

    /// Officers' order to unlock came while the plan was on its way: the holder's new PIN is set next, the unlock
    /// secret changed, and the plan goes on where it was.
    /// - Throws: `security-keys.open-plan` for a stock-in, which has no holder yet, and where the plan sets a PIN by
    ///   itself before it needs one.
    package mutating func unlockNext() throws(Refusal) {
        guard outcome == nil, needsPIN else { throw Refusal(SecurityKeysRefusal.openPlan) }
        script.insert(contentsOf: PlanStep.unlocking(isPending: unlock.pending != nil), at: position)
        repetitions = 0
    }

    var step: PlanStep? { position < script.count ? script[position] : nil }
}

/// One purpose's key within a plan.
package struct PlanMember: Hashable, Sendable {
    package var purpose: KeyPurpose
    package var slot: KeySlot
    /// The certificate profile, a file in `Policies/profiles`.
    package var profile: String
    /// What it takes the place of.
    package var replaces: Replaced?
    package internal(set) var publicKey: [UInt8]?
    package internal(set) var attestation: [[UInt8]] = []
    package internal(set) var request: [UInt8]?
    package internal(set) var certificate: [UInt8]?
    package internal(set) var proof: [UInt8]?
    /// Counts the certificates asked for: a certificate that ended before its activation is asked for anew.
    package internal(set) var attempt = 1

    package struct Replaced: Hashable, Sendable {
        package var slot: KeySlot
        package var certificate: [UInt8]

        package init(slot: KeySlot, certificate: [UInt8]) {
            self.slot = slot
            self.certificate = certificate
        }
    }

    package init(purpose: KeyPurpose, slot: KeySlot, profile: String, replaces: Replaced? = nil) {
        self.purpose = purpose
        self.profile = profile
        self.slot = slot
        self.replaces = replaces
    }
}

/// What a plan knows of one of the card's secrets: generations, never bytes.
package struct PlanSecret: Hashable, Sendable {
    /// The generation that the card holds, as far as it confirmed.
    package internal(set) var current: Int
    /// Committed to escrow, not confirmed by the card.
    package internal(set) var pending: Int?
    /// What the plan wants: for the management secret the master's version.
    package internal(set) var target: Int
    /// The command that sets the pending one may have reached the card.
    package internal(set) var sent = false
    /// At the last interruption such a command was on its way: the card holds the pending one or the current one.
    package internal(set) var uncertain = false
    /// The card showed that it holds the pending one.
    package internal(set) var holdsPending = false

    package init(current: Int, pending: Int? = nil, target: Int) {
        self.current = current
        self.pending = pending
        self.target = target
        // A pending one that an earlier plan left may have reached the card.
        self.sent = pending != nil
    }
}

internal import AgentProtocol
internal import Cryptography
package import Groundwork

/// Reads every form in which a plan was ever stored.
extension KeyPlan {
    /// Far beyond what two members with their attestations take.
    private static let sizeLimit = 1 << 20

    /// - Throws: `security-keys.malformed-journal`.
    package init(encoded text: String) throws(Refusal) {
        let json: CanonicalJSON
        do { json = try CanonicalJSON(parsing: Array(text.utf8), limit: Self.sizeLimit) } catch {
            throw Refusal(SecurityKeysRefusal.malformedJournal, detail: "\(error)")
        }
        let read = try StoredPlanReader(json, "journal")
        switch json["version"] {
        case .integer(1)?: try self.init(version1: read)
        case nil: try self.init(unversioned: read)
        default: throw Refusal(SecurityKeysRefusal.malformedJournal, detail: "an unknown version")
        }
        let indices = script.flatMap(\.memberIndices)
        guard (0...script.count).contains(position), indices.allSatisfy(members.indices.contains) else {
            throw StoredPlanReader.malformed("position")
        }
    }

    private init(version1 read: StoredPlanReader) throws(Refusal) {
        var members: [PlanMember] = []
        for member in try read.list("members") { members.append(try PlanMember(version1: member)) }
        self.init(
            id: try read.value("plan") { PlanIdentifier(shown: $0) }, kind: try read.value("kind", Kind.init),
            medium: try read.value("medium") { MediumNumber(hex: $0) },
            model: try CardModel(stored: read.object("model")),
            family: try read.value("family", AlgorithmFamily.init(storedName:)),
            serial: try read.optionalBinary("serial"),
            holder: read.has("holder") ? try KeyHolder(version1: read.object("holder")) : nil,
            caseFile: try read.text("case"), members: members, management: try read.secret("management"),
            unlock: try read.secret("unlock"), order: try Order(version1: read))
        script = []
        for step in try read.list("script") {
            guard let step = step.string.flatMap(PlanStep.init(stored:)) else {
                throw StoredPlanReader.malformed("script")
            }
            script.append(step)
        }
        position = try read.number("position")
        outcome = read.has("outcome") ? try read.value("outcome", Outcome.init) : nil
        phase = try read.value("phase", Phase.init(stored:))
        resumed = try read.flag("resumed")
        mayUseLastTries = try read.flag("mayUseLastTries")
        triesRead = try read.tries("triesRead")
        repetitions = try read.number("repetitions")
    }
}

extension KeyPlan.Order {
    fileprivate init(version1 read: StoredPlanReader) throws(Refusal) {
        switch read.members["order"] {
        case .string("bootstrap")?: self = .bootstrap
        case .string("unrecorded")?: self = .unrecorded
        default:
            let nonce = try read.object("order").binary("nonce")
            guard nonce.count == 32 else { throw StoredPlanReader.malformed("order") }
            self = .officers(nonce: nonce)
        }
    }
}

extension KeyPlan.Phase {
    fileprivate init?(stored text: String) {
        switch text {
        case "identify": self = .identify
        case "script": self = .script
        default:
            guard text.hasPrefix("authenticate:"), let candidate = Int(text.dropFirst(13)), candidate >= 0 else {
                return nil
            }
            self = .authenticate(candidate)
        }
    }
}

extension KeyHolder {
    fileprivate init(version1 read: StoredPlanReader) throws(Refusal) {
        if read.has("officer") {
            self = .officer(
                Officer(name: try read.text("officer"), organization: try read.optionalText("organization")))
        } else {
            self = .entity(
                Entity(
                    entity: try read.creditCode("entity"), name: try read.text("name"),
                    stateOrProvince: try read.optionalText("stateOrProvince"),
                    locality: try read.optionalText("locality")))
        }
    }
}

extension PlanMember {
    fileprivate init(version1 json: CanonicalJSON) throws(Refusal) {
        let read = try StoredPlanReader(json, "members")
        var replaced: Replaced?
        if read.has("replaces") {
            let old = try read.object("replaces")
            replaced = Replaced(slot: KeySlot(try old.text("place")), certificate: try old.binary("certificate"))
        }
        self.init(
            purpose: try read.value("purpose", KeyPurpose.init(storedName:)), slot: KeySlot(try read.text("place")),
            profile: try read.text("profile"), replaces: replaced)
        for one in try read.list("attestation") {
            guard let bytes = one.string.flatMap({ Base64.decode($0) }) else {
                throw StoredPlanReader.malformed("attestation")
            }
            attestation.append(bytes)
        }
        attempt = try read.number("attempt")
        publicKey = try read.optionalBinary("publicKey")
        request = try read.optionalBinary("request")
        certificate = try read.optionalBinary("certificate")
        proof = try read.optionalBinary("proof")
    }
}

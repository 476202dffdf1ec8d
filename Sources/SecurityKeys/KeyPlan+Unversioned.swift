internal import AgentProtocol
internal import CreditCodes
internal import Cryptography
internal import Groundwork

/// The form in which plans were stored before their encoding had a version. Nothing writes it any more; it is read for
/// ever, for a plan that was left open, and the application for a certificate that an archive takes.
///
/// Its peculiarities: byte strings are arrays of numbers; a step is an object with one member, its name, which holds
/// `_0` where the step is about a member; the holder is an officer where it has no credit code; no order is noted.
extension KeyPlan {
    init(unversioned read: StoredPlanReader) throws(Refusal) {
        var members: [PlanMember] = []
        for member in try read.list("members") { members.append(try PlanMember(unversioned: member)) }
        self.init(
            id: try read.value("id") { PlanIdentifier(shown: $0) }, kind: try read.value("kind", Kind.init),
            medium: try read.value("medium") { MediumNumber(hex: $0) },
            model: try CardModel(stored: read.object("model")),
            family: try read.value("family", AlgorithmFamily.init(storedName:)),
            serial: read.has("serial") ? try read.numbers("serial") : nil,
            holder: read.has("holder") ? try KeyHolder(unversioned: read.object("holder")) : nil,
            caseFile: try read.text("caseFile"), members: members, management: try read.secret("management"),
            unlock: try read.secret("unlock"), order: .unrecorded)
        script = []
        for step in try read.list("script") {
            guard let step = PlanStep(unversioned: step) else { throw StoredPlanReader.malformed("script") }
            script.append(step)
        }
        position = try read.number("position")
        outcome = read.has("outcome") ? try read.value("outcome", Outcome.init) : nil
        phase = try Phase(unversioned: read.object("phase"))
        resumed = try read.flag("resumed")
        mayUseLastTries = try read.flag("mayUseLastTries")
        triesRead = try read.tries("triesRead")
        repetitions = try read.number("repetitions")
    }
}

extension StoredPlanReader {
    fileprivate func numbers(_ name: String) throws(Refusal) -> [UInt8] {
        guard let bytes = Self.bytes(members[name]) else { throw Self.malformed(name) }
        return bytes
    }

    fileprivate func optionalNumbers(_ name: String) throws(Refusal) -> [UInt8]? {
        has(name) ? try numbers(name) : nil
    }

    fileprivate static func bytes(_ json: CanonicalJSON?) -> [UInt8]? {
        guard let values = json?.array else { return nil }
        let bytes = values.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }
        return bytes.count == values.count ? bytes : nil
    }
}

extension KeyPlan.Phase {
    fileprivate init(unversioned read: StoredPlanReader) throws(Refusal) {
        if read.has("identify") {
            self = .identify
        } else if read.has("script") {
            self = .script
        } else {
            self = .authenticate(try read.object("authenticate").number("_0"))
        }
    }
}

extension KeyHolder {
    fileprivate init(unversioned read: StoredPlanReader) throws(Refusal) {
        let name = try read.text("commonName")
        if read.has("creditCode") {
            self = .entity(
                Entity(
                    entity: try read.creditCode("creditCode"), name: try read.optionalText("organization") ?? name,
                    stateOrProvince: try read.optionalText("stateOrProvince"),
                    locality: try read.optionalText("locality")))
        } else {
            self = .officer(Officer(name: name, organization: try read.optionalText("organization")))
        }
    }
}

extension PlanStep {
    fileprivate init?(unversioned json: CanonicalJSON) {
        guard let members = json.object, members.count == 1, let (name, about) = members.first else { return nil }
        let justification = ["readBack": "read-back", "setPIN": "set-pin", "voidPIN": "void-pin"]
        let word = justification[name] ?? name
        switch about["_0"] {
        case nil: self.init(stored: word)
        case .integer(let index)?: self.init(stored: word + ":" + String(index))
        case .array(let list)?:
            let indices = list.compactMap(\.integer)
            guard indices.count == list.count else { return nil }
            self.init(stored: word + ":" + indices.map { String($0) }.joined(separator: ","))
        default: return nil
        }
    }
}

extension PlanMember {
    fileprivate init(unversioned json: CanonicalJSON) throws(Refusal) {
        let read = try StoredPlanReader(json, "members")
        var replaced: Replaced?
        if read.has("replaces") {
            let old = try read.object("replaces")
            replaced = Replaced(slot: KeySlot(try old.text("place")), certificate: try old.numbers("certificate"))
        }
        self.init(
            purpose: try read.value("purpose", KeyPurpose.init(storedName:)), slot: KeySlot(try read.text("place")),
            profile: try read.text("profile"), replaces: replaced)
        for one in try read.list("attestation") {
            guard let bytes = StoredPlanReader.bytes(one) else { throw StoredPlanReader.malformed("attestation") }
            attestation.append(bytes)
        }
        attempt = try read.number("attempt")
        publicKey = try read.optionalNumbers("publicKey")
        request = try read.optionalNumbers("request")
        certificate = try read.optionalNumbers("certificate")
        proof = try read.optionalNumbers("proof")
    }
}

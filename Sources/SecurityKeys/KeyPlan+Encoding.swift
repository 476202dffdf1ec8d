internal import AgentProtocol
internal import CreditCodes
internal import Cryptography
internal import Groundwork

/// The stored form of a plan, version 1: one line of RFC 8785 JSON, spelled out here member by member and read by
/// `KeyPlan+Decoding.swift`. Binary values are Base64 (RFC 4648, 4), absent ones are left out.
///
///     {"version":1,"plan":"plan_…","kind":"enrol","medium":"<hex>","model":{…},"family":"sm2","serial":"<Base64>",
///      "holder":{"entity":"<18 characters>","name":"…"} or {"officer":"…"},"case":"…",
///      "order":{"nonce":"<Base64>"} or "bootstrap" or "unrecorded",
///      "members":[{…}],"management":{…},"unlock":{…},"script":["management","generate:0",…],"position":0,
///      "outcome":"finished","phase":"identify" or "authenticate:0" or "script","resumed":false,
///      "mayUseLastTries":false,"triesRead":{…},"repetitions":0}
extension KeyPlan {
    static let encodingVersion: Int64 = 1

    /// The journal's text.
    package var encoded: String {
        var members: [String: CanonicalJSON] = [
            "version": .integer(Self.encodingVersion), "plan": .string(id.shown), "kind": .string(kind.rawValue),
            "medium": .string(medium.hex), "model": model.stored, "family": .string(family.storedName),
            "case": .string(caseFile), "order": order.stored, "members": .array(self.members.map(\.stored)),
            "management": management.stored, "unlock": unlock.stored,
            "script": .array(script.map { .string($0.stored) }), "position": .integer(Int64(position)),
            "phase": .string(phase.stored), "resumed": .bool(resumed), "mayUseLastTries": .bool(mayUseLastTries),
            "repetitions": .integer(Int64(repetitions)),
        ]
        members["serial"] = serial.map(CanonicalJSON.binary)
        members["holder"] = holder?.stored
        members["outcome"] = outcome.map { .string($0.rawValue) }
        members["triesRead"] = triesRead?.stored
        return CanonicalJSON.object(members).text
    }
}

extension CanonicalJSON {
    static func binary(_ bytes: [UInt8]) -> CanonicalJSON { .string(Base64.encode(bytes)) }
}

extension AlgorithmFamily {
    /// The name in stored forms.
    var storedName: String {
        switch self {
        case .sm2: "sm2"
        case .p256: "p256"
        case .rsa2048: "rsa2048"
        }
    }

    init?(storedName: String) {
        guard let family = Self.allCases.first(where: { $0.storedName == storedName }) else { return nil }
        self = family
    }
}

extension KeyPurpose {
    /// The name in stored forms and orders.
    package var storedName: String {
        switch self {
        case .authentication: "authentication"
        case .signature: "signature"
        case .encryption: "encryption"
        }
    }

    init?(storedName: String) {
        guard let purpose = Self.allCases.first(where: { $0.storedName == storedName }) else { return nil }
        self = purpose
    }
}

extension KeyPlan.Order {
    var stored: CanonicalJSON {
        switch self {
        case .officers(let nonce): ["nonce": .binary(nonce)]
        case .bootstrap: "bootstrap"
        case .unrecorded: "unrecorded"
        }
    }
}

extension KeyPlan.Phase {
    var stored: String {
        switch self {
        case .identify: "identify"
        case .authenticate(let candidate): "authenticate:" + String(candidate)
        case .script: "script"
        }
    }
}

extension KeyHolder {
    var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [:]
        switch self {
        case .entity(let entity):
            members["entity"] = .string(entity.entity.text)
            members["name"] = .string(entity.name)
            members["stateOrProvince"] = entity.stateOrProvince.map { .string($0) }
            members["locality"] = entity.locality.map { .string($0) }
        case .officer(let officer):
            members["officer"] = .string(officer.name)
            members["organization"] = officer.organization.map { .string($0) }
        }
        return .object(members)
    }
}

extension PlanMember {
    var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "purpose": .string(purpose.storedName), "place": .string(slot.rawValue), "profile": .string(profile),
            "attestation": .array(attestation.map(CanonicalJSON.binary)), "attempt": .integer(Int64(attempt)),
        ]
        members["replaces"] = replaces.map {
            ["place": .string($0.slot.rawValue), "certificate": .binary($0.certificate)]
        }
        members["publicKey"] = publicKey.map(CanonicalJSON.binary)
        members["request"] = request.map(CanonicalJSON.binary)
        members["certificate"] = certificate.map(CanonicalJSON.binary)
        members["proof"] = proof.map(CanonicalJSON.binary)
        return .object(members)
    }
}

extension PlanSecret {
    var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "current": .integer(Int64(current)), "target": .integer(Int64(target)), "sent": .bool(sent),
            "uncertain": .bool(uncertain), "holdsPending": .bool(holdsPending),
        ]
        members["pending"] = pending.map { .integer(Int64($0)) }
        return .object(members)
    }
}

extension TriesLeft {
    var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [:]
        members["pin"] = pin.map { .integer(Int64($0)) }
        members["unlock"] = unlock.map { .integer(Int64($0)) }
        return .object(members)
    }
}

extension PlanStep {
    /// The step, and after a colon the members that it is about.
    var stored: String {
        switch self {
        case .name: "name"
        case .tries: "tries"
        case .probe: "probe"
        case .management: "management"
        case .unlock: "unlock"
        case .voidPIN: "void-pin"
        case .setPIN: "set-pin"
        case .announce(let index): "announce:" + String(index)
        case .generate(let index): "generate:" + String(index)
        case .request(let index): "request:" + String(index)
        case .certify(let index): "certify:" + String(index)
        case .write(let index): "write:" + String(index)
        case .readBack(let index): "read-back:" + String(index)
        case .prove(let index): "prove:" + String(index)
        case .activate(let list): "activate:" + list.map(String.init).joined(separator: ",")
        case .erase(let index): "erase:" + String(index)
        case .finish: "finish"
        }
    }

    init?(stored text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let word = parts.first else { return nil }
        let numbers = (parts.count > 1 ? parts[1] : "").split(separator: ",").map { Int($0) }
        let list = numbers.compactMap(\.self)
        guard list.count == numbers.count, list.allSatisfy({ $0 >= 0 }) else { return nil }
        switch (word, list.count) {
        case ("name", 0): self = .name
        case ("tries", 0): self = .tries
        case ("probe", 0): self = .probe
        case ("management", 0): self = .management
        case ("unlock", 0): self = .unlock
        case ("void-pin", 0): self = .voidPIN
        case ("set-pin", 0): self = .setPIN
        case ("announce", 1): self = .announce(list[0])
        case ("generate", 1): self = .generate(list[0])
        case ("request", 1): self = .request(list[0])
        case ("certify", 1): self = .certify(list[0])
        case ("write", 1): self = .write(list[0])
        case ("read-back", 1): self = .readBack(list[0])
        case ("prove", 1): self = .prove(list[0])
        case ("activate", 1...): self = .activate(list)
        case ("erase", 1): self = .erase(list[0])
        case ("finish", 0): self = .finish
        default: return nil
        }
    }

    /// The members that the step is about.
    var memberIndices: [Int] {
        switch self {
        case .announce(let index), .generate(let index), .request(let index), .certify(let index), .write(let index),
            .readBack(let index), .prove(let index), .erase(let index):
            [index]
        case .activate(let list): list
        default: []
        }
    }
}

internal import AgentProtocol
internal import Cryptography
internal import Groundwork

/// The stored form of a card model, inside a plan: the plan goes on with what its card could do when it began. Both
/// forms of a plan have the same one; the names are those of `Policies/card-models.yaml`.
extension CardModel {
    var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "name": .string(name), "title": ["zh": .string(title.zh), "en": .string(title.en)],
            "recognise": recognise.stored, "families": .array(families.map { .string($0.storedName) }),
            "places": .array(slots.map(\.stored)), "attests": .bool(attests),
            "attestationRoots": .array(attestationRoots.map { .string($0) }), "factoryTries": factoryTries.stored,
            "objectLimit": .integer(Int64(objectLimit)), "management": .string(management.storedName),
            "factory": [
                "management": .string(factory.management), "unlock": .string(factory.unlock),
                "pin": .string(factory.pin),
            ],
        ]
        members["stockedTries"] = stockedTries?.stored
        return .object(members)
    }

    init(stored read: StoredPlanReader) throws(Refusal) {
        let title = try read.object("title")
        let factory = try read.object("factory")
        var families: [AlgorithmFamily] = []
        for family in try read.list("families") { families.append(try Self.family(family)) }
        var slots: [Places] = []
        for slot in try read.list("places") { slots.append(try Places(stored: StoredPlanReader(slot, "places"))) }
        var roots: [String] = []
        for root in try read.list("attestationRoots") {
            guard let root = root.string else { throw StoredPlanReader.malformed("attestationRoots") }
            roots.append(root)
        }
        self.init(
            name: try read.text("name"), title: LocalisedText(zh: try title.text("zh"), en: try title.text("en")),
            recognise: try Recognition(stored: read.object("recognise")), families: families, slots: slots,
            attests: try read.flag("attests"), attestationRoots: roots,
            factoryTries: try TryCounts(stored: read.object("factoryTries")),
            stockedTries: read.has("stockedTries") ? try TryCounts(stored: read.object("stockedTries")) : nil,
            objectLimit: try read.number("objectLimit"),
            management: try read.value("management", SecretCipher.init(storedName:)),
            factory: FactorySecrets(
                management: try factory.text("management"), unlock: try factory.text("unlock"),
                pin: try factory.text("pin")))
    }

    fileprivate static func family(_ json: CanonicalJSON) throws(Refusal) -> AlgorithmFamily {
        guard let family = json.string.flatMap(AlgorithmFamily.init(storedName:)) else {
            throw StoredPlanReader.malformed("families")
        }
        return family
    }
}

extension CardModel.Recognition {
    fileprivate var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [:]
        members["answerToResetContains"] = answerToResetContains.map { .string($0) }
        members["versionPrefix"] = versionPrefix.map { .string($0) }
        members["serialPrefix"] = serialPrefix.map { .string($0) }
        members["management"] = management.map { .string($0.storedName) }
        return .object(members)
    }

    fileprivate init(stored read: StoredPlanReader) throws(Refusal) {
        self.init(
            answerToResetContains: try read.optionalText("answerToResetContains"),
            versionPrefix: try read.optionalText("versionPrefix"), serialPrefix: try read.optionalText("serialPrefix"),
            management: read.has("management")
                ? try read.value("management", SecretCipher.init(storedName:)) : nil)
    }
}

extension CardModel.Places {
    fileprivate var stored: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "purpose": .string(purpose.storedName), "families": .array(families.map { .string($0.storedName) }),
            "primary": .string(primary.rawValue),
        ]
        members["spare"] = spare.map { .string($0.rawValue) }
        return .object(members)
    }

    fileprivate init(stored read: StoredPlanReader) throws(Refusal) {
        var families: [AlgorithmFamily] = []
        for family in try read.list("families") { families.append(try CardModel.family(family)) }
        self.init(
            purpose: try read.value("purpose", KeyPurpose.init(storedName:)), families: families,
            primary: KeySlot(try read.text("primary")), spare: try read.optionalText("spare").map { KeySlot($0) })
    }
}

extension CardModel.TryCounts {
    fileprivate var stored: CanonicalJSON { ["pin": .integer(Int64(pin)), "unlock": .integer(Int64(unlock))] }

    fileprivate init(stored read: StoredPlanReader) throws(Refusal) {
        self.init(pin: try read.number("pin"), unlock: try read.number("unlock"))
    }
}

extension SecretCipher {
    fileprivate var storedName: String {
        switch self {
        case .tripleDES: "3des"
        case .aes128: "aes128"
        case .aes192: "aes192"
        case .aes256: "aes256"
        }
    }

    fileprivate init?(storedName: String) {
        guard let cipher = Self.allCases.first(where: { $0.storedName == storedName }) else { return nil }
        self = cipher
    }
}

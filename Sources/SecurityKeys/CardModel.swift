package import AgentProtocol
package import Cryptography
package import Groundwork

/// What one model of card can do and where it keeps keys: data, from `Policies/card-models.yaml`.
package struct CardModel: Codable, Hashable, Sendable {
    package var name: String
    package var title: LocalisedText
    package var recognise: Recognition
    package var families: [AlgorithmFamily]
    package var slots: [Places]
    /// Whether the card makes attestations for keys that it generated.
    package var attests: Bool
    /// The files in `Policies/attestation-roots` (DER) that its attestations may end in.
    package var attestationRoots: [String]
    /// Tries that PIN and unlock secret have from the factory.
    package var factoryTries: TryCounts
    /// Tries that stock-in sets; absent where the card cannot.
    package var stockedTries: TryCounts?
    /// The largest certificate object, in bytes.
    package var objectLimit: Int
    package var management: SecretCipher
    /// Published by the maker, so no secrets: what a blank card knows.
    package var factory: FactorySecrets

    /// The names in `Policies/card-models.yaml`.
    private enum CodingKeys: String, CodingKey {
        case name, title, recognise, families
        case slots = "places"
        case attests, attestationRoots, factoryTries, stockedTries, objectLimit, management, factory
    }

    /// What a card says of itself that tells its model; everything that is present must hold.
    package struct Recognition: Codable, Hashable, Sendable {
        /// Hexadecimal text that the answer to reset contains.
        package var answerToResetContains: String?
        /// The version begins with this text.
        package var versionPrefix: String?
        /// Hexadecimal text that the serial number begins with.
        package var serialPrefix: String?
        /// The cipher of the management secret as the card's metadata state it: never guessed from a version.
        package var management: SecretCipher?

        package init(
            answerToResetContains: String? = nil, versionPrefix: String? = nil, serialPrefix: String? = nil,
            management: SecretCipher? = nil
        ) {
            self.management = management
            self.answerToResetContains = answerToResetContains
            self.versionPrefix = versionPrefix
            self.serialPrefix = serialPrefix
        }
    }

    /// Where one purpose's key of some families lives, and where its successor is made meanwhile.
    package struct Places: Codable, Hashable, Sendable {
        package var purpose: KeyPurpose
        package var families: [AlgorithmFamily]
        package var primary: KeySlot
        package var spare: KeySlot?

        package init(purpose: KeyPurpose, families: [AlgorithmFamily], primary: KeySlot, spare: KeySlot?) {
            self.purpose = purpose
            self.families = families
            self.primary = primary
            self.spare = spare
        }
    }

    package struct TryCounts: Codable, Hashable, Sendable {
        package var pin: Int
        package var unlock: Int

        package init(pin: Int, unlock: Int) {
            self.pin = pin
            self.unlock = unlock
        }
    }

    package struct FactorySecrets: Codable, Hashable, Sendable {
        /// Hexadecimal.
        package var management: String
        /// Text of at most eight characters.
        package var unlock: String
        package var pin: String

        package init(management: String, unlock: String, pin: String) {
            self.management = management
            self.unlock = unlock
            self.pin = pin
        }
    }

    package func slots(for purpose: KeyPurpose, _ family: AlgorithmFamily) -> Places? {
        slots.first { $0.purpose == purpose && $0.families.contains(family) }
    }

    /// Whether the facts that a card states are this model's.
    package func recognises(_ facts: MediumFacts) -> Bool {
        if let part = recognise.answerToResetContains, !Hex.encode(facts.atr).contains(part) { return false }
        if let prefix = recognise.versionPrefix, facts.version?.hasPrefix(prefix) != true { return false }
        if let prefix = recognise.serialPrefix, !Hex.encode(facts.serial ?? []).hasPrefix(prefix) { return false }
        if let cipher = recognise.management, facts.managementAlgorithm != cipher { return false }
        return true
    }

    /// Whether every purpose of the family has a spare place, so that a renewal can be staged.
    package func canStage(_ family: AlgorithmFamily, purposes: [KeyPurpose]) -> Bool {
        purposes.allSatisfy { slots(for: $0, family)?.spare != nil }
    }
}

/// The models that the authority accepts, in the order in which they are tried.
package struct CardModels: Codable, Hashable, Sendable {
    package var models: [CardModel]

    package init(models: [CardModel]) { self.models = models }

    /// - Throws: what ``Groundwork/StrictYAML`` throws, and `security-keys.bad-card-model`.
    package init(yaml: String, file: String = "card-models.yaml") throws(Refusal) {
        self = try StrictYAML.decode(CardModels.self, from: yaml, file: file)
        try check()
    }

    package init(path: String) throws(Refusal) {
        self = try StrictYAML.decode(CardModels.self, at: path)
        try check()
    }

    package subscript(name: String) -> CardModel? { models.first { $0.name == name } }

    /// The first model that recognises the card.
    package func model(of facts: MediumFacts) -> CardModel? { models.first { $0.recognises(facts) } }

    private func check() throws(Refusal) {
        func bad(_ model: CardModel, _ what: String) -> Refusal {
            Refusal(SecurityKeysRefusal.badCardModel, facts: ["model": model.name, "what": what])
        }
        var names = Set<String>()
        for model in models {
            guard names.insert(model.name).inserted else { throw bad(model, "name") }
            guard Hex.decode(model.factory.management)?.count == model.management.keyLength else {
                throw bad(model, "factory.management")
            }
            guard model.objectLimit >= 1024 else { throw bad(model, "objectLimit") }
            for family in model.families {
                let all = model.slots.filter { $0.families.contains(family) }.flatMap { [$0.primary, $0.spare] }
                    .compactMap(\.self)
                guard Set(all).count == all.count else { throw bad(model, "places.\(family.rawValue)") }
            }
        }
    }
}

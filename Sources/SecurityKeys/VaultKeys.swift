package import Cryptography
package import Groundwork

/// The authority's keys for card secrets, opened: master keys that management secrets are derived from, by version, and
/// wrapping keys for envelopes, by id. They never leave the server; masters may be in a token and stay there.
package final class VaultKeys: Sendable {
    let masters: [Int: MasterKey]
    let wrapping: [String: HeldKey]
    /// The newest master's version: what cards are moved to.
    package let masterVersion: Int
    /// The wrapping key that new envelopes use.
    package let wrappingKey: String
    /// What the file's key is derived with besides the passphrase, where masters are in a token.
    let sealing: TokenSecret?

    /// One key of 32 bytes; a class, because a dictionary cannot own what cannot be copied.
    final class HeldKey: Sendable {
        let secret: SecretBytes
        init(_ secret: consuming SecretBytes) { self.secret = secret }
    }

    /// A master: in this process's memory, or in a token that derives from it.
    enum MasterKey: Sendable {
        case held(HeldKey)
        case token(TokenSecret)

        /// SP 800-108 in counter mode with AES-CMAC: the same key gives the same, wherever it is.
        func derive(label: [UInt8], context: [UInt8], bits: Int) async throws(Refusal) -> SecretBytes {
            switch self {
            case .held(let key):
                try KeyDerivation.counterCMAC(master: key.secret, label: label, context: context, bits: bits)
            case .token(let secret): try await secret.counterCMAC(label: label, context: context, bits: bits)
            }
        }
    }

    init(
        masters: [Int: MasterKey], wrapping: [String: HeldKey], masterVersion: Int, wrappingKey: String,
        sealing: TokenSecret?
    ) {
        self.masters = masters
        self.wrapping = wrapping
        self.masterVersion = masterVersion
        self.wrappingKey = wrappingKey
        self.sealing = sealing
    }

    /// Where the masters are: for `yzt doctor`.
    package var isInToken: Bool { sealing != nil }

    /// New keys: master version 1 and one wrapping key.
    package static func generate(in surroundings: Surroundings) -> VaultKeys {
        let id = newIdentifier(in: surroundings)
        return VaultKeys(
            masters: [1: .held(freshKey(in: surroundings))], wrapping: [id: freshKey(in: surroundings)],
            masterVersion: 1, wrappingKey: id, sealing: nil)
    }

    /// New keys with master version 1 in the token, which derives from it and never shows it, and with a key of the
    /// token's that the file is sealed with besides its passphrase. What an interrupted call made is used.
    package static func generate(in surroundings: Surroundings, token: Token) async throws(Refusal) -> VaultKeys {
        let id = newIdentifier(in: surroundings)
        return VaultKeys(
            masters: [1: .token(try await tokenKey(masterName(1), in: token))],
            wrapping: [id: freshKey(in: surroundings)], masterVersion: 1, wrappingKey: id,
            sealing: try await tokenKey(sealingName, in: token))
    }

    /// The same keys with a newer master: each card moves to it in its next plan.
    package func addingMaster(in surroundings: Surroundings) -> VaultKeys {
        adding(.held(Self.freshKey(in: surroundings)), sealing: sealing)
    }

    /// The same, with the newer master made in the token. Cards move away from one in memory so.
    package func addingMaster(in token: Token) async throws(Refusal) -> VaultKeys {
        let master = MasterKey.token(try await Self.tokenKey(Self.masterName(masterVersion + 1), in: token))
        if let sealing { return adding(master, sealing: sealing) }
        return adding(master, sealing: try await Self.tokenKey(Self.sealingName, in: token))
    }

    private func adding(_ master: MasterKey, sealing: TokenSecret?) -> VaultKeys {
        var masters = masters
        masters[masterVersion + 1] = master
        return VaultKeys(
            masters: masters, wrapping: wrapping, masterVersion: masterVersion + 1, wrappingKey: wrappingKey,
            sealing: sealing)
    }

    /// The same keys with a newer wrapping key; ``VaultRewrap`` moves the envelopes to it.
    package func addingWrappingKey(in surroundings: Surroundings) -> VaultKeys {
        addingWrappingKey(Self.newIdentifier(in: surroundings), in: surroundings)
    }

    static func newIdentifier(in surroundings: Surroundings) -> String { Hex.encode(surroundings.randomBytes(8)) }

    /// The same under an identifier that was chosen before.
    func addingWrappingKey(_ id: String, in surroundings: Surroundings) -> VaultKeys {
        var wrapping = wrapping
        wrapping[id] = Self.freshKey(in: surroundings)
        return VaultKeys(
            masters: masters, wrapping: wrapping, masterVersion: masterVersion, wrappingKey: id, sealing: sealing)
    }

    static let sealingName = "escrow-file"
    static func masterName(_ version: Int) -> String { "escrow-master-\(version)" }

    private static func tokenKey(_ name: String, in token: Token) async throws(Refusal) -> TokenSecret {
        if let key = try await token.secret(name) { return key }
        return try await token.generateSecret(name)
    }

    private static func freshKey(in surroundings: Surroundings) -> HeldKey {
        var bytes = surroundings.randomBytes(32)
        return HeldKey(SecretBytes(wiping: &bytes))
    }
}

package import Audit
package import Cryptography
package import Groundwork
package import KeyCustody
internal import Logging
internal import Registration
package import Storage

extension ServiceConfiguration {
    /// Where the authority's private keys are: section `keys`; absent, they are in encrypted files.
    package struct Keys: Codable, Sendable {
        /// Encrypted files, or a PKCS #11 token.
        package enum Custody: String, Codable, Sendable { case files, token }

        package var custody: Custody
        /// The token maker's PKCS #11 module, an absolute path.
        package var module: String?
        /// The token's label.
        package var token: String?
        /// File with the user PIN.
        package var pin: String?
        /// How many signatures may be under way at once, from 1 to 64.
        package var sessions: Int?
        /// New private keys want the PIN for every signature (CKA_ALWAYS_AUTHENTICATE). The service gives it each time.
        package var pinEachTime: Bool?
        /// `token`: the escrow's master key is there too. Chosen at init, for ever.
        package var vault: Custody?
        /// The maker's mechanism numbers for SM2, for which PKCS #11 has none.
        package var sm2: Token.SM2Mechanisms?

        /// The words of the configuration file.
        private enum CodingKeys: String, CodingKey {
            case custody, module, token, pin, sessions, pinEachTime, sm2
            case vault = "escrow"
        }

        package init(
            custody: Custody, module: String? = nil, token: String? = nil, pin: String? = nil, sessions: Int? = nil,
            pinEachTime: Bool? = nil, vault: Custody? = nil, sm2: Token.SM2Mechanisms? = nil
        ) {
            self.custody = custody
            self.module = module
            self.token = token
            self.pin = pin
            self.sessions = sessions
            self.pinEachTime = pinEachTime
            self.vault = vault
            self.sm2 = sm2
        }

        static let files = Keys(custody: .files)
    }

    /// The section, or encrypted files where it is absent.
    package var keysOrDefault: Keys { keys ?? .files }
}

/// The authority's keys in their place, and the token if it is one.
package struct OpenedCustody: Sendable {
    package let keys: any SigningKeys
    package let token: Token?

    /// - Throws: `command.bad-argument` for a member that is missing or wrong, the secret file's and the token's
    /// refusals.
    package static func open(
        _ configuration: ServiceConfiguration, opening: EncryptedKeyFiles.Opening = .atOnce, database: Database,
        audit: AuditLog, surroundings: Surroundings
    ) throws -> OpenedCustody {
        let keys = configuration.keysOrDefault
        let directory = configuration.data + "/keys"
        guard keys.custody == .token else {
            guard keys.vault != .token else { throw wrong("keys.escrow") }
            return OpenedCustody(
                keys: JournalledKeys(
                    EncryptedKeyFiles(
                        directory: directory, passphrase: try SecretFile.read(configuration.secrets.keys),
                        opening: opening), directory: directory, surroundings: surroundings), token: nil)
        }
        guard let module = keys.module, module.hasPrefix("/") else { throw wrong("keys.module") }
        guard let label = keys.token, (1...32).contains(label.utf8.count) else { throw wrong("keys.token") }
        guard let pin = keys.pin else { throw wrong("keys.pin") }
        let sessions = keys.sessions ?? 4
        guard (1...64).contains(sessions) else { throw wrong("keys.sessions") }
        let token = Token(
            Token.Access(label: label, sessions: sessions, sm2: keys.sm2, pinEachTime: keys.pinEachTime ?? false),
            pin: try SecretFile.read(pin),
            cryptoki: try CryptokiModule.load(module), surroundings: surroundings)
        let alarm = CustodyAlarm(place: "token \(label)", database: database, audit: audit, listener: log)
        return OpenedCustody(
            keys: JournalledKeys(
                TokenBesideFiles(
                    token: TokenKeys(token: token, alarm: alarm),
                    files: EncryptedKeyFiles(
                        directory: directory, passphrase: try SecretFile.read(configuration.secrets.keys),
                        opening: opening)),
                directory: directory, surroundings: surroundings),
            token: token)
    }

    private static func wrong(_ key: String) -> Refusal {
        Refusal(RegistrationRefusal.badArgument, facts: ["argument": key])
    }

    /// What an operator's log says, once for each change.
    private static func log(_ change: CustodyAlarm.Change) {
        let logger = Logger(label: "yzt.keys")
        switch change {
        case .failed(let refusal): logger.error("the token failed", metadata: ["refusal": "\(refusal)"])
        case .recovered: logger.notice("the token is back")
        }
    }
}

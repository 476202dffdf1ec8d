package import Cryptography
internal import Groundwork

/// Keys in a PKCS #11 token. When it fails, what needs a key refuses and an alarm is raised; when it is back, work goes
/// on with the next request.
package struct TokenKeys: SigningKeys {
    private let token: Token
    private let alarm: CustodyAlarm

    package init(token: Token, alarm: CustodyAlarm) {
        self.token = token
        self.alarm = alarm
    }

    package func contains(_ name: String) async throws -> Bool {
        try await alarm.watching { try await token.contains(name) }
    }

    package func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        WatchedSigner(signer: try await alarm.watching { try await token.generate(name, family: family) }, alarm: alarm)
    }

    package func signer(_ name: String) async throws -> any Signer {
        guard let signer = try await alarm.watching({ try await token.signer(name) }) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": name])
        }
        return WatchedSigner(signer: signer, alarm: alarm)
    }

    package func signer(_ name: String, of publicKey: PublicKey) async throws -> any Signer {
        do {
            let signer = try await signer(name)
            guard signer.publicKey == publicKey else {
                throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": name])
            }
            return signer
        } catch let refusal as Refusal where TokenKeys.isAway(refusal) {
            guard let family = publicKey.family else { throw refusal }
            return AwaitedSigner(name, publicKey: publicKey, family: family) { try await signer(name) }
        }
    }

    /// Whether the token may be back later by itself. A refused PIN is not of that kind: an operator must look.
    static func isAway(_ refusal: Refusal) -> Bool {
        refusal.isBecause(CryptographyRefusal.tokenMissing) || refusal.isBecause(CryptographyRefusal.tokenUnavailable)
    }

    package var report: CustodyReport {
        CustodyReport(place: "token \(token.access.label)", failure: token.failure, refused: alarm.refused)
    }

    package func check() async throws { try await alarm.watching(isLook: true) { try await token.check() } }
}

/// A token's signer whose failures raise the alarm and whose successes end it.
private struct WatchedSigner: Signer {
    let signer: TokenSigner
    let alarm: CustodyAlarm

    var algorithm: SignatureAlgorithm { signer.algorithm }
    var publicKey: PublicKey { signer.publicKey }
    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        try await alarm.watching { try await signer.sign(message) }
    }
}

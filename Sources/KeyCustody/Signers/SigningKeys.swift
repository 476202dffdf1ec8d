package import Cryptography
package import Groundwork

/// Where the authority's private keys are kept, by name: encrypted files, or a PKCS #11 token.
///
/// A key is made where it is kept, and only what signs with it comes out.
package protocol SigningKeys: Sendable {
    func contains(_ name: String) async throws -> Bool
    /// Makes a new key; refuses a name that is taken.
    func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer
    /// - Throws: `certificate-authority.no-signer` where there is no key of this name.
    func signer(_ name: String) async throws -> any Signer
    /// The same for a key whose public half a certificate names. Where the keys' place is away at the moment, a signer
    /// that looks for its key when it is asked for a signature.
    func signer(_ name: String, of publicKey: PublicKey) async throws -> any Signer
    /// How the keys' place is doing, without asking it.
    var report: CustodyReport { get }
    /// Asks the place whether it works: finds a failure before anybody needs a signature, and its end.
    func check() async throws
}

/// How the keys' place is doing.
package struct CustodyReport: Sendable {
    /// `files`, or `token` with its label.
    package let place: String
    /// Why nothing can be signed now; `nil` while it can.
    package let failure: Refusal?
    /// How many signatures were refused since the start because the place failed.
    package let refused: Int

    package init(place: String, failure: Refusal? = nil, refused: Int = 0) {
        self.place = place
        self.failure = failure
        self.refused = refused
    }
}

extension SigningKeys {
    package var report: CustodyReport { CustodyReport(place: "files") }
    package func check() async throws {}

    package func signer(_ name: String, of publicKey: PublicKey) async throws -> any Signer {
        let signer = try await signer(name)
        guard signer.publicKey == publicKey else {
            throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": name])
        }
        return signer
    }

    /// Several at once: opening one may take a quarter of a second (a file) or a conversation (a token).
    package func signers(_ keys: [String: PublicKey]) async throws -> [String: any Signer] {
        try await withThrowingTaskGroup(of: (String, any Signer).self) { group in
            for (name, key) in keys { group.addTask { (name, try await signer(name, of: key)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

package import Cryptography
internal import Groundwork

/// No keys at all: a node that answers from a copy of the store.
package struct AbsentKeys: SigningKeys {
    package init() {}

    package func contains(_ name: String) -> Bool { false }
    package func generate(_ name: String, family: AlgorithmFamily) throws -> any Signer { throw absent(name) }
    package func signer(_ name: String) throws -> any Signer { throw absent(name) }
    package var report: CustodyReport { CustodyReport(place: "elsewhere") }

    private func absent(_ name: String) -> Refusal {
        Refusal(KeyCustodyRefusal.noSigner, facts: ["key": name])
    }
}

/// Stands for a key that is elsewhere: what it was to sign is refused.
package struct AbsentSigner: Signer {
    package let publicKey: PublicKey
    package let name: String

    package var algorithm: SignatureAlgorithm { publicKey.family?.signatureAlgorithm ?? .ecdsaWithSHA256 }

    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": name])
    }
}

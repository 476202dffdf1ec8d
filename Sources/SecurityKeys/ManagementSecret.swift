package import AgentProtocol
internal import Cryptography
package import Groundwork

/// A card's management secret, derived and never stored: SP 800-108 in counter mode with AES-CMAC over master version,
/// model, medium number and algorithm.
package enum ManagementSecret {
    package static let label = "YZT-MANAGEMENT-1"

    package static func derive(
        from keys: VaultKeys, version: Int, model: String, medium: MediumNumber, cipher: SecretCipher
    ) async throws(Refusal) -> SecretBytes {
        guard let master = keys.masters[version] else {
            throw Refusal(SecurityKeysRefusal.secretMissing, detail: "master version \(version)")
        }
        // The last byte counts up until the key is none of DES's weak ones (SP 800-67, 3.3.2).
        for round in UInt8(0)...255 {
            let context = context(version: version, model: model, medium: medium, cipher: cipher, round: round)
            let key = try await master.derive(
                label: Array(label.utf8), context: context, bits: cipher.keyLength * 8)
            guard cipher == .tripleDES else { return key }
            let odd = DESKey.withParity(key)
            if !DESKey.isWeak(odd) { return odd }
        }
        throw Refusal(SecurityKeysRefusal.secretMissing, detail: "no strong key was derived")
    }

    private static func context(
        version: Int, model: String, medium: MediumNumber, cipher: SecretCipher, round: UInt8
    ) -> [UInt8] {
        func field(_ bytes: [UInt8]) -> [UInt8] { [UInt8(truncatingIfNeeded: bytes.count)] + bytes }
        return field((0..<4).map { UInt8(truncatingIfNeeded: version >> (24 - 8 * $0)) }) + field(Array(model.utf8))
            + field(medium.bytes) + field(Array(cipher.rawValue.utf8)) + [round]
    }
}

import Cryptography
import Groundwork
import OtherPrograms
import PIV
import Synchronization
import VirtualKey

/// RSA keys made once for each test run: making one takes longer than all else that a test does.
enum RSAPool {
    private static let keys = Mutex<(made: [PrivateKey], next: Int)>(([], 0))

    static func next() throws -> PrivateKey {
        try keys.withLock { pool in
            if pool.made.count < 3 { pool.made.append(try PrivateKey.generate(.rsa2048)) }
            pool.next += 1
            return pool.made[pool.next % pool.made.count]
        }
    }

    static let source: VirtualCard.KeySource = { family in
        family == .rsa2048 ? try RSAPool.next() : try PrivateKey.generate(family)
    }
}

/// A card in memory and what talks to it.
struct Bench {
    let transport: VirtualCardTransport
    let card: PIVCard

    init(
        _ options: VirtualCardOptions = VirtualCardOptions(), attestation: VirtualAttestation? = nil,
        vanishing: VirtualCardTransport.Vanishing? = nil,
        lengthCoding: CommandAPDU.LengthCoding = .chained,
        randomBytes: @escaping @Sendable (Int) -> [UInt8] = Surroundings.real.randomBytes
    ) {
        transport = VirtualCardTransport(
            VirtualCard(
                state: VirtualCardState(factoryFresh: options), randomBytes: randomBytes,
                makeKey: RSAPool.source, attestation: attestation), vanishing: vanishing)
        card = PIVCard(transport, lengthCoding: lengthCoding)
    }

    /// Selected, and the factory's management key proved.
    func opened(_ algorithm: ManagementAlgorithm = .tripleDES) async throws -> PIVCard {
        try await card.select()
        try await card.authenticateManagement(factoryKey(algorithm), algorithm: algorithm)
        return card
    }
}

func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }
func factoryKey(_ algorithm: ManagementAlgorithm = .tripleDES) -> SecretBytes {
    SecretBytes(copying: VirtualCardState.factoryManagementKey(algorithm))
}

import ArgumentParser
import Foundation
import Groundwork
import SmartCards
import VirtualKey

/// A USB key without hardware: connects to a virtual reader (vpcd) and answers as a PIV card does.
@main
struct VirtualKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "virtual-key",
        abstract: "A virtual PIV key for evaluation and tests. Its private keys lie in a file: it protects nothing.",
        discussion: """
            Start a reader service with Tools/private-pcscd, then

                virtual-key --state card.plist --port 35963

            puts the card into the reader, and ending the program pulls it out. The file is the card: the same file \
            in another reader is the same card. --vanish-before and --vanish-after pull it out at a chosen command.
            """)

    @Option(help: "The file that is the card; made factory-fresh if missing.")
    var state: String
    @Option(help: "The virtual reader's port.")
    var port: Int = 35_963
    @Option(help: "The virtual reader's address (IPv4).")
    var host: String = "127.0.0.1"
    @Option(help: "The maker's file that attests keys; made if missing. Without it the card cannot attest.")
    var attestation: String?
    @Option(help: "Tries of PIN and PUK of a fresh card.")
    var tries: Int = 3
    @Option(
        help: "What a fresh card lacks: \(VirtualCardOptions.Lack.allCases.map(\.rawValue).joined(separator: ", ")).")
    var without: [String] = []
    @Option(help: "A fresh card's management key: 3des, aes128, aes192, aes256.")
    var managementKey: String = "3des"
    @Option(help: "A fresh card's longest data object, in bytes.")
    var objectLimit: Int = 3_072
    @Option(help: "A fresh card's serial number.")
    var serial: UInt32 = 1
    @Option(
        help:
            "Answers like a broken card: \(VirtualCardOptions.Misbehaviour.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var misbehaving: String?
    @Option(help: "Pull the card out before its n-th command.")
    var vanishBefore: Int?
    @Option(help: "Pull the card out after its n-th command, before the answer.")
    var vanishAfter: Int?
    @Flag(help: "End when the program that started this one ends.")
    var endWithParent = false

    func run() async throws {
        if endWithParent { ProcessHardening.endWithParent() }
        let maker = try await makerOfAttestations()
        let file = VirtualKeyFile(path: state)
        var card = VirtualCard(
            state: try file.load(orMaking: try options()), randomBytes: Surroundings.real.randomBytes,
            attestation: maker)
        print("virtual evaluation key (not hardware): \(state) → \(host):\(port)")
        let connection = try VpcdConnection(host: host, port: port)
        var commands = 0
        while let message = try connection.receive() {
            switch message {
            case .powerOff, .powerOn, .reset: card.reset()
            case .answerToReset: try connection.send(VirtualCard.answerToReset)
            case .command(let frame):
                commands += 1
                if commands == vanishBefore { return }
                let before = card.state
                let answer = card.process(frame)
                if card.state != before { try file.save(card.state) }
                if commands == vanishAfter { return }
                if let answer { try connection.send(answer) }
            }
        }
    }

    private func options() throws -> VirtualCardOptions {
        let lacks = try without.flatMap { $0.split(separator: ",") }.map { word in
            guard let lack = VirtualCardOptions.Lack(rawValue: String(word)) else {
                throw ValidationError("There is nothing called \(word) that a card could lack.")
            }
            return lack
        }
        let algorithms: [String: ManagementAlgorithm] = [
            "3des": .tripleDES, "aes128": .aes128, "aes192": .aes192, "aes256": .aes256,
        ]
        guard let algorithm = algorithms[managementKey] else {
            throw ValidationError("There is no management key called \(managementKey).")
        }
        guard (1...15).contains(tries) else { throw ValidationError("A card has 1 to 15 tries.") }
        let misbehaviour = try misbehaving.map { word in
            guard let misbehaviour = VirtualCardOptions.Misbehaviour(rawValue: word) else {
                throw ValidationError("There is no misbehaviour called \(word).")
            }
            return misbehaviour
        }
        return VirtualCardOptions(
            pinTries: tries, unlockTries: tries, lacks: Set(lacks), managementAlgorithm: algorithm,
            objectLimit: objectLimit, serial: serial, misbehaviour: misbehaviour)
    }

    private func makerOfAttestations() async throws -> VirtualAttestation? {
        guard let attestation else { return nil }
        if let data = FileManager.default.contents(atPath: attestation) {
            return try VirtualAttestation(encoded: CanonicalJSON(parsing: Array(data)), surroundings: .real)
        }
        let maker = try await VirtualAttestation.make(in: .real)
        try VirtualKeyFile.replace(attestation, with: try maker.encoded().bytes)
        return maker
    }
}

import ArgumentParser
import CommandOptions
import Foundation
import Groundwork
import PIV
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
    var state: String?
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
    @Option(help: "A fresh card's firmware version, such as 5.4.3; card models are told by it.")
    var firmware: String = "5.4.3"
    @Option(help: "Make a maker's file for --attestation, and end.")
    var makeAttestation: String?
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
    @OptionGroup var parent: ParentOptions

    func validate() throws {
        guard vanishBefore == nil || vanishAfter == nil else {
            throw ValidationError("A card vanishes before a command or after one, not both.")
        }
        guard [vanishBefore, vanishAfter].allSatisfy({ ($0 ?? 1) >= 1 }) else {
            throw ValidationError("Commands are counted from 1.")
        }
        guard (1...65_535).contains(port) else { throw ValidationError("A port is a number from 1 to 65535.") }
        _ = try options()
    }

    func run() async throws {
        // Ending the program pulls the card out. The file is whole at every moment, so nothing is left to do.
        for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }
        guard parent.begin() else { return }
        do { try await insert() } catch let refusal as Refusal {
            FileHandle.standardError.write(Data("virtual-key: \(refusal)\n".utf8))
            throw ExitCode(refusal.retry == .later ? 75 : 2)
        }
    }

    private func insert() async throws {
        let maker = try await makerOfAttestations(makeAttestation ?? attestation)
        if makeAttestation != nil { return }
        guard let state else { throw ValidationError("--state is missing: the file that is the card.") }
        let file = VirtualKeyFile(path: state)
        let card = VirtualCard(
            state: try file.load(orMaking: try options()), randomBytes: Surroundings.real.randomBytes,
            attestation: maker)
        let vanishing = vanishBefore.map { VirtualCardTransport.Vanishing.before($0) } ?? vanishAfter.map { .after($0) }
        let place = "\(host):\(port)"
        say("virtual evaluation key, not hardware: \(state) → \(place)")
        var session = VirtualReaderSession(card, file: file, vanishing: vanishing) { say("powered by \(place)") }
        while true {
            let connection = try VpcdConnection(host: host, port: port)
            switch try session.run(over: connection) {
            case .pulledOut(let command):
                say("pulled out at command \(command)")
                return
            // The reader service ended or began anew: the card waits for it, for ten seconds.
            case .readerClosed: say("the reader closed \(place)")
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
        let version = firmware.split(separator: ".").compactMap { UInt8($0) }
        guard version.count == 3 else { throw ValidationError("A firmware version has three numbers.") }
        guard (1...15).contains(tries) else { throw ValidationError("A card has 1 to 15 tries.") }
        let misbehaviour = try misbehaving.map { word in
            guard let misbehaviour = VirtualCardOptions.Misbehaviour(rawValue: word) else {
                throw ValidationError("There is no misbehaviour called \(word).")
            }
            return misbehaviour
        }
        return VirtualCardOptions(
            pinTries: tries, unlockTries: tries, lacks: Set(lacks), managementAlgorithm: algorithm,
            objectLimit: objectLimit, serial: serial, version: version, misbehaviour: misbehaviour)
    }

    private func makerOfAttestations(_ attestation: String?) async throws -> VirtualAttestation? {
        guard let attestation else { return nil }
        if let data = FileManager.default.contents(atPath: attestation) {
            return try VirtualAttestation(encoded: CanonicalJSON(parsing: Array(data)), surroundings: .real)
        }
        let maker = try await VirtualAttestation.make(in: .real)
        try VirtualKeyFile.replace(attestation, with: try maker.encoded().bytes)
        return maker
    }
}

/// One line at once, also where the output is a file or a pipe.
private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

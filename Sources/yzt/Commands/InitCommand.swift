import ArgumentParser
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Registration
import Storage
import WebService

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Evaluation: make an authority at once, its root's key in a file or token here.",
        discussion: """
            Copies CA/ and Policies/ of --root into the store with their hash, makes the keys and certificates that \
            CA/<family>.yaml describes, and writes the configuration file. Interrupted, it goes on when called again. \
            --evaluation chooses loopback addresses and free ports and makes the secrets' files; otherwise write the \
            configuration first (see Documentation; evaluation: true) and leave the secrets where it says.

            With --token the keys are made in a PKCS #11 token and never leave it (see Documentation/hardware-keys.md).

            An authority in earnest keeps its root's key away from this machine: see yzt ceremony.

            Next: yzt officer enrol, which gives the first two officers their keys.
            """)

    @Option(help: "The configuration file to write, or to follow if it is there.")
    var configuration: String = ServiceConfiguration.defaultPath
    @Option(help: "The algorithm family: sm2, p256 or rsa2048.")
    var algorithm: AlgorithmFamily = .sm2
    @Option(help: "The folder that holds CA/ and Policies/.")
    var root: String = "."
    @Option(help: "The data directory of an evaluation (default: beside the configuration file).")
    var data: String?
    @Flag(help: "Loopback addresses, free ports, secrets made beside the data.")
    var evaluation = false
    @Option(help: "The label of a PKCS #11 token to make the keys in (default: encrypted files).")
    var token: String?
    @Option(help: "The token maker's PKCS #11 module, an absolute path.")
    var module: String?
    @Option(help: "The file with the token's user PIN.")
    var pin: String?
    @Option(help: "How many signatures the token makes at once.")
    var sessions = 4
    @Flag(help: "The escrow's master key is made in the token too.")
    var escrowInToken = false

    func run() async throws {
        var chosen: ServiceConfiguration
        if FileManager.default.fileExists(atPath: configuration) {
            chosen = try ServiceConfiguration.read(at: configuration)
        } else if evaluation {
            let folder = URL(filePath: configuration).deletingLastPathComponent().path
            chosen = try ServiceConfiguration.evaluation(in: folder, data: data)
        } else {
            throw Refusal(
                InstallationRefusal.notInitialised, detail: "there is no configuration file; see --evaluation",
                facts: ["path": configuration])
        }
        guard chosen.evaluation else { throw Refusal(InstallationRefusal.ceremonyRequired) }
        if let token {
            guard let module, let pin else {
                throw Refusal(
                    RegistrationRefusal.badArgument, detail: "--token", facts: ["argument": "--module, --pin"])
            }
            chosen.keys = ServiceConfiguration.Keys(
                custody: .token, module: module, token: token, pin: pin, sessions: sessions,
                vault: escrowInToken ? .token : .files, sm2: chosen.keys?.sm2)
        }
        let open = try await Initialisation(
            configurationPath: configuration, configuration: chosen, family: algorithm, root: root
        ).run()
        for issuer in open.authority.issuers.issuers {
            Console.say("\(issuer.generation)  \(issuer.certificate.subject)")
        }
        Console.say("keys: \(open.custody.report.place)")
        Console.say(configuration)
        await open.database.close()
    }
}

extension ServiceConfiguration {
    /// An evaluation's configuration: everything in one folder, on loopback.
    static func evaluation(in folder: String, data: String?) throws -> ServiceConfiguration {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let (listen, addresses) = try EvaluationAddresses.choose()
        return ServiceConfiguration(
            data: data ?? folder + "/data", listen: listen, addresses: addresses,
            secrets: Secrets(keys: folder + "/secrets/keys", vault: folder + "/secrets/escrow"),
            readers: Readers(pinEntry: "pinentry"), log: Log(level: "info"), evaluation: true)
    }
}

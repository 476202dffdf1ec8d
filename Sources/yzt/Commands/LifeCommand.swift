import ArgumentParser
import CommandOptions
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration
import WebService

struct LifeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "life", abstract: "Evaluation: a whole life of one entity's key, on virtual keys.",
        discussion: """
            Tools/run calls this with a reader service of its own. It makes a fresh authority in --state, does \
            everything that can happen to a key, leaves what it made in --out, and then (without --once) the service \
            running until SIGINT or SIGTERM.
            """)

    @Option(help: "Where the authority of this run lives; made, and empty before.") var state: String
    @Option(help: "Where what was made is left.") var out: String
    @Option(help: "sm2, p256 or rsa2048.") var algorithm: AlgorithmFamily = .sm2
    @Option(help: "The folder that holds CA/ and Policies/.") var root: String = "."
    @Option(help: "The program virtual-key.") var virtualKey: String
    @Option(help: "The program that makes registry files.") var generator: String
    @Option(help: "The ports of four virtual readers, separated by spaces.") var ports: String
    @Flag(help: "End after the life.") var once = false
    @Option(help: "A reader with a real key in place of the first virtual one. Needs --serial and --erase.")
    var reader: String?
    @Option(help: "The real key's serial number, in decimal digits: no other key is touched.") var serial: UInt32?
    @OptionGroup var parent: ParentOptions
    @Flag(help: "Consent: whatever the real key holds is lost.") var erase = false

    func validate() throws {
        guard reader == nil || (serial != nil && erase) else {
            throw ValidationError("A real key is used only with --reader, --serial and --erase together.")
        }
    }

    func run() async throws {
        guard parent.begin() else { return }
        let ports = ports.split(separator: " ").compactMap { Int($0) }
        guard ports.count >= 4 else { throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--ports"]) }
        let options = Life.Options(
            state: state, out: out, family: algorithm, root: root, virtualKey: virtualKey, generator: generator,
            ports: ports,
            realKey: reader.flatMap { reader in serial.map { Life.RealKey(reader: reader, serial: $0) } })
        let life = Life(options)
        let held = await life.run()
        guard held else {
            life.shutDown()
            throw ExitCode(ExitStatus.failed)
        }
        if once {
            life.shutDown()
            return
        }
        invite(life)
        life.service?.waitUntilExit()
        life.shutDown()
    }

    private func invite(_ life: Life) {
        Console.say(
            """

            服务已在运行 · the service is running. Ctrl-C ends it.
              首页 · first page    \(life.address("public"))/
              状态 · status        \(life.address("status"))   登录 · login \(life.address("login"))   内网 · staff \(life.address("staff"))
            可以试试 · try:
              curl -s \(life.address("login"))/openapi.json
              yzt --help
              yzt key status --configuration \(life.configurationPath)
              ls \(life.options.out)
            """)
    }
}

import Cryptography
import Foundation
import Groundwork

/// One entity's life with its key, from the founding of the authority to the audit of it all: what `Tools/run` shows.
///
/// It goes through the doors that people go through: operators' and officers' acts are `yzt` commands in processes of
/// their own, with named readers and each person's PIN; departments and strangers ask the addresses of a running
/// service; the holder's reader is touched by what a key agent does. Nothing in it calls what a command calls.
final class Life {
    struct Options {
        var state: String
        var out: String
        var family: AlgorithmFamily
        /// The folder with CA/ and Policies/.
        var root: String
        var virtualKey: String
        var generator: String
        var ports: [Int]
        /// A real key in place of the first virtual one.
        var realKey: RealKey?
    }

    /// A key that somebody consented to lose what it holds.
    struct RealKey {
        var reader: String
        var serial: UInt32
    }

    /// What later steps need of earlier ones.
    struct Cast {
        var code = ""
        /// The entity's name, as it stands on its seal.
        var name = ""
        /// Medium numbers, in hexadecimal digits.
        var first = ""
        var second = ""
        /// The seal in use.
        var seal = ""
    }

    let options: Options
    var pins = LifePINs()
    let slots: [VirtualKeySlot]
    let output: LifeFiles
    let client = WebClient()
    let yzt: LifeOperator
    var readers: [String] = []
    var cast = Cast()
    /// The base addresses by the face's name, as the configuration file says.
    var addresses: [String: String] = [:]
    /// The issuers by generation, as the status address gives them.
    var issuers: [String: Certificate] = [:]
    /// What was read of the entity's certificates, by serial number.
    var certificates: [String: Certificate] = [:]
    /// The key that signs the service's statements, once it was looked up.
    var statements: PublicKey?
    var report: LifeReport
    var service: ServiceProcess?

    init(_ options: Options) {
        self.options = options
        slots = options.ports.map { VirtualKeySlot(program: options.virtualKey, port: $0) }
        output = LifeFiles(folder: options.out)
        yzt = LifeOperator(configuration: options.state + "/configuration.yaml")
        report = LifeReport(algorithm: options.family.rawValue)
    }

    var configurationPath: String { yzt.configuration }

    /// Runs every step; one that fails ends the life, for the later ones stand on it.
    func run() async -> Bool {
        Console.say("export YZT_CONFIGURATION=" + LifeOperator.quoted(configurationPath))
        for step in LifeStep.allCases {
            let begun = Surroundings.real.monotonicNanoseconds()
            Console.progress("\(step.name.zh) · \(step.name.en) …")
            var line = LifeReport.Line(step: step, succeeded: true, milliseconds: 0, detail: "")
            do { line.detail = try await perform(step) } catch {
                line.succeeded = false
                line.detail = "\(error)"
            }
            line.milliseconds = Int64((Surroundings.real.monotonicNanoseconds() - begun) / 1_000_000)
            report.lines.append(line)
            Console.endProgress()
            Console.say(Self.shown(line))
            guard line.succeeded else { break }
        }
        do { try output.write(report.json.bytes, "report.json") } catch {
            Console.error("\(error)")
            return false
        }
        return report.everyStepHeld
    }

    private static func shown(_ line: LifeReport.Line) -> String {
        let code = line.step.rawValue.padding(toLength: 15, withPad: " ", startingAt: 0)
        let time = String(line.milliseconds)
        let padding = String(repeating: " ", count: max(0, 6 - time.count))
        let outcome = line.succeeded ? "✓" : "✗"
        return "\(outcome) \(code)\(padding)\(time) ms  \(line.step.name.zh) · \(line.step.name.en)"
            + (line.detail.isEmpty ? "" : "\n                           \(line.detail)")
    }

    private func perform(_ step: LifeStep) async throws -> String {
        switch step {
        case .initialise: try await initialise()
        case .officers: try await enrolOfficers()
        case .registry: try importRegistry()
        case .stockIn: try await stockIn()
        case .enrol: try enrol()
        case .status: try await status()
        case .login: try await login()
        case .loginRefused: try await loginRefused()
        case .seal: try makeSeal()
        case .stamp: try stamp()
        case .pinLocked: try await lockPIN()
        case .unlock: try await unlock()
        case .renew: try await renew()
        case .change: try await change()
        case .suspend: try await suspend()
        case .resume: try await resume()
        case .reissue: try await reissue()
        case .revoke: try await revoke()
        case .recover: try await recover()
        case .audit: try await auditTrail()
        case .auditTampered: try auditTampered()
        }
    }

    func shutDown() {
        service?.stop()
        for slot in slots { slot.remove() }
    }

    func expect(_ condition: Bool, _ what: String) throws {
        guard condition else {
            throw Refusal(CommandRefusal.stepFailed, detail: "expected \(what)", facts: ["step": what])
        }
    }
}

/// Where the life leaves what it made.
struct LifeFiles {
    let folder: String

    func path(_ name: String) -> String { folder + "/" + name }

    /// The same, for a command that writes there.
    func place(for name: String) throws -> String {
        try FileManager.default.createDirectory(
            at: URL(filePath: path(name)).deletingLastPathComponent(), withIntermediateDirectories: true)
        return path(name)
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(filePath: place(for: name)))
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }
}

import AgentProtocol
import Audit
import Authentication
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import Installation
import LegalEntities
import Officers
import PIV
import SecurityKeys

/// One entity's life with its key, from the founding of the authority to the audit of it all: what `Tools/run` shows.
///
/// It does what the commands do, through the same functions, against a service that runs as a process of its own and
/// keys in readers of a real PC/SC service. Nothing in it knows how anything is done inside.
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
        var first: MediumNumber?
        var second: MediumNumber?
        var seal: Seal?
        var evidence: [UInt8] = []
        var held: SignedCheckpoint?
    }

    let options: Options
    let pins = LifePINs()
    let slots: [VirtualKeySlot]
    let output: LifeFiles
    let client = WebClient()
    var readers: [String] = []
    var cast = Cast()
    var report: LifeReport
    var service: ServiceProcess?
    private var opened: OpenInstallation?

    init(_ options: Options) {
        self.options = options
        slots = options.ports.map { VirtualKeySlot(program: options.virtualKey, port: $0) }
        output = LifeFiles(folder: options.out)
        report = LifeReport(algorithm: options.family.rawValue)
    }

    var configurationPath: String { options.state + "/configuration.yaml" }

    var authority: OpenInstallation {
        get throws {
            guard let opened else { throw Refusal(InstallationRefusal.notInitialised, facts: ["path": options.state]) }
            return opened
        }
    }

    func adopt(_ authority: OpenInstallation) { opened = authority }

    /// Runs every step; one that fails ends the life, for the later ones stand on it.
    func run() async -> Bool {
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
        case .registry: try await importRegistry()
        case .stockIn: try await stockIn()
        case .enrol: try await enrol()
        case .status: try await status()
        case .login: try await login()
        case .loginRefused: try await loginRefused()
        case .seal: try await makeSeal()
        case .stamp: try await stamp()
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
        case .auditTampered: try await auditTampered()
        }
    }

    func shutDown() {
        service?.stop()
        for slot in slots { slot.remove() }
    }
}

/// Where the life leaves what it made.
struct LifeFiles {
    let folder: String

    func write(_ bytes: [UInt8], _ path: String) throws {
        let file = URL(filePath: folder + "/" + path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}

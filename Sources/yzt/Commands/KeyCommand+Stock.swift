import AgentProtocol
import ArgumentParser
import CardAgent
import CertificateProfiles
import CertificateRecords
import CreditCodes
import Cryptography
import Groundwork
import Installation
import LegalEntities
import PCSC
import PIV
import Personalisation
import Registration
import SecurityKeys
import Storage

extension KeyCommand {
    struct StockIn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a blank key into stock (入库): its medium number, its own secrets.",
            discussion: """
                Prints the medium number. A card that is not factory-fresh receives SELECT and reads, nothing else.

                --batch and --service-point are part of what the officer signs; the key's certificates carry them, so \
                that a bad delivery or a service point's keys can be found, forecast and revoked together.

                    yzt key stock-in --reader "READER 2" --officer "READER 0" \\
                        --batch 2026-11 --service-point SP-07
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The delivery that the key came with (批次).") var batch: String?
        @Option(help: "The service point that hands it out (服务网点).") var servicePoint: String?

        func run() async throws {
            let stock = try KeyStock(batch: batch, servicePoint: servicePoint)
            let open = try await authority.open()
            let name = try await open.keys.stockIn(
                stock, at: reader.terminal(open, officer, asksHolder: false), by: officer.keys(open))
            Console.endProgress()
            Console.say(name.hex)
            await open.database.close()
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the readers, or what is known of the key in one of them.")
        @OptionGroup var authority: AuthorityOptions
        @Option(help: "The reader; all readers are listed without it.") var reader: String?

        func run() async throws {
            let open = try await authority.open()
            guard let reader else {
                do throws(CardError) {
                    for state in try await open.readers.list() {
                        Console.say("\(state.hasCard ? "●" : "○") \(state.name)")
                    }
                } catch { throw error.refusal }
                return
            }
            let facts = try await open.keys.identify(
                at: Terminal(open.reader(reader, pins: PINEntry(source: .terminal))))
            let serial = facts.serial.map { String($0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) } ?? "?"
            let tries = facts.tries.pin.map(String.init) ?? "?"
            Console.say("版本 version \(facts.version ?? "?")  序列号 serial \(serial)  PIN 剩余 tries \(tries)")
            guard let name = facts.medium else {
                Console.say("无介质编号 · no medium number: a blank key, or a stranger's")
                return
            }
            try await open.show(name)
            await open.database.close()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List an entity's keys: medium number, status, certificates.")
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The unified social credit code.") var code: String

        func run() async throws {
            let written = try CodeArgument.written(code)
            let open = try await authority.open()
            for key in try await open.keys.keys(of: open.registry.code(written.text)) {
                try await open.show(key.medium)
            }
            await open.database.close()
        }
    }

    struct Plans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is unfinished, the oldest first: plans that wait for their key.",
            discussion: "Inserting the key and yzt key recover finishes one; yzt key abandon gives it up.")
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            let plans = try await open.keys.openPlans()
            for plan in plans { Console.say(plan.line) }
            if plans.isEmpty { Console.say("没有未完成的办理 · nothing is unfinished") }
            await open.database.close()
        }
    }
}

extension OpenInstallation {
    /// Prints what is known of a key.
    func show(_ name: MediumNumber) async throws {
        guard let (key, certificates) = try await keys.key(name) else {
            Console.say("\(name.hex) 不属于本机构 · not a key of this authority")
            return
        }
        Console.say(
            "\(name.hex)  \(key.status.title.zh) \(key.status.title.en)  \(key.holder?.shown ?? "")  \(key.model)")
        if let line = CertificateRecord.stockLine(batch: key.stock.batch, servicePoint: key.stock.servicePoint) {
            Console.say(line)
        }
        for record in certificates { Console.say(record.line(at: surroundings.now())) }
        if let plan = try await database.read({ try PlanJournal.open(on: name, in: $0) }) {
            Console.say(
                "  未完成 · unfinished: \(plan.kind.title.zh) \(plan.kind.title.en), at \(plan.stepName); yzt key recover, yzt key abandon"
            )
        }
    }
}

extension CertificateRecord {
    /// One line for people: serial, purpose, state, end of validity.
    func line(at now: Instant) -> String {
        let state = state(at: now)
        return "  \(serialNumber.hex)  \(purpose.rawValue)  \(state.label.zh) \(state.label.en)  → \(notAfter.shown)"
    }

    /// Where a medium came from and whose it is; `nil` where nothing of it is known.
    static func stockLine(batch: String?, servicePoint: String?, district: String? = nil) -> String? {
        let parts = [
            batch.map { "批次 batch \($0)" }, servicePoint.map { "网点 service point \($0)" },
            district.map { "区划 district \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : "    " + parts.joined(separator: "  ")
    }
}

extension SecurityKey.Holder {
    /// The code, or that it is an officer's.
    var shown: String {
        switch self {
        case .entity(let entity): entity.text
        case .officer: "人员 officer"
        }
    }
}

extension PlanJournal.OpenPlan {
    /// One line for people: key, what was begun, where it stands, since when.
    var line: String { "\(medium.hex)  \(kind.title.zh) \(kind.title.en)  \(step)  \(beganAt.shown)" }
}

import AgentProtocol
import ArgumentParser
import CardAgent
import CertificateAuthority
import Cryptography
import Groundwork
import Installation
import Officers
import PCSC
import PIV
import Registration
import SecurityKeys
import Storage

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "A security key's life at a reader of this machine.",
        discussion: """
            Whatever is interrupted — the key pulled out, the machine switched off — is finished by inserting the key \
            again and yzt key recover; every other command does that first by itself.
            """,
        subcommands: [
            StockIn.self, Enrol.self, Status.self, Renew.self, Unlock.self, Reissue.self, Recover.self,
        ])

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
            let name = try await open.keys.stockIn(stock, at: reader.terminal(open, officer), by: officer.keys(open))
            Console.endProgress()
            Console.say(name.hex)
            await open.database.close()
        }
    }

    struct Enrol: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an entity's keys and certificates on a stocked key (申领).",
            discussion: """
                The entity comes from the registry by its code; nothing of it is typed. First the officer's PIN is \
                asked for, then the holder sets their own (twice, by Policies/pin-rules.yaml).

                    yzt key enrol 91310000YY20NEF479 --reader "READER 2" --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The unified social credit code (统一社会信用代码).") var code: String

        func run() async throws {
            let open = try await authority.open()
            _ = try await open.keys.recover(at: reader.terminal(open, officer))
            let name = try await open.keys.enrol(
                code, family: open.family, at: reader.terminal(open, officer), by: officer.keys(open))
            Console.endProgress()
            try await open.show(name)
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
            Console.say("版本 version \(facts.version ?? "?")  PIN 剩余 tries \(facts.tries.pin.map(String.init) ?? "?")")
            guard let name = facts.medium else {
                Console.say("无介质编号 · no medium number: a blank key, or a stranger's")
                return
            }
            try await open.show(name)
            await open.database.close()
        }
    }

    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "New keys and certificates with what the registry says now (更新, 变更).",
            discussion: """
                Staged where the card has spare places: the old certificates work until the new ones have proved \
                themselves. In place otherwise: the holder is told before each old key ends.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Flag(help: "Because the registry's data changed (变更).") var change = false
        @Argument(help: "The unified social credit code.") var code: String

        func run() async throws {
            let open = try await authority.open()
            _ = try await open.keys.recover(at: reader.terminal(open, officer))
            let plan = try await open.keys.renew(
                code, at: reader.terminal(open, officer), because: change ? .changeKey : .renewKey,
                by: officer.keys(open))
            Console.endProgress()
            Console.say("\(plan.kind.title.zh) · \(plan.kind.title.en)")
            try await open.show(plan.medium)
            await open.database.close()
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a new PIN on a locked key with the escrowed secret (解锁).",
            discussion: """
                Takes two officers, requester first. The holder sets a new PIN; the secret that was used is changed.

                    yzt key unlock --reader "READER 2" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            _ = try await open.keys.recover(at: reader.terminal(open, officer))
            let plan = try await open.keys.unlock(at: reader.terminal(open, officer), by: officer.keys(open))
            Console.endProgress()
            Console.say("\(plan.medium.hex) 已解锁 · unlocked")
            await open.database.close()
        }
    }

    struct Reissue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "After a loss: revoke the lost key's certificates and enrol another key (补办).")
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The lost key's medium number.") var lost: String
        @Argument(help: "The unified social credit code.") var code: String

        func run() async throws {
            let open = try await authority.open()
            guard let lost = MediumNumber(hex: lost) else {
                throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--lost \(self.lost)"])
            }
            _ = try await open.keys.recover(at: reader.terminal(open, officer))
            let name = try await open.keys.reissue(
                code, lost: lost, family: open.family, at: reader.terminal(open, officer), by: officer.keys(open))
            Console.endProgress()
            try await open.show(name)
            await open.database.close()
        }
    }

    struct Recover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finish, or roll back, what was interrupted on the inserted key.",
            discussion: """
                Goes on under the order that began it, so no officer is needed. Where the holder's PIN is part of what \
                is left to do, it is asked for: the new one twice, or the one that is set already once.

                A plan makes no try of its own while fewer than three remain, and stops. Whoever has looked at the key \
                and answers for it lets the plan go on, by an order:

                    yzt key recover --reader "READER 2" --last-tries --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Flag(help: "Let the plan use the last tries; takes an officer.") var lastTries = false

        func run() async throws {
            let open = try await authority.open()
            if lastTries {
                try await open.keys.allowLastTries(at: reader.terminal(open, officer), by: officer.keys(open))
            }
            let plan = try await open.keys.recover(at: reader.terminal(open, officer))
            Console.endProgress()
            if let plan {
                Console.say("\(plan.kind.title.zh) \(plan.outcome?.rawValue ?? "?") · \(plan.medium.hex)")
            } else {
                Console.say("没有中断的办理 · nothing was interrupted on this key")
            }
            await open.database.close()
        }
    }
}

extension OpenAuthority {
    /// Prints what is known of a key.
    func show(_ name: MediumNumber) async throws {
        guard let (key, certificates) = try await keys.key(name) else {
            Console.say("\(name.hex) 不属于本机构 · not a key of this authority")
            return
        }
        Console.say("\(name.hex)  \(key.status.title.zh) \(key.status.title.en)  \(key.holder ?? "")  \(key.model)")
        if let line = CertificateRecord.stockLine(batch: key.stock.batch, servicePoint: key.stock.servicePoint) {
            Console.say(line)
        }
        for record in certificates { Console.say(record.line(at: surroundings.now())) }
        if let plan = try await database.read({ try PlanJournal.open(on: name, in: $0) }) {
            Console.say(
                "  未完成 · unfinished: \(plan.kind.title.zh) \(plan.kind.title.en), at \(plan.stepName); yzt key recover")
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

import AgentProtocol
import ArgumentParser
import Groundwork
import Installation
import Personalisation
import Registration
import SecurityKeys
import Storage

extension KeyCommand {
    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a new PIN on a locked key with the escrowed secret (解锁).",
            discussion: """
                Takes two officers, requester first. The holder sets a new PIN; the secret that was used is changed. \
                The old PIN is never asked for. Where something unfinished waits for the PIN, it goes on afterwards.

                    yzt key unlock --reader "READER 2" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            let plan = try await open.keys.unlock(at: reader.terminal(open, officer), by: officer.keys(open))
            Console.endProgress()
            Console.say("\(plan.medium.hex) 已解锁 · unlocked")
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

                What an earlier version of this program began without noting its order stops before its certificates; \
                it goes on when it is ordered once more, by as many officers as the act takes:

                    yzt key recover --reader "READER 2" --order-anew --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Flag(help: "Let the plan use the last tries; takes an officer.") var lastTries = false
        @Flag(help: "Order once more what an earlier version began without noting its order.") var orderAnew = false

        func run() async throws {
            let open = try await authority.open()
            if lastTries {
                try await open.keys.allowLastTries(at: reader.terminal(open, officer), by: officer.keys(open))
            }
            if orderAnew {
                try await open.keys.orderAnew(at: reader.terminal(open, officer), by: officer.keys(open))
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

    struct Abandon: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give up what is unfinished on a key, when it cannot be finished.",
            discussion: """
                Takes two officers, requester first; the key need not be there. While nothing was lost, what was \
                begun is taken back. Otherwise the key's certificates are revoked, and the key is as from stock: it \
                can be enrolled anew, or retired. yzt key plans lists what is unfinished.

                    yzt key abandon 0123456789abcdef0123456789abcdef --reason "name too long" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Why, for the audit.") var reason: String
        @Argument(help: "The medium number.") var medium: MediumArgument

        func run() async throws {
            try await KeyCommand.carryOut(.abandon, on: medium, reason: reason, authority, officer)
        }
    }
}

import AgentProtocol
import ArgumentParser
import CreditCodes
import Cryptography
import Groundwork
import Installation
import LegalEntities
import Personalisation
import Registration
import SecurityKeys
import Storage

extension KeyCommand {
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
            let written = try CodeArgument.written(code)
            let open = try await authority.open()
            let name = try await open.keys.enrol(
                open.registry.code(written.text), family: open.family, at: reader.terminal(open, officer),
                by: officer.keys(open))
            Console.endProgress()
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

                The entity must be the one that holds the key, and its certificates active: suspended ones are resumed \
                first, for revoked or expired ones see yzt key reissue.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Flag(help: "Because the registry's data changed (变更).") var change = false
        @Argument(help: "The unified social credit code.") var code: String

        func run() async throws {
            let written = try CodeArgument.written(code)
            let open = try await authority.open()
            let plan = try await open.keys.renew(
                open.registry.code(written.text), at: reader.terminal(open, officer),
                because: change ? .change : .renewal,
                by: officer.keys(open))
            Console.endProgress()
            Console.say("\(plan.kind.title.zh) · \(plan.kind.title.en)")
            try await open.show(plan.medium)
            await open.database.close()
        }
    }

    struct Reissue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a key's certificates and make the entity's on another key, or on the same one (补办).",
            discussion: """
                Takes two officers, requester first, on one order that names the key, its certificates and the \
                entity. The inserted key comes from stock. With the inserted key itself as --lost, its certificates \
                are revoked and new ones made on it: after a revocation, after they expired, or when the key goes to \
                another entity.

                    yzt key reissue 91310000YY20NEF479 --lost 0123456789abcdef0123456789abcdef \\
                        --reader "READER 2" --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var reader: ReaderOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The lost key's medium number.") var lost: MediumArgument
        @Argument(help: "The unified social credit code.") var code: String

        func run() async throws {
            let written = try CodeArgument.written(code)
            let open = try await authority.open()
            let name = try await open.keys.reissue(
                open.registry.code(written.text), lost: lost.medium, family: open.family,
                at: reader.terminal(open, officer),
                by: officer.keys(open))
            Console.endProgress()
            try await open.show(name)
            await open.database.close()
        }
    }
}

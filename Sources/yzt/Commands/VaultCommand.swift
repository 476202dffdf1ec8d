import ArgumentParser
import Groundwork
import Installation
import Registration
import SecurityKeys
import Storage

struct VaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escrow", abstract: "The escrow of card secrets: its wrapping and master keys.",
        subcommands: [Rewrap.self])

    struct Rewrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal every escrowed secret anew under a new wrapping key (托管换钥).",
            discussion: """
                Two officers order it (Policies/dual-control.yaml). The new key is in keys/escrow.sealed before anything \
                is sealed with it; a running service follows by itself. Interrupted anywhere, the same command finishes \
                what was ordered, without another order. Keys of before stay in the file, for a backup of the store may \
                need them: keep file and store backed up together.

                --new-master also makes the next master key, from which cards' management secrets are derived: in the \
                token where the configuration says keys.escrow: token, else in the file. Each card moves to it in its \
                next plan (renew, change, unlock).

                    yzt escrow rewrap --officer "READER 0" --officer "READER 1" \\
                        --reason "yearly"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Flag(help: "Also make a new master key.") var newMaster = false
        @Option(help: "Why, for the audit.") var reason = "rotation"

        func run() async throws {
            let open = try await authority.open()
            let service = open.vaultRewrap
            if let finished = try await service.carryOut() {
                Console.say("上次未完成的换钥已完成 · finished what was ordered before")
                try report(finished)
            } else {
                let plan = try await service.plan(newMaster: newMaster)
                try await service.begin(
                    plan, by: open.order(service.request(plan, justification: reason), by: officer.keys(open)))
                if let outcome = try await service.carryOut() { try report(outcome) }
            }
            await open.database.close()
        }

        private func report(_ outcome: VaultRewrap.Outcome) throws {
            Console.say("封装密钥 · wrapping key \(outcome.wrappingKey): \(outcome.moved) 个密文 · envelopes")
            if let master = outcome.masterVersion { Console.say("主密钥版本 · master version \(master)") }
            for medium in outcome.unreadable { Console.say("✗ \(medium)") }
            guard outcome.unreadable.isEmpty else {
                throw Refusal(
                    SecurityKeysRefusal.secretUnreadable, detail: "\(outcome.unreadable.count) media, as they were")
            }
        }
    }
}

extension OpenInstallation {
    var vaultRewrap: VaultRewrap {
        VaultRewrap(
            database: database, audit: audit, vault: vault,
            token: configuration.keysOrDefault.vault == .token ? token : nil, surroundings: surroundings)
    }
}

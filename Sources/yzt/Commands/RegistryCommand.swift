import ArgumentParser
import Groundwork
import Installation
import LegalEntities
import Registration
import Storage

struct RegistryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "The registry of legal entities (法人库).",
        subcommands: [Import.self, Show.self, Override.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a registry file; bad lines are reported by number, good ones imported.",
            discussion: """
                Importing the same file again changes nothing. Bad lines do not hold up the good ones: these are taken, \
                and each bad one is told on standard error by its number. Exit status 0 if every line was taken, 1 if one \
                was refused. Tools/make-registry makes files for evaluation.

                    yzt registry import registry.csv --officer "READER"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The file: CSV with a header line, UTF-8.") var file: String
        @Option(help: "Why, for the audit.") var reason = "registry import"

        func run() async throws {
            let open = try await authority.open()
            let report = try await open.registryOrders.importRegistry(file, reason: reason, by: try officer.keys(open))
            Console.say(
                "\(report.lines) lines: \(report.added) added, \(report.changed) changed, \(report.unchanged) unchanged, "
                    + "\(report.bad) bad")
            for line in report.badLines { Console.report(line.refusal) }
            if report.bad > report.badLines.count {
                let more = report.bad - report.badLines.count
                Console.error("另有 \(more) 行未列出 · \(more) more bad lines are not shown")
            }
            await open.database.close()
            guard report.bad == 0 else { throw ExitCode(ExitStatus.refused) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what the registry says of a code.")
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The unified social credit code (统一社会信用代码).") var code: String

        func run() async throws {
            let open = try await authority.open()
            let record = try await open.registry.holder(open.registry.code(code))
            Console.say("\(record.code)  \(record.name)  \(record.type)  \(record.status.label.zh)")
            for former in try await open.registry.formerNames(of: record.code) {
                Console.say("  曾用名 \(former.name)（至 \(former.until.shown)）")
            }
            await open.database.close()
        }
    }

    struct Override: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept a real code whose check digit or prefix does not hold (例外认定).",
            discussion: """
                Some codes that registrars gave out fail their own check digit. Two officers accept one, with a reason; \
                from then on lookups and registry files take it. Wrong length, letters that no code has, lower case and \
                full-width characters cannot be accepted.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The unified social credit code as registered.") var code: String
        @Option(help: "Why, for the audit: the document that was seen.") var reason: String

        func run() async throws {
            let open = try await authority.open()
            let request = try open.registry.request(toOverride: code, reason: reason)
            let accepted = try await open.registry.override(
                code, authorisedBy: open.order(request, by: officer.keys(open)))
            Console.say("\(accepted.code)  \(accepted.reason)  \(accepted.since.shown)")
            await open.database.close()
        }
    }
}

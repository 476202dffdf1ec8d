import ArgumentParser
import CardAgent
import Foundation
import Groundwork
import Installation
import Reconciliation
import Registration
import SecurityKeys
import Storage
import WebService

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Hold signers' journals, the store, what is published, and keys against each other (对账).",
        discussion: """
            Each issuer's key keeps a journal of its own, keys/<name>.signed: a line is on the disk before anything is \
            signed. Signed, stored, published and written on keys must be the same; each difference is named by its \
            serial number. It may run beside the service, and memory does not grow with the number of certificates.

                yzt reconcile                        # everything that is stored
                yzt reconcile --journal root.signed  # with a root's journal, kept offline
                yzt reconcile --served               # with what the status address gives
                yzt reconcile --served --at http://10.0.0.6:8080   # or one node of it
                yzt reconcile --reader "READER 2"    # the key in hand: SELECT and reads
                yzt reconcile --json report.json     # all differences, for programs

            Exit status 0 if nothing differs, 1 otherwise.
            """)
    @OptionGroup var authority: AuthorityOptions
    @Option(help: "Compare the key in this reader with its records, and nothing else.") var reader: String?
    @Option(name: .customLong("journal"), help: "A journal from elsewhere; may be given more than once.")
    var journals: [String] = []
    @Flag(help: "Also fetch every list, and OCSP answers, from the status address.") var served = false
    @Option(help: "Where to fetch them, if not at the status address (http://host:port).") var at: String?
    @Option(help: "Also write the report as JSON to this file.") var json: String?
    @Option(help: "How many differences are printed; all are counted, and in the JSON.") var show: Int = 200

    func run() async throws {
        let open = try await authority.open()
        let report = try ReconciliationReport(json: json, show: show)
        if let reader {
            let terminal = Terminal(open.reader(reader, pins: PINEntry(source: .terminal)))
            for difference in try await open.reconcile(at: terminal) { try report.add(difference) }
            try report.finish(nil)
        } else {
            let summary = try await open.reconciliation(
                journals: journals, served: served ? servedStatus(open.configuration.addresses.status) : nil
            ).run(
                progress: { phase, part in
                    Console.progress("\(phase.title.zh) \(phase.title.en) \(Int(part * 100)) %")
                }, report: { try report.add($0) })
            Console.endProgress()
            // No differences, for records and keys may be a step apart meanwhile; old ones are somebody's to finish.
            let plans = try await open.keys.openPlans()
            if !plans.isEmpty { Console.say("未完成的办理 · unfinished on keys: \(plans.count)") }
            for plan in plans.prefix(show) { Console.say("  \(plan.line)") }
            try report.finish(summary)
        }
        await open.database.close()
        guard report.count == 0 else { throw ExitCode(ExitStatus.refused) }
    }

    private func servedStatus(_ configured: String) -> ServedStatus {
        let (client, address) = (WebClient(), at ?? configured)
        return ServedStatus { path in
            let answer = try await client.get(address + path)
            return ServedStatus.Answer(status: answer.status, body: answer.body)
        }
    }
}

import ArgumentParser
internal import CertificateProfiles
import Foundation
import Groundwork
import Installation
import Reconciliation
import Storage

extension CertificateCommand {
    struct Recheck: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judge everything that was ever signed and stored by the rules of today (复查).",
            discussion: """
                Certificates, revocation lists and OCSP answers, each under the policies that were in force when it was \
                made. Interrupted, the next call goes on where it was. Findings are printed by serial number and rule; \
                what only a rule of later date finds is a notice. Exit status 0 if there is nothing but notices, 1 \
                otherwise, 75 while another process is at it.
                """)
        @OptionGroup var authority: AuthorityOptions
        @Option(help: "Judge only what began on this day (yyyy-mm-dd, UTC) or later.") var since: DayArgument?
        @Flag(help: "Print each finding as a line of JSON.") var json = false

        func run() async throws {
            let open = try await authority.open()
            let recheck = open.authority.recheck()
            let report = try await recheck.run(since: since?.beginning) { progress in
                Console.progress("\(progress.phase.label.zh) · \(progress.phase.label.en)  \(progress.judged)")
            }
            Console.endProgress()
            try await recheck.findings(of: report) { Console.say(json ? $0.json : $0.line) }
            Console.error(
                "已复查 \(report.judged) 项，发现 \(report.found) 项 · judged \(report.judged), found \(report.found)")
            await open.database.close()
            guard report.isClean else { throw ExitCode(ExitStatus.refused) }
        }
    }
}

extension RecheckReport.Finding {
    fileprivate var line: String {
        "\(kind) \(subject)  \(finding.severity)  \(finding.rule)  [\(finding.citation)]  \(finding.text)"
    }

    fileprivate var json: String {
        CanonicalJSON.object([
            "kind": .string(kind), "subject": .string(subject), "severity": .string(finding.severity.rawValue),
            "rule": .string(finding.rule), "citation": .string(finding.citation), "text": .string(finding.text),
        ]).text
    }
}

/// A day as an argument: `2026-11-21`, UTC.
struct DayArgument: ExpressibleByArgument {
    let beginning: Instant

    init?(argument: String) {
        let numbers = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let day = numbers[2],
            let seconds = CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
                .secondsSince1970
        else { return nil }
        beginning = Instant(seconds: seconds)
    }
}

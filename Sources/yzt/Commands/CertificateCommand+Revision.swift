import ArgumentParser
import Groundwork
import Installation
import Registration
import Storage

extension CertificateCommand {
    struct ReviseReason: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revise-reason",
            abstract: "Say anew why a certificate was revoked (吊销原因更正): it stays revoked since the same moment.",
            discussion: """
                For what is learnt afterwards: any reason can become keyCompromise, an unspecified one can be specified, \
                and an invalidity date can be given or put earlier. Lists and answers say it at once. Two officers order it:

                    yzt certificate revise-reason 3f0a… --because keyCompromise \\
                        --invalid-since 2026-11-18T09:00:00+08:00 \\
                        --reason "found with the thief" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The serial number.") var serial: SerialArgument
        @OptionGroup var revocationOptions: RevocationOptions

        func run() async throws {
            let open = try await authority.open()
            let record = try await open.certificateOrders.reviseReason(
                serial.serial, to: revocationOptions.because.reason,
                invalidSince: revocationOptions.invalidSince?.instant,
                justification: revocationOptions.reason, by: officer.keys(open))
            Console.say(record.line(at: open.surroundings.now()))
            await open.database.close()
        }
    }
}

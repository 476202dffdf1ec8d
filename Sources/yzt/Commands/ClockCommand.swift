import ArgumentParser
import Groundwork
import Installation
import Registration
import Storage
import TimeStamping

struct ClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "The machine's clock: whether time stamps may rely on it.",
        discussion: """
            A time stamp is given only while the kernel says that a time server keeps the clock, or an officer gave \
            their word for it, and nobody set it since. Steps are seen against the time since boot, which nobody can set.
            """, subcommands: [Show.self, Trust.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "What the clock shows, what the kernel says about it, and the verdict.",
            discussion: "Exit status 0 if the clock is trusted, 75 otherwise.")
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            let status = try await open.authority.clock.status()
            status.say()
            await open.database.close()
            guard status.verdict.isTrusted else { throw ExitCode(ExitStatus.tryAgain) }
        }
    }

    struct Trust: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an officer's word that the clock is right now.",
            discussion: """
                For a machine without a time server, or after the clock was set. Compare what is shown with a clock \
                that you trust, then sign. The word ends after its hours, with a restart, and when the clock is set.

                    yzt clock trust --hours 8 --reason "compared with 117" --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "For how many hours; the policy's longestWordHours at most.") var hours = 8
        @Option(help: "How it was compared, for the audit.") var reason: String

        func validate() throws {
            guard hours > 0 else { throw ValidationError("--hours 须为 1 或以上 · give one hour or more with --hours") }
        }

        func run() async throws {
            let open = try await authority.open()
            let now = open.surroundings.now()
            Console.say("本机时间 · this machine shows: \(now.shown) (Asia/Shanghai) · \(now.rfc3339)")
            try await open.clockOrders.trust(hours: hours, justification: reason, by: officer.keys(open)).say()
            await open.database.close()
        }
    }
}

extension TrustedClock.Status {
    func say() {
        let error = reading.isSynchronised ? "\(reading.maximumErrorMicroseconds / 1000) ms" : "—"
        Console.say("本机时间 · this machine shows: \(now.shown) (Asia/Shanghai) · \(now.rfc3339)")
        Console.say("内核同步 · kernel: \(reading.isSynchronised ? "synchronised" : "not synchronised"), error ≤ \(error)")
        Console.say(
            "\(verdict.isTrusted ? "可信 · trusted" : "不可信 · not trusted"): \(verdict.text.zh) · \(verdict.text.en)")
    }
}

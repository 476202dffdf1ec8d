import AgentProtocol
import ArgumentParser
import CardAgent
internal import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Officers
import Registration
import Storage

/// An officer as `yzt officer list` names one.
struct OfficerArgument: ExpressibleByArgument {
    let identifier: OfficerIdentifier

    init?(argument: String) {
        guard let identifier = OfficerIdentifier(shown: argument) else { return nil }
        self.identifier = identifier
    }
}

extension OfficerRole: ExpressibleByArgument {}

extension OfficerCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an officer: roles, status, the certificate and when it ends.")
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument

        func run() async throws {
            let open = try await authority.open()
            let shown = try await open.officerOrders.officer(officer.identifier)
            await open.database.close()
            let status = shown.officer.status.label
            Console.say("\(shown.officer.identifier)  \(shown.officer.name)  \(status.zh) \(status.en)")
            for role in shown.officer.roles.sorted() { Console.say("  \(role.label.zh)  \(role.rawValue)") }
            let certificate = shown.officer.certificate
            let state = shown.certificate?.state(at: open.surroundings.now()).label
            Console.say(
                "  证书 certificate: \(certificate.serialNumber.hex)  \(state.map { "\($0.zh) \($0.en)" } ?? "—")")
            Console.say("  有效期 valid: \(certificate.notBefore.shown) → \(certificate.notAfter.shown)")
            if let medium = shown.certificate?.medium { Console.say("  介质 key: \(Hex.encode(medium))") }
        }
    }

    struct Roles: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an officer other roles, on two officers' order (人员角色变更).",
            discussion: """
                The roles given here are all that the officer has from then on.

                    yzt officer roles officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --role reviewer --reason 转岗 \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "A role; give it again for more. See Policies/dual-control.yaml.") var role: [OfficerRole]
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            try await open.officerOrders.changeRoles(
                of: officer.identifier, to: Set(role), reason: reason, by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(Set(role).sorted().map(\.label.zh).joined(separator: "、"))")
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend an officer at once, on one officer's order (人员停用).",
            discussion: """
                The officer orders nothing from then on, and what they signed and was not carried out is void. The \
                certificate stays as it is; where the key is lost, use report-lost.

                    yzt officer suspend officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --reason 休假 --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            try await open.officerOrders.suspend(
                officer.identifier, withCertificate: false, reason: reason, by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(OfficerStatus.suspended.label.zh)")
        }
    }

    struct ReportLost: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report-lost",
            abstract: "An officer's key is lost: officer and certificate are suspended at once (人员介质挂失).",
            discussion: """
                On one officer's order. Found again: yzt officer resume. Gone: yzt officer exchange gives the officer \
                another key, or yzt officer retire ends it; both take two officers and revoke the certificate.

                    yzt officer report-lost officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --reason 遗失 --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            try await open.officerOrders.suspend(
                officer.identifier, withCertificate: true, reason: reason, by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(OfficerStatus.suspended.label.zh)，证书冻结 · certificate suspended")
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a suspended officer order again, on two officers' order (人员恢复).",
            discussion: """
                A certificate that was suspended with the officer is resumed in the same transaction.

                    yzt officer resume officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --reason 返岗 \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            try await open.officerOrders.resume(officer.identifier, reason: reason, by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(OfficerStatus.active.label.zh)")
        }
    }

    struct Exchange: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Another key and certificate for an officer, on two officers' order (人员证书更换).",
            discussion: """
                Before a certificate ends, or after a key was lost. The officer's new key, blank or from stock, is in \
                --key; two officers sign twice: for the certificate on it, and for the exchange, which revokes the one \
                of before at once. Of the two the officer may be one, with the old key.

                    yzt officer exchange officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --key "READER 2" --reason 到期 \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "The reader with the officer's new key.") var key: String
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            guard !officers.officers.contains(key) else { throw Refusal(RegistrationRefusal.oneReaderTwice) }
            let open = try await authority.open()
            let shown = try await open.officerOrders.officer(officer.identifier)
            let terminal = try officers.reader(key, of: shown.officer.name, open)
            let certificate = try await open.officerKeys.exchange(
                officer.identifier, at: Terminal(terminal), reason: reason, by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(certificate.serialNumber.hex)  → \(certificate.notAfter.shown)")
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "An officer leaves for good, on two officers' order; the certificate is revoked (人员离任).",
            discussion: """
                Refused while nobody else could take the officer's part in enrolling others.

                    yzt officer retire officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --reason 离职 \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "RFC 5280's reason for the certificate.") var because: ReasonArgument =
            ReasonArgument(.cessationOfOperation)
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            try await open.officerOrders.retire(
                officer.identifier, because: because.reason, reason: reason, by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(OfficerStatus.retired.label.zh)")
        }
    }
}

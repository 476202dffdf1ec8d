import ArgumentParser
import CertificateRecords
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import LegalEntities
import Registration
import Storage

struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Certificates: what they are, and their status.",
        subcommands: [
            Show.self, Certify.self, Lint.self, Verify.self, Recheck.self, Suspend.self, Resume.self, Revoke.self,
            ReviseReason.self,
            RekeyService.self, WeakKey.self, RevokeMany.self, ResumeBulk.self, PublishLists.self, ValidAt.self,
            VerifyAnswer.self,
        ])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a certificate by serial number, or an entity's certificates by its code.")
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "A serial number (32 hexadecimal digits) or a unified social credit code.") var name: String
        @Flag(help: "Print certificates as PEM alone, to be piped or kept.") var pem = false

        func run() async throws {
            let open = try await authority.open()
            var records: [CertificateRecord] = []
            if let serial = SerialNumber(hex: name) {
                records = [try await open.authority.certificates.certificate(serial)].compactMap(\.self)
            } else if name.utf8.count == 32 {
                throw Refusal(CertificateRecordsRefusal.unknownCertificate, facts: ["serial": name])
            } else {
                records = try await open.authority.certificates.certificates(creditCode: open.registry.code(name).text)
            }
            guard !records.isEmpty else {
                throw SerialNumber(hex: name) == nil
                    ? Refusal(CommandRefusal.noCertificates, facts: ["code": name])
                    : Refusal(CertificateRecordsRefusal.unknownCertificate, facts: ["serial": name])
            }
            for record in records {
                if pem {
                    Console.say(try record.certificate().pem.trimmingCharacters(in: .newlines))
                    continue
                }
                Console.say(record.line(at: open.surroundings.now()))
                if let line = CertificateRecord.stockLine(
                    batch: record.batch, servicePoint: record.servicePoint, district: record.district)
                {
                    Console.say(line)
                }
                Console.say("    密钥来源 key origin \(record.origin)")
            }
            await open.database.close()
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend a certificate (冻结): a hold that can be lifted.",
            discussion: """
                A subscriber's by one operator; an officer's by a super or audit administrator, whom suspendOfficer \
                names. The authority's own are never suspended.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The serial number.") var serial: SerialArgument
        @Option(help: "Why, for the audit.") var reason: String

        func run() async throws {
            let open = try await authority.open()
            let record = try await open.certificateOrders.suspend(
                serial.serial, justification: reason, by: officer.keys(open))
            Console.say(record.line(at: open.surroundings.now()))
            await open.database.close()
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lift a suspension (解冻).")
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The serial number.") var serial: SerialArgument
        @Option(help: "Why, for the audit.") var reason: String

        func run() async throws {
            let open = try await authority.open()
            let record = try await open.certificateOrders.resume(
                serial.serial, justification: reason, by: officer.keys(open))
            Console.say(record.line(at: open.surroundings.now()))
            await open.database.close()
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a certificate for ever (吊销).",
            discussion: """
                RFC 5280's reasons: keyCompromise, affiliationChanged, superseded, cessationOfOperation, \
                privilegeWithdrawn, unspecified. A hold is `yzt certificate suspend`. Two officers order it: operator \
                and reviewer for a subscriber's, super and audit administrator for an officer's or a service key's. \
                An authority's is revoked by its root's list (`yzt ceremony`).

                    yzt certificate revoke 3f0a… --because keyCompromise \\
                        --invalid-since 2026-11-18T09:00:00+08:00 \\
                        --reason "stolen with the laptop" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The serial number.") var serial: SerialArgument
        @OptionGroup var revocationOptions: RevocationOptions

        func run() async throws {
            let open = try await authority.open()
            let record = try await open.certificateOrders.revoke(
                serial.serial, because: revocationOptions.because.reason,
                invalidSince: revocationOptions.invalidSince?.instant,
                justification: revocationOptions.reason, by: officer.keys(open))
            Console.say(record.line(at: open.surroundings.now()))
            await open.database.close()
        }
    }
}

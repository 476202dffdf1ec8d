import ArgumentParser
internal import CertificateRecords
internal import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration
import Revocation
import Storage

/// Why a certificate is revoked.
struct RevocationOptions: ParsableArguments {
    @Option(help: "RFC 5280's reason.") var because: ReasonArgument = ReasonArgument(.unspecified)
    @Option(
        help: "Since when the key was misused, where that is earlier (RFC 3339, such as 2026-11-18T09:00:00+08:00).")
    var invalidSince: MomentArgument?
    @Option(help: "Why, for the audit.") var reason: String
}

/// One of RFC 5280's reasons that officers may give, by its name there.
struct ReasonArgument: ExpressibleByArgument {
    let reason: RevocationReason

    init(_ reason: RevocationReason) { self.reason = reason }

    init?(argument: String) {
        guard let reason = RevocationRule.forSubscribers.first(where: { "\($0)" == argument }) else { return nil }
        self.reason = reason
    }

    var defaultValueDescription: String { reason.name }
    static var allValueStrings: [String] { RevocationRule.forSubscribers.map { "\($0)" } }
}

extension CertificateCommand {
    struct RevokeMany: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-many", abstract: "Revoke many certificates on one order of two officers (批量吊销).",
            discussion: """
                First without --officer: nothing is changed, and the certificates are counted, some of them shown, all of \
                them written where --list says, with the hash of the list. Then with two officers' keys, who sign that \
                hash. The work goes on in small parts; if it is stopped, `yzt serve` or `yzt certificate revoke-resume` \
                takes it up where it was.

                    yzt certificate revoke-many --batch B-2026-07 --reason "defective batch" \\
                        --because keyCompromise
                    yzt certificate revoke-many --batch B-2026-07 --reason "defective batch" \\
                        --because keyCompromise --expect 5d41… \\
                        --officer "READER 0" --officer "READER 1"

                A file has one serial number or one unified social credit code a line; # begins a remark.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "A file of serial numbers or unified social credit codes.") var file: String?
        @Option(help: "All certificates of keys from this service point.") var servicePoint: String?
        @Option(help: "All certificates on cards of this batch.") var batch: String?
        @Option(help: "All certificates on cards of this model.") var model: String?
        @OptionGroup var revocationOptions: RevocationOptions
        @Option(help: "Write the whole list to this file.") var list: String?
        @Option(help: "The hash of a dry run: refuse if the list is another by now.") var expect: String?

        func validate() throws {
            guard [file, servicePoint, batch, model].compactMap(\.self).count == 1 else {
                throw ValidationError("Give exactly one of --file, --service-point, --batch, --model.")
            }
        }

        func run() async throws {
            let open = try await authority.open()
            try open.authority.bulkRevocation.check(
                because: revocationOptions.because.reason, invalidSince: revocationOptions.invalidSince?.instant)
            let plan = try await open.authority.bulkRevocation.plan(selection())
            try show(plan)
            guard expect.map({ $0.lowercased() == Hex.encode(plan.digest) }) ?? true else {
                throw Refusal(RevocationRefusal.selectionChanged, detail: Hex.encode(plan.digest))
            }
            if officer.officers.isEmpty {
                Console.say("预演，没有吊销 · dry run, nothing is revoked: --officer twice orders it")
            } else {
                let progress = try await open.certificateOrders.revoke(
                    plan, because: revocationOptions.because.reason,
                    invalidSince: revocationOptions.invalidSince?.instant,
                    justification: revocationOptions.reason, by: officer.keys(open), progress: BulkProgress.show)
                Console.endProgress()
                Console.say(progress.line)
            }
            await open.database.close()
        }

        private func selection() throws -> BulkSelection {
            if let servicePoint { return .servicePoint(servicePoint) }
            if let batch { return .batch(batch) }
            if let model { return .model(model) }
            let path = file ?? ""
            guard let data = FileManager.default.contents(atPath: path), data.count <= BulkSelection.longestFile
            else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path])
            }
            return .list(file: Array(data))
        }

        private func show(_ plan: BulkPlan) throws {
            Console.say("\(plan.serials.count) 张证书 · certificates (\(plan.selection))")
            for (state, count) in plan.states.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                Console.say("  \(state.label.zh) · \(state.label.en)  \(count)")
            }
            for (cause, count) in plan.leftOut.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                Console.say("  不在其列 · left out: \(cause.label.zh) · \(cause.label.en)  \(count)")
            }
            for serial in plan.sample(5) { Console.say("  \(serial.hex)") }
            Console.say("SHA-256 \(Hex.encode(plan.digest))")
            if let list {
                let text = plan.serials.map { $0.hex + "\n" }.joined()
                guard FileManager.default.createFile(atPath: list, contents: Data(text.utf8)) else {
                    throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": list])
                }
            }
        }
    }

    struct ResumeBulk: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-resume", abstract: "Take up revocations in bulk that were stopped, and show each.",
            discussion: "Only what two officers ordered is there to be taken up. Nothing is revoked twice.")
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            for job in try await open.authority.bulkRevocation.unfinished() {
                Console.say(job.line)
                let progress = try await open.certificateOrders.carryOut(job.identifier, progress: BulkProgress.show)
                Console.endProgress()
                Console.say(progress.line)
            }
            await open.database.close()
        }
    }

    struct PublishLists: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish-lists", abstract: "Make every revocation list anew in which something changed, now.",
            discussion: """
                `yzt serve` does this by itself each minute, and a list is made when it is asked for; only the full list \
                waits for its quarter of an hour after a change. This waits for nothing.
                """)
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            let made = try await open.authority.status.renewLists(isDemanded: true, limit: .max)
            Console.say("新签列表 · lists made: \(made)")
            await open.database.close()
        }
    }
}

extension BulkProgress {
    var line: String {
        "\(identifier.shown)  \(cursor)/\(certificates)  吊销 · revoked \(revoked)  略过 · left out \(leftOut)  \(phase.rawValue)"
    }
}

extension BulkProgress {
    /// How far a list is, on a terminal.
    static let show: @Sendable (BulkProgress) -> Void = { Console.progress("\($0.cursor)/\($0.certificates)") }
}

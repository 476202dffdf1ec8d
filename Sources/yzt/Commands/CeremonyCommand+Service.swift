import AgentProtocol
import ArgumentParser
import CardAgent
import Ceremony
import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Officers
import Registration
import Storage
import WebService

extension CeremonyCommand {
    struct Request: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "On the service's machine: make an issuing key and the request that goes to the root.",
            discussion: """
                The first time it makes the data directory, its secrets and its configuration, as yzt init does. Once \
                there are officers, two of them order it. Asked again, it gives the same request.
                """)
        @Option(help: "The configuration file to write, or to follow if it is there.")
        var configuration: String = ServiceConfiguration.defaultPath
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The issuing generation, as CA/ names it.") var generation: String
        @Option(help: "Where the request (PKCS#10, DER) is written.") var out: String
        @Option(help: "The folder that holds CA/ and Policies/, for a new data directory.") var root: String = "."
        @Option(help: "The status address that certificates name; the ceremony's script says the same.")
        var statusAddress: String?
        @Flag(help: "A new data directory on loopback addresses, secrets made beside the data.")
        var evaluation = false
        @Option(help: "Why, for the audit.") var reason = "key ceremony"

        func run() async throws {
            let written =
                FileManager.default.fileExists(atPath: configuration)
                ? try ServiceConfiguration.read(at: configuration) : nil
            try check(written)
            let chosen: ServiceConfiguration
            if let written {
                chosen = written
                if let statusAddress, statusAddress != chosen.addresses.status {
                    throw Refusal(
                        CommandRefusal.otherStatusAddress,
                        facts: ["configured": chosen.addresses.status, "given": statusAddress])
                }
            } else if evaluation {
                let folder = URL(filePath: configuration).deletingLastPathComponent().path
                var made = try ServiceConfiguration.evaluation(in: folder, data: nil)
                if let statusAddress { made.addresses.status = statusAddress }
                chosen = made
            } else {
                throw Refusal(
                    InstallationRefusal.notInitialised, detail: "there is no configuration file; see --evaluation",
                    facts: ["path": configuration])
            }
            if try await !Self.hasOfficers(chosen) {
                try await Initialisation(
                    configurationPath: configuration, configuration: chosen, family: .sm2, root: root
                ).prepareForCeremony()
            }
            let machine = try ServiceMachine.open(chosen)
            let order = try await machine.order(.request(generation: generation), reason: reason, officer)
            let request = try await machine.installation.request(generation, by: order)
            try CeremonyFile.write(request.der, out)
            Console.say("\(request.subject)")
            Console.say("\(out)  sha256 \(Hex.encode(DigestAlgorithm.sha256.hash(request.der)))")
            await machine.database.close()
        }

        /// What cannot hold is found out before anything is made.
        private func check(_ written: ServiceConfiguration?) throws {
            try OutputFile.expectWritable(out)
            if let statusAddress, StatusAddresses(base: statusAddress) == nil {
                throw Refusal(
                    RegistrationRefusal.badArgument, detail: "plain http, without a path",
                    facts: ["argument": "--status-address \(statusAddress)"])
            }
            // From then on the policies in force say which generations there are.
            if let written, FileManager.default.fileExists(atPath: written.data + "/database.sqlite") { return }
            _ = try PolicyBook(version: 1, files: .named(root)).hierarchy(issuing: generation)
        }

        /// From the first officers on, nothing is prepared any more: what is there is in force.
        private static func hasOfficers(_ configuration: ServiceConfiguration) async throws -> Bool {
            guard FileManager.default.fileExists(atPath: configuration.data + "/database.sqlite") else { return false }
            let machine = try ServiceMachine.open(configuration)
            let has = try await machine.installation.needsOrder()
            await machine.database.close()
            return has
        }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "On the service's machine: take over what the root signed.",
            discussion: """
                A stage's folder, brought from the root's machine: an issuing certificate with its root and list, or \
                the root's next list. Everything is held against CA/, this machine's key and the signed transcript. A \
                running yzt serve takes it up by itself. Or the statement of yzt ceremony reopen, which takes no \
                officer's order; yzt ceremony officers follows. The root that is new here is named by its SHA-256, read from \
                paper. What is here already is only named.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The stage's folder, such as CEREMONY/002-issuing-sm2-entity-1.") var stage: String
        @Option(help: "The root certificate's SHA-256, where this root is new here.") var rootSha256: String?
        @Option(help: "Why, for the audit.") var reason = "key ceremony"

        func run() async throws {
            let configuration = try ServiceConfiguration.read(at: authority.configuration)
            let machine = try ServiceMachine.open(configuration)
            let bundle = try CeremonyBundle.read(stage)
            let fingerprint = Hex.encode(bundle.root.fingerprint)
            if try await !machine.installation.knows(root: bundle.root) {
                let given = rootSha256?.lowercased().filter { $0 != ":" && $0 != " " }
                guard given == fingerprint else {
                    throw Refusal(
                        CommandRefusal.rootUnconfirmed, detail: "the root that is brought has \(fingerprint)")
                }
            }
            if bundle.reopening != nil {
                try await reopen(bundle, machine)
            } else if try await machine.installation.hasTaken(bundle) {
                let name = bundle.issuing?.generation ?? "\(bundle.rootGeneration)  CRL \(bundle.list.number ?? 0)"
                Console.say("\(name) 已装入 · is there already")
            } else if let issued = bundle.issuing {
                let part = CeremonyInstallation.Part.install(
                    generation: issued.generation, certificate: issued.certificate.der)
                try await machine.installation.install(
                    bundle, by: machine.order(part, reason: reason, officer))
                Console.say("\(issued.generation)  \(issued.certificate.subject)")
            } else {
                let part = CeremonyInstallation.Part.list(
                    generation: bundle.rootGeneration, list: bundle.list.der)
                try await machine.installation.importList(
                    bundle, by: machine.order(part, reason: reason, officer))
                Console.say("\(bundle.rootGeneration)  CRL \(bundle.list.number ?? 0)")
            }
            Console.say("root sha256 \(fingerprint)")
            await machine.database.close()
        }

        /// Nobody is left to order it: the root's signature is the order.
        private func reopen(_ bundle: CeremonyBundle, _ machine: ServiceMachine) async throws {
            let open = try await OpenInstallation.open(machine.configuration)
            let isNew: Bool
            do { isNew = try await machine.installation.reopenBootstrap(bundle, officers: open.officers) } catch {
                await open.database.close()
                throw error
            }
            await open.database.close()
            let names = bundle.reopening?.statement.officers.map(\.name).joined(separator: ", ") ?? ""
            Console.say(
                isNew ? "初始授权已重新开启 · the bootstrap is open again: \(names)" : "已装入 · is there already: \(names)")
            Console.say("  yzt ceremony officers --key READER --second-key READER")
        }
    }

    struct Officers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the first two officers, whom the ceremony's script names, their keys.",
            discussion: """
                Each key is made in its own reader, in the order of the script. The bootstrap authorisation that this \
                takes is void afterwards; officers whom the script does not name are refused.
                """)
        @OptionGroup var authority: AuthorityOptions
        @Option(help: "The reader with the first officer's key.") var key: String
        @Option(help: "The reader with the second officer's key.") var secondKey: String
        @Option(help: "Where PINs come from: pinentry, terminal, or fd:N (each new PIN twice, one a line).")
        var pinEntry: PINEntryArgument?

        func run() async throws {
            guard key != secondKey else { throw Refusal(RegistrationRefusal.oneReaderTwice) }
            let open = try await authority.open()
            guard let named = try await open.database.read({ try FirstOfficers.named(in: $0) }),
                let family = open.authority.issuers.issuing.last?.family
            else {
                throw Refusal(
                    RegistrationRefusal.badArgument, detail: "no ceremony named officers here; see yzt officer enrol",
                    facts: ["argument": authority.configuration])
            }
            let pins = try PINEntry(argument: pinEntry, in: open, asking: [.officer(1), .officer(2)])
            let officers = try await open.firstOfficerKeys {
                Console.error("\($0)：介质已做好，不再询问 PIN · the key is made already: no PIN is asked for")
            }.enrolFirstOfficers(
                zip(named, [(key, PINRole.officer(1)), (secondKey, .officer(2))]).map { officer, place in
                    .init(
                        name: officer.name, roles: Set(officer.roles),
                        terminal: .init(
                            open.reader(place.0, of: place.1, person: officer.name, pins: pins)))
                }, family: family)
            for officer in officers { Console.say("\(officer.identifier)  \(officer.name)") }
            await open.database.close()
        }
    }

    struct RollOver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Evaluation: a later issuing generation at once, where the root's key is on this machine.",
            discussion: """
                CA/ plans the generation under `successors`; yzt policy apply brings it in force first. Two officers \
                order it. A running yzt serve takes it up by itself.
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The issuing generation, as CA/ names it.") var generation: String
        @Option(help: "Why, for the audit.") var reason = "later generation"

        func run() async throws {
            let configuration = try ServiceConfiguration.read(at: authority.configuration)
            guard configuration.evaluation else { throw Refusal(InstallationRefusal.ceremonyRequired) }
            let machine = try ServiceMachine.open(configuration)
            try await machine.installation.rollOver(
                to: generation,
                by: machine.order(.rollOver(generation: generation), reason: reason, officer))
            Console.say(generation)
            await machine.database.close()
        }
    }
}

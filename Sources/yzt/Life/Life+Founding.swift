import AgentProtocol
import CardAgent
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
internal import KeyCustody
import LegalEntities
import Officers
import PCSC
import PIV
import Registration
import SecurityKeys
import WebService

/// The authority is made; officers get their keys; the registry comes; keys come into stock.
extension Life {
    /// The readers of the life by what is in them.
    enum Place: Int {
        case firstOfficer, secondOfficer, holder, other

        var role: PINRole {
            switch self {
            case .firstOfficer: .officer(1)
            case .secondOfficer: .officer(2)
            case .holder, .other: .holder
            }
        }
    }

    func reader(_ place: Place) throws -> String {
        if place == .holder, let real = options.realKey { return real.reader }
        guard place.rawValue < readers.count else {
            throw Refusal(CardAgentRefusal.noReader, facts: ["reader": "\(place)"])
        }
        return readers[place.rawValue]
    }

    func terminal(_ place: Place) throws -> Terminal {
        let reader = try reader(place)
        return Terminal(try authority.reader(reader, of: place.role, pins: pins.provider(for: reader)))
    }

    var officerKeys: OrderingKeys {
        get throws {
            let open = try authority
            return OrderingKeys(
                try [Place.firstOfficer, .secondOfficer].map { place in
                    let name = try reader(place)
                    return open.reader(name, of: place.role, pins: pins.provider(for: name))
                }, areNamed: false)
        }
    }

    /// The file of a virtual key.
    func card(_ name: String) -> String { options.state + "/cards/\(name).plist" }

    /// Puts a virtual key into a reader and waits until the reader has seen it.
    func insert(_ card: String, into place: Place, with options: [String] = []) async throws {
        if place == .holder, self.options.realKey != nil { return }
        let slot = slots[place.rawValue]
        slot.remove()
        let file = self.card(card)
        let attestation = self.options.state + "/cards/maker.json"
        do throws(CardError) {
            let watch = PCSCReaders(surroundings: .real)
            try await watch.waitForRemoval(from: try name(of: place), within: .seconds(10))
            do { try slot.insert(state: file, options: ["--attestation", attestation] + options) } catch {
                throw CardError.noCard
            }
            _ = try await watch.waitForCard(in: try name(of: place), within: .seconds(10))
        } catch { throw error.refusal }
    }

    private func name(of place: Place) throws(CardError) -> String {
        guard place.rawValue < readers.count else { throw .readerUnavailable(name: "\(place)") }
        return readers[place.rawValue]
    }

    func initialise() async throws -> String {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: options.state + "/cards", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The evaluation's own copy of CA/ and Policies/, with the virtual keys' maker among the trusted roots.
        let root = options.state + "/definition"
        try manager.createDirectory(atPath: root, withIntermediateDirectories: true)
        for folder in ["CA", "Policies"] {
            try FolderCopy.copy(options.root + "/" + folder, to: root + "/" + folder)
        }
        try await makeVirtualMaker(root: root)
        let configuration = try ServiceConfiguration.evaluation(in: options.state, data: nil)
        let open = try await Initialisation(
            configurationPath: configurationPath, configuration: configuration, family: options.family, root: root
        ).run()
        adopt(open)
        try await findReaders()
        service = try ServiceProcess(configuration: configurationPath, log: options.state + "/service.log")
        try await waitForService(open)
        var anchors = ""
        for issuer in open.authority.issuers.issuers {
            try output.write(issuer.certificate.der, "ca/\(issuer.generation).cer")
            anchors += issuer.certificate.pem
        }
        try output.write(Array(anchors.utf8), "ca/chain.pem")
        return open.authority.issuers.issuers.map(\.generation).joined(separator: ", ")
    }

    /// The first virtual key that is started makes the maker's file; its root is what the evaluation's policy pins.
    private func makeVirtualMaker(root: String) async throws {
        let file = options.state + "/cards/maker.json"
        let process = Foundation.Process()
        process.executableURL = URL(filePath: options.virtualKey)
        process.arguments = ["--make-attestation", file]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard let data = FileManager.default.contents(atPath: file),
            let text = try CanonicalJSON(parsing: Array(data))["root"]?.string, let der = Base64.decode(text)
        else { throw Refusal(CommandRefusal.stepFailed, facts: ["step": "virtual-key --make-attestation"]) }
        let folder = root + "/Policies/attestation-roots"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(der).write(to: URL(filePath: folder + "/virtual-key.cer"))
        try output.write(der, "attestation/virtual-key-root.cer")
    }

    /// The virtual readers' names, in the order of their ports.
    private func findReaders() async throws {
        do throws(CardError) {
            readers = try await PCSCReaders(surroundings: .real).list().map(\.name)
                .filter { $0.hasPrefix("Virtual Evaluation Reader") }.sorted()
        } catch { throw error.refusal }
        guard readers.count >= slots.count else {
            throw Refusal(CardAgentRefusal.noReader, facts: ["reader": "Virtual Evaluation Reader"])
        }
    }

    /// A bounded wait for the state "every address answers".
    private func waitForService(_ open: OpenInstallation) async throws {
        let bases = open.configuration.addresses
        for base in [bases.status, bases.login, bases.public, bases.staff] {
            var ready = false
            for _ in 0..<300 where !ready {
                ready = (try? await client.get(base + "/readyz").status) == 200
                if !ready { poll(nil, 0, 100) }
            }
            guard ready, service?.isRunning == true else {
                throw Refusal(CommandRefusal.stepFailed, detail: base, facts: ["step": "serve"])
            }
        }
    }

    func enrolOfficers() async throws -> String {
        let open = try authority
        for (place, name) in [(Place.firstOfficer, "officer-1"), (.secondOfficer, "officer-2")] {
            try await insert(name, into: place, with: ["--serial", place == .firstOfficer ? "101" : "102"])
            pins.set(LifePINs.officer, for: try reader(place))
        }
        let officers = try await open.firstOfficerKeys {
            Console.error("\($0)：介质已做好，不再询问 PIN · the key is made already: no PIN is asked for")
        }.enrolFirstOfficers(
            [
                .init(
                    name: "王建国", roles: [.superAdministrator, .operator], terminal: try terminal(.firstOfficer)),
                .init(name: "李秀英", roles: [.auditAdministrator, .reviewer], terminal: try terminal(.secondOfficer)),
            ], family: options.family)
        return officers.map { "\($0.identifier)" }.joined(separator: ", ")
    }

    func importRegistry() async throws -> String {
        let open = try authority
        let file = options.state + "/registry.csv"
        let process = Foundation.Process()
        process.executableURL = URL(filePath: options.generator)
        process.arguments = ["--rows", "500", "--seed", "20261121", "--bad", "3", "--out", file]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let report = try await open.registryOrders.importRegistry(file, reason: "first import", by: officerKeys)
        guard report.bad == 3 else {
            throw Refusal(CommandRefusal.stepFailed, detail: "\(report.bad) bad lines", facts: ["step": "registry"])
        }
        let again = try await open.registryOrders.importRegistry(file, reason: "the same once more", by: officerKeys)
        guard again.added == 0, again.changed == 0 else {
            throw Refusal(CommandRefusal.stepFailed, detail: "not idempotent", facts: ["step": "registry"])
        }
        cast.code = try await firstCompany(in: file)
        return "\(report.added) added, \(report.bad) bad lines; \(cast.code)"
    }

    /// The first active company whose name a seal can carry.
    private func firstCompany(in file: String) async throws -> String {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let open = try authority
        for line in text.split(separator: "\n").dropFirst() {
            guard let field = line.split(separator: ",").first, field.hasPrefix("91"),
                let record = try? await open.registry.holder(open.registry.code(String(field))),
                record.status == .active, (8...18).contains(record.name.count)
            else { continue }
            return record.code.text
        }
        throw Refusal(CommandRefusal.stepFailed, detail: "no active company", facts: ["step": "registry"])
    }

    func stockIn() async throws -> String {
        let open = try authority
        try await insert("holder-1", into: .holder, with: ["--serial", "1001"])
        pins.set(LifePINs.first, for: try reader(.holder))
        try await recogniseRealKey(open)
        let stock = try KeyStock(batch: "EVALUATION-1", servicePoint: "SP-01")
        cast.first = try await open.keys.stockIn(stock, at: terminal(.holder), by: officerKeys)
        try await insert("holder-2", into: .other, with: Self.plainCard)
        pins.set(LifePINs.second, for: try reader(.other))
        cast.second = try await open.keys.stockIn(stock, at: terminal(.other), by: officerKeys)
        return [cast.first, cast.second].compactMap { $0?.hex }.joined(separator: ", ")
    }

    /// A real key must be the one that was named; that it is factory-fresh is stock-in's own condition. Until then it
    /// has received SELECT and reads alone.
    private func recogniseRealKey(_ open: OpenInstallation) async throws {
        guard let real = options.realKey else { return }
        let stated = try await open.keys.identify(at: terminal(.holder)).serial ?? []
        guard stated.reduce(UInt64(0), { $0 << 8 | UInt64($1) }) == UInt64(real.serial) else {
            throw Refusal(CommandRefusal.wrongCard, detail: "serial number \(Hex.encode(stated)) in \(real.reader)")
        }
    }

    /// A card without spare places: renewal on it is in place.
    static let plainCard = [
        "--serial", "1002", "--firmware", "1.0.0", "--tries", "5", "--without",
        "retired-places,attest,set-pin-retries",
    ]
}

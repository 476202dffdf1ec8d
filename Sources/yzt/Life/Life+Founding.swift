import Cryptography
import Foundation
import Groundwork
import Installation
import WebService

/// The authority is made; officers get their keys; the registry comes; keys come into stock.
extension Life {
    func initialise() async throws -> String {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: options.state + "/cards", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The evaluation's own copy of CA/ and Policies/, with the virtual keys' maker among the trusted roots.
        let root = options.state + "/definition"
        try manager.createDirectory(atPath: root, withIntermediateDirectories: true)
        for folder in ["CA", "Policies"] {
            try manager.copyItem(atPath: options.root + "/" + folder, toPath: root + "/" + folder)
        }
        try makeVirtualMaker(root: root)
        let made = try yzt.done([
            "init", "--evaluation", "--algorithm", options.family.rawValue, "--root", root, "--configuration",
            configurationPath,
        ])
        try readAddresses()
        try findReaders()
        service = try ServiceProcess(configuration: configurationPath, log: options.state + "/service.log")
        try await waitForService()
        try await fetchIssuers(made.lines.compactMap { $0.firstMatch(of: /^([a-z0-9-]+)  CN=/).map { String($0.1) } })
        return issuers.keys.sorted().reversed().joined(separator: ", ")
    }

    /// The first virtual key that is started makes the maker's file; its root is what the evaluation's policy pins.
    private func makeVirtualMaker(root: String) throws {
        let file = options.state + "/cards/maker.json"
        try run(options.virtualKey, ["--make-attestation", file])
        guard let data = FileManager.default.contents(atPath: file),
            let text = try CanonicalJSON(parsing: Array(data))["root"]?.string, let der = Base64.decode(text)
        else { throw Refusal(CommandRefusal.stepFailed, facts: ["step": "virtual-key --make-attestation"]) }
        let folder = root + "/Policies/attestation-roots"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(der).write(to: URL(filePath: folder + "/virtual-key.cer"))
        try output.write(der, "attestation/virtual-key-root.cer")
    }

    /// The programs that make what an evaluation needs and no operator types.
    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    private func readAddresses() throws {
        let bases = try ServiceConfiguration.read(at: configurationPath).addresses
        addresses = ["status": bases.status, "login": bases.login, "public": bases.public, "staff": bases.staff]
    }

    func address(_ serviceAddress: String) -> String { addresses[serviceAddress] ?? "" }

    /// A bounded wait for the state "every address answers".
    private func waitForService() async throws {
        for base in addresses.values.sorted() {
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

    /// The issuers' certificates, from the address that certificates name.
    private func fetchIssuers(_ generations: [String]) async throws {
        var chain = "", roots = ""
        for generation in generations {
            let answer = try await client.get(address("status") + "/ca/\(generation).cer")
            try expect(answer.status == 200, "the certificate of \(generation)")
            let certificate = try Certificate(der: answer.body)
            issuers[generation] = certificate
            try output.write(answer.body, "ca/\(generation).cer")
            chain += certificate.pem
            if certificate.isSelfIssued { roots += certificate.pem }
        }
        try output.write(Array(chain.utf8), "ca/chain.pem")
        try Data(roots.utf8).write(to: URL(filePath: rootsFile))
        try expect(!roots.isEmpty, "a root among \(generations)")
    }

    /// What somebody who verifies trusts: the roots alone, PEM.
    var rootsFile: String { options.state + "/roots.pem" }

    func enrolOfficers() async throws -> String {
        try await insert("officer-1", into: .firstOfficer, with: ["--serial", "101"])
        try await insert("officer-2", into: .secondOfficer, with: ["--serial", "102"])
        let said = try yzt.done(
            [
                "officer", "enrol", "--key", reader(.firstOfficer), "--name", "王建国", "--second-key",
                reader(.secondOfficer), "--second-name", "李秀英",
            ], pins: [pins.new(officer: 1), pins.requester, pins.new(officer: 2), pins.approver])
        let officers = said.lines.filter { $0.hasPrefix("officer_") }
        try expect(officers.count == 2, "two officers: \(said.text)")
        return officers.joined(separator: ", ")
    }

    /// A registry of invented entities; the bad lines are refused by number, the good ones taken.
    private func makeRegistry(_ name: String, _ arguments: [String]) throws -> String {
        let file = options.state + "/" + name
        try run(options.generator, ["--rows", "500", "--seed", "20261121", "--out", file] + arguments)
        return file
    }

    func importRegistry() throws -> String {
        let file = try makeRegistry("registry.csv", ["--bad", "3"])
        let order = ["registry", "import", file] + (try officers(.firstOfficer))
        let first = try yzt.run(order, pins: [pins.requester])
        try expect(first.status == ExitStatus.refused && first.text.contains("3 bad"), "3 bad lines: \(first.text)")
        let again = try yzt.run(order + ["--reason", "the same once more"], pins: [pins.requester])
        try expect(again.text.contains(" 0 added, 0 changed, "), "nothing new the second time: \(again.text)")
        try findCompany(in: file)
        let added = first.text.firstMatch(of: /([0-9]+) added/)?.1 ?? "?"
        return "\(added) added, 3 bad lines; \(cast.code)"
    }

    /// The first active company whose name a seal can carry.
    private func findCompany(in file: String) throws {
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 6, fields[0].hasPrefix("91"), fields[5] == "active",
                (8...18).contains(fields[1].count),
                try yzt.run(["registry", "show", String(fields[0])]).status == 0
            else { continue }
            (cast.code, cast.name) = (String(fields[0]), String(fields[1]))
            return
        }
        throw Refusal(CommandRefusal.stepFailed, detail: "no active company", facts: ["step": "registry"])
    }

    /// The next day's feed, in which every entity has another name; the entity's.
    func importChanges() throws -> String {
        let file = try makeRegistry("registry-renamed.csv", ["--rename", "500"])
        try yzt.done(
            ["registry", "import", file, "--reason", "changes of name"] + officers(.firstOfficer),
            pins: [pins.requester])
        let shown = try yzt.done(["registry", "show", cast.code]).text.split(separator: "  ")
        guard shown.count > 1 else {
            throw Refusal(CommandRefusal.stepFailed, facts: ["step": "registry show"])
        }
        return String(shown[1])
    }

    func stockIn() async throws -> String {
        try await insert("holder-1", into: .holder, with: ["--serial", "1001"])
        try recogniseRealKey()
        cast.first = try stockIn(at: .holder)
        try await insert("holder-2", into: .other, with: Self.plainCard)
        cast.second = try stockIn(at: .other)
        return "\(cast.first), \(cast.second)"
    }

    /// The medium number that the key got.
    func stockIn(at place: LifePlace) throws -> String {
        let said = try yzt.done(
            [
                "key", "stock-in", "--reader", reader(place), "--batch", "EVALUATION-1", "--service-point", "SP-01",
            ] + officers(.firstOfficer), pins: [pins.requester])
        guard let name = said.lines.last, name.wholeMatch(of: /[0-9a-f]{32}/) != nil else {
            throw Refusal(CommandRefusal.stepFailed, detail: said.text, facts: ["step": "key stock-in"])
        }
        return String(name)
    }
}

import AgentProtocol
import CardAgent
import CertificateRecords
import CommandOptions
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import PCSC
import PIV
import Personalisation
import SecurityKeys
import Storage
import Synchronization
import VirtualKey

extension Room {
    /// Stock-in and enrolment of a blank key, on a card in memory and over a private reader service.
    func measurePersonalisation(times: Int, into table: Table) async throws {
        let attestation = try await VirtualAttestation.make(in: surroundings)
        var inMemory: [Double] = []
        let counter = FrameCounter()
        for _ in 0..<times {
            let transport = CountingTransport(VirtualCardTransport(blankCard(attestation)), counter)
            inMemory.append(
                try await personalise(attestation, officers) {
                    PIVKeyMedium.Connection(transport, answerToReset: VirtualCard.answerToReset)
                })
        }
        add("personalise: card in memory", inMemory, counter.taken() / times, into: table)

        let overReader = try await PrivateReaders.shared.withReader(near: root + "/Tools/private-pcscd") { reader in
            // The card is the shipped program, a process of its own, pulled out when it has been measured.
            let folder =
                FileManager.default.temporaryDirectory.path
                + "/benchmark-key-\(Hex.encode(surroundings.randomBytes(4)))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Data(attestation.encoded().bytes).write(to: URL(filePath: folder + "/maker.json"))
            let key = Foundation.Process()
            key.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appending(path: "virtual-key")
            key.arguments =
                [
                    "--state", folder + "/card.plist", "--port", String(reader.port), "--attestation",
                    folder + "/maker.json",
                ] + ParentOptions.arguments
            key.standardOutput = FileHandle.nullDevice
            try key.run()
            defer {
                key.terminate()
                key.waitUntilExit()
            }
            let readers = PCSCReaders(surroundings: surroundings)
            let state = try await readers.waitForCard(in: reader.name, within: .seconds(20))
            return try await personalise(attestation, officers) { () throws(CardError) in
                PIVKeyMedium.Connection(
                    CountingTransport(try await readers.connect(to: reader.name), counter),
                    answerToReset: state.answerToReset)
            }
        }
        add("personalise: over pcscd", [overReader], counter.taken(), into: table)
    }

    private func add(_ what: String, _ milliseconds: [Double], _ frames: Int, into table: Table) {
        let median = milliseconds.sorted()[milliseconds.count / 2]
        table.add(
            family, what, 1000 / median, .none,
            note:
                "\(Int(median)) ms (median of \(milliseconds.count)), \(frames) APDUs; stock-in and enrolment, two keys"
        )
    }

    private func blankCard(_ attestation: VirtualAttestation) -> VirtualCard {
        VirtualCard(
            state: VirtualCardState(factoryFresh: VirtualCardOptions()), randomBytes: surroundings.randomBytes,
            attestation: attestation)
    }

    /// Milliseconds.
    private func personalise(
        _ attestation: VirtualAttestation, _ officers: BenchmarkOfficers,
        _ connect: @escaping PIVKeyMedium.Connector
    ) async throws -> Double {
        let personaliser = Personaliser(
            database: database, vault: CardSecretVault(keys: .generate(in: surroundings), surroundings: surroundings),
            authority: RegistrationAuthorityClient(
                issuance: authority.issuance, revocation: authority.revocation, certificates: authority.certificates,
                surroundings: surroundings, planSigner: { [authority] in try authority.service(.statements).signer }),
            registry: RegistryHolders(registry),
            models: try CardModels(path: root + "/Policies/card-models.yaml"),
            roots: AttestationRoots(["virtual-key.cer": attestation.root]), surroundings: surroundings)
        let rules = PINRules(
            minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: ["123456"])
        let medium = PIVKeyMedium(pins: OnePIN(), rules: rules, surroundings: surroundings, connect: connect)
        let number = MediumNumber.random(in: surroundings)
        let entity = try UnifiedSocialCreditCode(trustingStored: Room.code)
        let start = surroundings.monotonicNanoseconds()
        for intent in [.stockIn(number, .unstated), .enrol(number, for: entity, family)] as [KeyIntent] {
            let facts = try await personaliser.identify(medium)
            let order = try await officers.authorise(personaliser.order(for: intent, facts))
            try await personaliser.run(personaliser.begin(intent, facts, order: order), on: medium)
        }
        let milliseconds = Double(surroundings.monotonicNanoseconds() - start) / 1e6
        await medium.finish()
        return milliseconds
    }
}

/// The person, who types at once.
private struct OnePIN: PINProvider {
    func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
        SecretBytes(copying: Array("735219".utf8))
    }
}

private final class FrameCounter: Sendable {
    private let frames = Mutex(0)
    func count() { frames.withLock { $0 += 1 } }
    func taken() -> Int {
        frames.withLock { frames in
            defer { frames = 0 }
            return frames
        }
    }
}

/// Counts what goes to the card.
private struct CountingTransport: CardTransport {
    private let transport: any CardTransport
    private let counter: FrameCounter

    init(_ transport: any CardTransport, _ counter: FrameCounter) {
        self.transport = transport
        self.counter = counter
    }

    func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
        counter.count()
        return try await transport.transmit(command, within: limit)
    }
    func transmit(secret frame: consuming SecretBytes, within limit: Duration) async throws(CardError) -> [UInt8] {
        counter.count()
        return try await transport.transmit(secret: frame, within: limit)
    }
    func reset() async throws(CardError) { try await transport.reset() }
    func close() async { await transport.close() }
}

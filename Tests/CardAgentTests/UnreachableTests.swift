import AgentProtocol
import CardAgent
import Foundation
import Groundwork
import PCSC
import PIV
import Testing
import VirtualKey

/// Why a key in a reader was not reached: each cause by its name, whoever asks.
@Suite(.serialized) struct UnreachableTests {
    private struct Nobody: PINProvider {
        func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
            throw Refusal(AgentProtocolRefusal.pinCancelled)
        }
    }
    private struct NoSecrets: SecretLender {
        func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
            throw Refusal(AgentProtocolRefusal.notPermitted)
        }
    }
    private static let rules = PINRules(
        minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: [])

    private static func terminal(_ reader: String) -> ReaderTerminal {
        ReaderTerminal(
            reader, readers: PCSCReaders(surroundings: .real), pins: Nobody(), rules: rules, surroundings: .real,
            patience: .seconds(2))
    }

    /// What a plan is told when it looks at the key, and what an officer is told when they sign: one truth.
    private static func refusals(_ medium: any HolderMedium) async -> [String] {
        var codes: [String] = []
        do throws(MediumFailure) {
            _ = try await medium.perform(.identify, lender: NoSecrets())
            codes.append("reached")
        } catch { codes.append(error.refusal.code) }
        do throws(Refusal) {
            _ = try await medium.officerCertificate()
            codes.append("reached")
        } catch { codes.append(error.code) }
        return codes
    }

    @Test(arguments: ["exclusive", "shared", "transaction"])
    func aKeyThatAnotherProgramHoldsIsInUse(mode: String) async throws {
        try await PrivateReaders.shared.withReader { reader in
            let key = try VirtualKeyProgram(reader)
            defer { key.pull() }
            _ = try await PCSCReaders(surroundings: .real).waitForCard(in: reader.name, within: .seconds(60))
            let holder = try HoldingProgram(reader.name, mode)
            #expect(
                await Self.refusals(Self.terminal(reader.name).medium())
                    == ["smart-cards.card-in-use", "smart-cards.card-in-use"])
            holder.letGo()
            // The same medium reaches it as soon as the other program lets go.
            let medium = Self.terminal(reader.name).medium()
            #expect(await Self.refusals(medium) == ["reached", "agent-protocol.key-not-found"])
        }
    }

    @Test func anEmptyReaderAndNoReaderAreSaidSo() async throws {
        try await PrivateReaders.shared.withReader { reader in
            #expect(
                await Self.refusals(Self.terminal(reader.name).medium())
                    == ["smart-cards.no-card", "smart-cards.no-card"])
            #expect(
                await Self.refusals(Self.terminal("none").medium())
                    == ["smart-cards.reader-unavailable", "smart-cards.reader-unavailable"])
            for name in [reader.name, "none"] {
                await #expect(throws: Refusal(CardAgentRefusal.noReader)) {
                    try await Self.terminal(name).expectKey()
                }
            }
        }
    }

    @Test func aKeyThatIsPulledDuringAPlanIsRemoved() async throws {
        try await PrivateReaders.shared.withReader { reader in
            let key = try VirtualKeyProgram(reader)
            _ = try await PCSCReaders(surroundings: .real).waitForCard(in: reader.name, within: .seconds(60))
            let medium = Self.terminal(reader.name).medium()
            _ = try await medium.perform(.identify, lender: NoSecrets())
            key.pull()
            await #expect(throws: MediumFailure.removed) {
                try await medium.perform(.readTries, lender: NoSecrets())
            }
        }
    }
}

import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import Registration
import Storage
import Synchronization
import Testing

/// What no PIN can mend is refused before any key is touched.
@Suite struct OrderingTests {
    /// A reader whose key counts how often somebody wanted it.
    private final class CountedTerminal: KeyTerminal {
        let name: String
        let asked = Atomic(0)
        init(_ name: String) { self.name = name }
        func expectKey() async throws { asked.add(1, ordering: .relaxed) }
        func medium() -> any HolderMedium {
            asked.add(1, ordering: .relaxed)
            return AbsentMedium()
        }
    }

    /// A reader without a key.
    private struct AbsentMedium: HolderMedium {
        func perform(_ action: MediumAction, lender: any SecretLender) async throws(MediumFailure) -> MediumEvent {
            throw .removed
        }
        func finish() async {}
        func certificates() async throws(Refusal) -> [(slot: KeySlot, certificate: Certificate)] { [] }
        func signLogin(
            _ statement: SignedStatement, origin: String, serviceKey: PublicKey, certificate: Certificate?
        ) async throws(Refusal) -> LoginProof { throw MediumFailure.removed.refusal }
        func signDocument(attributes: [UInt8], certificate: Certificate) async throws(Refusal) -> [UInt8] {
            throw MediumFailure.removed.refusal
        }
        func officerCertificate() async throws(Refusal) -> Certificate { throw MediumFailure.removed.refusal }
        func signOrder(
            _ toBeSigned: [UInt8], certificate: Certificate, shown: LocalisedText
        ) async throws(Refusal) -> [UInt8] { throw MediumFailure.removed.refusal }
    }

    private static func with(_ body: (Ordering) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-order-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let audit = AuditLog(surroundings: .real)
        let database = try Database.open(
            at: folder.path + "/database.sqlite", migrations: [AuditLog.migrations, OfficersMigrations.set],
            beforeCommit: [audit.sequencer])
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let policy = try String(contentsOf: root.appending(path: "Policies/dual-control.yaml"), encoding: .utf8)
        let rules = try DualControl(yaml: policy)
        let register = OfficerRegister(
            database: database, audit: audit, policy: rules, surroundings: .real,
            isGood: { _, _, _ in .good })
        try await body(Ordering(officers: register, surroundings: .real))
        await database.close()
    }

    /// Two officers are needed for this act.
    @Test(arguments: [
        (["A"], "because", RegistrationRefusal.tooFewOfficers),
        (["A", "B", "C"], "because", .tooManyOfficers),
        (["A", "A"], "because", .oneReaderTwice),
        (["A", "B"], " \n", .noReason),
    ])
    func `An order that cannot be signed so is refused before a PIN is asked for`(
        readers: [String], reason: String, expected: RegistrationRefusal
    ) async throws {
        try await Self.with { ordering in
            let terminals = readers.map(CountedTerminal.init)
            await #expect(throws: Refusal(expected)) {
                _ = try await ordering.order(
                    .revokeCertificate, subject: "00ff", reason: reason,
                    by: OrderingKeys(terminals, areNamed: true))
            }
            #expect(terminals.allSatisfy { $0.asked.load(ordering: .relaxed) == 0 })
        }
    }

    @Test func `A reader that is empty is told as such, by the key's own refusal`() async throws {
        try await Self.with { ordering in
            await #expect(throws: MediumFailure.removed.refusal) {
                _ = try await ordering.order(
                    .logIn, subject: "session_1", reason: "lost",
                    by: OrderingKeys([CountedTerminal("A")], areNamed: true))
            }
        }
    }
}

import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
@testable import Personalisation
import SecurityKeys
import Storage
import Testing
import VirtualKey

/// What is stated at stock-in is what the officer signed, and stays with the key.
@Suite struct StockTests {
    @Test func `A label is short and plain, or refused`() throws {
        let stock = try KeyStock(batch: "2026-11", servicePoint: "SP_07.a")
        #expect(stock.orderParameters == ["batch": .string("2026-11"), "servicePoint": .string("SP_07.a")])
        #expect(KeyStock.unstated.orderParameters.isEmpty)
        for label in ["", "a b", "批次", "x'--", String(repeating: "9", count: 33)] {
            #expect(throws: Refusal(SecurityKeysRefusal.badStockLabel)) {
                try KeyStock(batch: label, servicePoint: nil)
            }
            #expect(throws: Refusal(SecurityKeysRefusal.badStockLabel)) {
                try KeyStock(batch: nil, servicePoint: label)
            }
        }
    }

    @Test func `A key keeps the stock that was ordered, and no other is accepted`() async throws {
        let desk = try await TestDesk()
        let folder = FileManager.default.temporaryDirectory.appending(path: "stock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = AuditLog(surroundings: .real)
        let database = try Database.open(
            at: folder.appending(path: "database.sqlite").path,
            migrations: [AuditLog.migrations, OfficersMigrations.set, SecurityKeysMigrations.all],
            beforeCommit: [log.sequencer])
        let policy = try String(contentsOfFile: TestDesk.policies + "/dual-control.yaml", encoding: .utf8)
        let register = OfficerRegister(
            database: database, audit: log, policy: try DualControl(yaml: policy), surroundings: .real,
            isGood: { _, _, _ in .good })
        let officers = [try await Self.officer("王芳"), try await Self.officer("李强")]
        try await database.write { transaction in
            _ = try register.enrolFirstOfficers(
                [
                    OfficerEnrolment(
                        name: "王芳", roles: [.superAdministrator, .businessAdministrator, .operator],
                        certificate: officers[0].certificate),
                    OfficerEnrolment(
                        name: "李强", roles: [.auditAdministrator, .reviewer], certificate: officers[1].certificate),
                ], authorisedBy: register.openBootstrap(in: transaction), in: transaction)
        }
        let personaliser = Personaliser(
            database: database, escrow: desk.escrow, authority: desk.authority, models: desk.models,
            roots: desk.roots, surroundings: .real)
        let name = MediumNumber.random(in: .real)
        let stock = try KeyStock(batch: "B-1", servicePoint: "SP-01")
        func begin(_ stated: KeyStock, orderedFor ordered: KeyStock) async throws {
            let order = try await register.authorise(
                CanonicalRequest(
                    .stockInKey, subject: name.hex, parameters: ordered.orderParameters, reason: "stock-in", in: .real),
                by: [officers[0]])
            let medium = desk.medium(VirtualCardTransport(desk.card(pool: .shared)))
            _ = try await personaliser.beginStockIn(name, on: medium, stock: stated, order: .authorised(order))
        }
        let other = try KeyStock(batch: "B-1", servicePoint: "SP-02")
        for stated in [other, .unstated] {
            await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
                try await begin(stated, orderedFor: stock)
            }
        }
        try await begin(stock, orderedFor: stock)
        #expect(try await database.read { try SecurityKeyStore.required(name, in: $0).stock } == stock)
    }

    private static func officer(_ name: String) async throws -> KeyedOfficerSigner {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let now = Surroundings.real.now().truncatedToSecond
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: AlgorithmFamily.p256.signatureAlgorithm,
            issuer: subject, notBefore: now.adding(days: -1), notAfter: now.adding(days: 365), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return KeyedOfficerSigner(certificate: certificate, signer: SoftwareSigner(key))
    }
}

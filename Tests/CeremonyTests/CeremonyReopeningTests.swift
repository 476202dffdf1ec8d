import Audit
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Officers
import Storage
import Testing

@testable import AuthorityFixtures

/// The custodians open the first officers' bootstrap again, when nobody is left who may order.
@Suite struct CeremonyReopeningTests {
    private static let successors = CeremonyBench.script(.p256).replacing("王建国", with: "陈静")
        .replacing("李秀英", with: "赵敏")

    private func register(_ bench: CeremonyBench) throws -> OfficerRegister {
        let text = try #require(try Bench.policyFiles().texts["Policies/dual-control.yaml"])
        return OfficerRegister(
            database: bench.database, audit: bench.audit, policy: try DualControl(yaml: text),
            surroundings: bench.surroundings, isGood: Authority.officerCertificateStatus)
    }

    private func reopen(
        _ bench: CeremonyBench, _ shares: [BroughtShare]? = nil, regardless: Bool = false
    ) async throws -> CeremonyFolder.Stage {
        try await bench.machine(script: Self.successors).reopenBootstrap(
            shares ?? bench.shares(1, 2, 4), reason: "证书均已到期", isRegardless: regardless)
    }

    @Test func `Three custodians name new first officers, and the service takes them once`() async throws {
        let bench = try CeremonyBench()
        try await bench.installation().install(CeremonyBundle.read(bench.issuingStage().path))
        let register = try register(bench)
        await #expect(throws: Refusal(CeremonyRefusal.tooFewShares)) {
            _ = try await reopen(bench, bench.shares(1, 2))
        }
        let stage = try await reopen(bench)
        #expect(stage.name == "003-officers-1")
        let shown = bench.table.shown.joined(separator: "\n")
        for word in ["bootstrap.json: officer: 陈静", "bootstrap.json: to be signed sha256", "证书均已到期"] {
            #expect(shown.contains(word), "\(word)")
        }
        let bundle = try CeremonyBundle.read(stage.path)
        #expect(try await bench.installation().reopenBootstrap(bundle, officers: register))
        #expect(try await bench.installation().reopenBootstrap(bundle, officers: register) == false)
        let named = try await bench.database.read { try FirstOfficers.named(in: $0) }
        #expect(named?.map(\.name) == ["陈静", "赵敏"])

        // What the root signed stands in its journal and in its folder: other stages follow.
        bench.clock.turn(seconds: 60)
        let second = try await CeremonyBundle.read(reopen(bench).path)
        #expect(second.reopening?.statement.number == 2)
        bench.clock.turn(seconds: 60)
        let third = try await CeremonyBundle.read(reopen(bench).path)
        #expect(try TranscriptReading.verify(CeremonyFolder(path: bench.path)).stages.count == 5)
        #expect(try await bench.installation().reopenBootstrap(third, officers: register))
        await #expect(throws: Refusal(OfficersRefusal.bootstrapOlder)) {
            _ = try await bench.installation().reopenBootstrap(second, officers: register)
        }
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM audit_event WHERE act = 'authority.ceremony.stage' AND subject LIKE '%officers%'"
            )
                >= 2)
    }

    @Test func `Another authority's statement and an altered one are refused`() async throws {
        let bench = try CeremonyBench()
        try await bench.installation().install(CeremonyBundle.read(bench.issuingStage().path))
        let register = try register(bench)
        let other = try CeremonyBench()
        _ = try await other.issuingStage()
        let foreign = try await CeremonyBundle.read(reopen(other).path)
        await #expect(throws: Refusal(OfficersRefusal.bootstrapForeign)) {
            _ = try await bench.installation().reopenBootstrap(foreign, officers: register)
        }
        let stage = try await reopen(bench)
        let path = stage.path + "/bootstrap.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("陈静", with: "陈晶").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: Refusal(CeremonyRefusal.ceremonyArtefact)) { _ = try CeremonyBundle.read(stage.path) }
    }
}

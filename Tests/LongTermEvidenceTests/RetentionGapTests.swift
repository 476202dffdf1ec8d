import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import LongTermEvidence
import Officers
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// Nothing is deleted that an archive of ours does not hold as it stands now.
@Suite struct RetentionGapTests {
    private static let years: Int64 = 366 * 86_400

    /// Something that another room keeps of a certificate, and that a test adds to.
    private final class Room: Sendable {
        let lines = Mutex<[CanonicalJSON]>([["login": 1]])
        let certificateStatus = Mutex<[CanonicalJSON]>([["name": "甲"]])

        var companions: [CertificateCompanion] {
            [
                CertificateCompanion(
                    kind: "logins", lines: { [self] _, _ in lines.withLock { $0 } },
                    remove: { [self] _, _ in lines.withLock { $0 = [] } }),
                CertificateCompanion(kind: "entity", lines: { [self] _, _ in certificateStatus.withLock { $0 } }),
            ]
        }
    }

    /// What happened to the store after the archive was made.
    enum Change: CaseIterable, Sendable {
        case none, otherCertificate, moved, revoked, stateEdited, lineMore, lineLess, roomsOwnLine, roomsOwnLineGone

        var gap: ArchiveGap? {
            switch self {
            case .none, .lineLess, .roomsOwnLineGone: nil
            case .otherCertificate: .certificate
            case .moved: .particulars
            case .revoked, .stateEdited: .history
            case .lineMore: .beside("logins")
            case .roomsOwnLine: .beside("entity")
            }
        }
    }

    private static func make(_ change: Change, _ bench: Bench, _ room: Room, _ record: CertificateRecord) async throws {
        func edit(_ assignment: String) async throws {
            try await bench.database.write {
                _ = try $0.execute(
                    "UPDATE certificate SET \(assignment) WHERE serial = $1", record.serialNumber.bytes)
            }
        }
        switch change {
        case .none: break
        case .otherCertificate: try await edit("der = (SELECT der FROM certificate WHERE serial <> $1 LIMIT 1)")
        case .moved: try await bench.move(record)
        case .revoked:
            // As a later version of the programme might, or somebody by hand: a line more.
            try await bench.database.write {
                _ = try $0.execute(
                    """
                    INSERT INTO certificate_status_event (serial, version, state, reason, since, recorded_at)
                    SELECT serial, version + 1, 'revoked', 4, since, recorded_at FROM certificate_status_event
                    WHERE serial = $1 ORDER BY version DESC LIMIT 1
                    """, record.serialNumber.bytes)
            }
        case .stateEdited: try await edit("state = 'suspended'")
        case .lineMore: room.lines.withLock { $0.append(["login": 2]) }
        case .lineLess: room.lines.withLock { $0 = [] }
        case .roomsOwnLine: room.certificateStatus.withLock { $0 = [["name": "乙"]] }
        case .roomsOwnLineGone: room.certificateStatus.withLock { $0 = [] }
        }
    }

    /// An archive of one certificate and what a room keeps of it, seven years later.
    private func scene() async throws -> (Bench, BenchOfficers, Room, CertificateRecord, RetentionService) {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let room = Room()
        let record = try await bench.active()
        bench.clock.turn(seconds: 731 * 86_400)
        _ = try await bench.authority.renewResponders()
        let scope = ArchiveScope.serials([record.serialNumber])
        _ = try await bench.authority.archives.with(room.companions).export(
            scope, to: bench.path("archive"), on: Bench.exportOrder(scope, bench.authority.archives),
            checkpoint: { try await bench.checkpoint() })
        bench.clock.turn(seconds: 7 * Self.years)
        return (bench, officers, room, record, bench.authority.retention.with(room.companions))
    }

    @Test(arguments: Change.allCases)
    func `What is newer than the archive stays, and is named`(_ change: Change) async throws {
        let (bench, officers, room, record, service) = try await scene()
        try await Self.make(change, bench, room, record)
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        guard let gap = change.gap else {
            #expect(plan.serials == [record.serialNumber] && plan.kept.isEmpty)
            return
        }
        #expect(plan.serials.isEmpty && plan.kept.map(\.gap) == [gap])
        let refusal = await #expect(throws: Refusal.self) {
            try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        }
        #expect(refusal?.isBecause(ArchiveRefusal.archiveOutdated) == true)
        #expect(refusal?.facts["serial"] == record.serialNumber.hex && refusal?.facts["gapEn"] == gap.text.en)
    }

    @Test(arguments: Change.allCases.filter { $0.gap != nil })
    func `What changes while officers sign refuses their order`(_ change: Change) async throws {
        let (bench, officers, room, record, service) = try await scene()
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        let order = try await officers.order(service.request(toPrune: plan, justification: "到期"))
        try await Self.make(change, bench, room, record)
        await #expect(throws: Refusal(ArchiveRefusal.archiveOutdated)) { try await service.begin(plan, by: order) }
        #expect(try await !service.isUnfinished())
    }

    /// The archive need not be at hand any more when an order is finished: its hash of what was held is.
    @Test(arguments: [Change.otherCertificate, .moved, .revoked, .stateEdited, .lineMore])
    func `What changes after the order is kept by whoever finishes it`(_ change: Change) async throws {
        let (bench, officers, room, record, service) = try await scene()
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        try await Self.make(change, bench, room, record)
        #expect(try await service.carryOut() == 0)
        #expect(try await !service.isUnfinished())
        #expect(try await bench.authority.certificates.certificate(record.serialNumber) != nil)
        #expect(!room.lines.withLock { $0.isEmpty })
        #expect(try await bench.count("SELECT count(*) AS n FROM pruned_certificate") == 0)
        #expect(
            try await bench.count(
                """
                SELECT count(*) AS n FROM audit_event
                WHERE instr(CAST(line AS TEXT), '"kept":["\(record.serialNumber.hex)"]') > 0
                """) == 1)
    }

    @Test func `An archive that was sealed while a certificate was alive proves nothing of its last days`() async throws
    {
        let bench = try await Bench.create()
        let record = try await bench.active()
        bench.clock.turn(seconds: 60)
        try await bench.export(.serials([record.serialNumber]), to: "archive")
        bench.clock.turn(seconds: 9 * Self.years)
        let plan = try await bench.authority.retention.plan(archiveAt: bench.path("archive"))
        #expect(plan.serials.isEmpty && plan.kept.map(\.gap) == [.sealedTooEarly])
    }

    @Test func `An order of before the archive was compared lets nothing go`() async throws {
        let (bench, officers, _, record, service) = try await scene()
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        try await bench.database.write { _ = try $0.execute("UPDATE pruned_certificate SET held = NULL") }
        #expect(try await service.carryOut() == 0)
        #expect(try await bench.authority.certificates.certificate(record.serialNumber) != nil)
    }

    @Test func `A policy that keeps longer since holds for what was ordered before`() async throws {
        let (bench, officers, _, record, service) = try await scene()
        let plan = try await service.plan(archiveAt: bench.path("archive"))
        try await service.begin(plan, by: officers.order(service.request(toPrune: plan, justification: "到期")))
        let longer = try Bench.policyFiles().replacing(
            "yearsAfterEnd: 5", with: "yearsAfterEnd: 50", in: "Policies/retention.yaml")
        let policies = bench.authority.policies
        let order = try await officers.order(policies.request(toApply: longer, reason: "更长"))
        _ = try await policies.apply(longer, by: order)
        #expect(try await service.carryOut() == 0)
        #expect(try await bench.authority.certificates.certificate(record.serialNumber) != nil)
    }

    // MARK: Whose archive

    @Test func `Another authority's archive lets nothing go here, whatever origin it claims`() async throws {
        let bench = try await Bench.create()
        let other = try await Bench.create()
        // A log in our name from its first checkpoint on: whoever trusts that maker's root finds nothing amiss.
        let own = try await bench.database.read { try $0.first("SELECT origin FROM audit_tree")?.text("origin") ?? "" }
        try await other.database.write { _ = try $0.execute("UPDATE audit_tree SET origin = $1", own) }
        let record = try await other.active()
        try await other.exportAfterTheEnd(.serials([record.serialNumber]), to: "archive")
        #expect(try other.verified("archive").manifest.origin == own)
        bench.clock.turn(seconds: 9 * Self.years)
        await #expect(throws: Refusal(ArchiveRefusal.archiveUnproved)) {
            try await bench.authority.retention.plan(archiveAt: other.path("archive"))
        }
    }
}

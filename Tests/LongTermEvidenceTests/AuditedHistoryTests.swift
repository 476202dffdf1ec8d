import Audit
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures
@testable import CertificateRecords
@testable import LongTermEvidence
@testable import Reconciliation

/// Whoever can write to the database can make its tables agree with each other; they cannot make the audit agree.
@Suite struct AuditedHistoryTests {
    /// One of the ways to say something else of a certificate.
    enum Forgery: String, CaseIterable, Sendable {
        case revocationTakenOut, revocationRewritten, holdTakenOut, datesMoved, eventLeftOut, othersEvent, stateAlone
        case activatedUnseen, reasonChanged, certificateGone, stoneOverLiving

        var sql: [String] {
            let active = "UPDATE certificate SET state = 'active', status_version = 2 WHERE serial = $1"
            let unlisted = "DELETE FROM revocation WHERE serial = $1"
            let lines = "certificate_status_event"
            switch self {
            case .revocationTakenOut:
                return [active, unlisted, "DELETE FROM \(lines) WHERE serial = $1 AND version > 2"]
            case .revocationRewritten:
                return [
                    "UPDATE certificate SET state = 'active' WHERE serial = $1", unlisted,
                    "UPDATE \(lines) SET state = 'active', reason = NULL, since = recorded_at WHERE serial = $1",
                ]
            case .holdTakenOut:
                return [
                    "DELETE FROM \(lines) WHERE serial = $1 AND version = 3",
                    "UPDATE \(lines) SET version = 3 WHERE serial = $1 AND version = 4",
                    "UPDATE certificate SET status_version = 3 WHERE serial = $1",
                ]
            case .datesMoved:
                return [
                    "UPDATE \(lines) SET since = since - 7200000 WHERE serial = $1 AND version = 4",
                    "UPDATE revocation SET revoked_at = revoked_at - 7200000 WHERE serial = $1",
                ]
            case .eventLeftOut:
                return [
                    "UPDATE \(lines) SET event = NULL WHERE serial = $1",
                    "INSERT INTO authority_setting SELECT 'status-history-since', '9000000000000' WHERE $1 IS NOT NULL",
                ]
            case .othersEvent:
                return [
                    """
                    UPDATE \(lines) SET event = (SELECT event FROM \(lines) WHERE serial <> $1 AND version = 2 LIMIT 1)
                    WHERE serial = $1 AND version = 2
                    """
                ]
            case .stateAlone: return ["UPDATE certificate SET state = 'active' WHERE serial = $1"]
            case .activatedUnseen: return ["UPDATE \(lines) SET state = 'active' WHERE serial = $1 AND version = 1"]
            case .reasonChanged:
                return [
                    "UPDATE \(lines) SET reason = 4 WHERE serial = $1 AND version = 4",
                    "UPDATE revocation SET reason = 4 WHERE serial = $1",
                ]
            case .stoneOverLiving:
                return [
                    active, unlisted, "DELETE FROM \(lines) WHERE serial = $1 AND version > 2",
                    "INSERT INTO archive SELECT zeroblob(32), 1, 1 WHERE $1 IS NOT NULL",
                    """
                    INSERT INTO retention_run SELECT zeroblob(32), zeroblob(32), 'officer', 1, 1 WHERE $1 IS NOT NULL
                    """,
                    """
                    INSERT INTO pruned_certificate (serial, archive, plan, pruned_at)
                    VALUES ($1, zeroblob(32), zeroblob(32), 1)
                    """,
                ]
            case .certificateGone:
                return [
                    "DELETE FROM certificate WHERE serial = $1", unlisted, "DELETE FROM \(lines) WHERE serial = $1",
                    "UPDATE issuance_intent SET progress = 'intended', lease_until = 1e15 WHERE serial = $1",
                ]
            }
        }

        var kinds: Set<Difference.Kind> {
            switch self {
            case .revocationTakenOut, .certificateGone, .stoneOverLiving: [.eventWithoutLine]
            case .revocationRewritten, .holdTakenOut, .othersEvent, .activatedUnseen, .reasonChanged, .datesMoved,
                .eventLeftOut:
                [.lineWithoutEvent, .eventWithoutLine]
            case .stateAlone: [.stateNotLastLine]
            }
        }
    }

    /// Held for an hour, then revoked for that; another beside it.
    private func scene() async throws -> (bench: Bench, serial: SerialNumber) {
        let bench = try await Bench.create()
        let serial = try await bench.active().serialNumber
        _ = try await bench.active("entity-signature")
        bench.clock.turn(seconds: 3600)
        try await bench.authority.revocation.suspend(serial, on: Bench.automatic)
        bench.clock.turn(seconds: 3600)
        try await bench.authority.revocation.revoke(serial, reason: .keyCompromise, on: Bench.automatic)
        bench.clock.turn(seconds: 3600)
        return (bench, serial)
    }

    private func forge(_ statements: [String], _ serial: SerialNumber, in bench: Bench) async throws {
        try await bench.database.write { transaction in
            for row in try transaction.query(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'certificate%'")
            {
                try transaction.execute("DROP TRIGGER \(row.text("name"))")
            }
            for sql in statements { try transaction.execute(sql, serial.bytes) }
        }
    }

    @Test(arguments: Forgery.allCases)
    func `A history that was forged is found, and nothing is signed over it`(_ forgery: Forgery) async throws {
        let (bench, serial) = try await scene()
        let asked = bench.surroundings.now().adding(seconds: -60)
        #expect(try await bench.differences() == [])
        #expect(try await bench.verdict(of: serial, at: asked).verdict == .revoked)
        try await forge(forgery.sql, serial, in: bench)
        let kinds: Set<Difference.Kind> = [.lineWithoutEvent, .eventWithoutLine, .stateNotLastLine]
        let found = try await bench.differences().filter { kinds.contains($0.kind) }
        #expect(Set(found.map(\.kind)).isSuperset(of: forgery.kinds), "\(found)")
        #expect(Set(found.map(\.subject)) == [serial.hex])
        for _ in 0..<2 {
            await #expect(throws: Refusal(LongTermEvidenceRefusal.historyDisputed)) {
                try await bench.authority.validity.answer(.serial(serial), at: asked)
            }
        }
        // Told once, and to whoever watches.
        #expect(try await bench.events("history.disputed") == 1)
        #expect(
            try await bench.authority.validity.disputes.alarm()?.code == LongTermEvidenceRefusal.historyDisputed.code)
        if forgery == .certificateGone { return }
        await #expect(throws: (any Error).self) { try await bench.export(to: "archive") }
    }

    @Test func `A certificate that the tables give to another authority is nobody's, and nothing is signed over it`()
        async throws
    {
        let (bench, serial) = try await scene()
        try await forge(["UPDATE certificate SET issuer = 'p256-root-1' WHERE serial = $1"], serial, in: bench)
        await #expect(throws: Refusal(LongTermEvidenceRefusal.historyDisputed)) {
            try await bench.verdict(of: serial, at: bench.surroundings.now().adding(seconds: -60))
        }
        #expect(try await bench.differences().contains { $0.kind == .signedByAnother && $0.subject == serial.hex })
    }

    /// Whoever can write to the database can also have the log say something false from now on: that stays in the log,
    /// and still nothing comes after a revocation.
    @Test func `Nothing follows a revocation, whatever the log was made to say`() async throws {
        let (bench, serial) = try await scene()
        let now = bench.surroundings.now()
        let facts: [String: CanonicalJSON] = ["version": 5, "since": .integer(now.milliseconds)]
        try await bench.database.write { transaction in
            let event = try bench.audit.record(
                AuditEvent(act: CertificateRecordsAct.resumed, actor: .system, subject: serial.hex, facts: facts),
                in: transaction)
            let line = StatusEvent(
                version: 5, state: .active, reason: nil, since: now, recordedAt: now, event: event)
            try StatusHistory.append(line, of: serial, in: transaction)
        }
        try await forge(
            [
                "UPDATE certificate SET state = 'active', status_version = 5 WHERE serial = $1",
                "DELETE FROM revocation WHERE serial = $1",
            ], serial, in: bench)
        bench.clock.turn(seconds: 3600)
        await #expect(throws: Refusal(LongTermEvidenceRefusal.historyDisputed)) {
            try await bench.verdict(of: serial, at: now.adding(seconds: 60))
        }
        #expect(try await bench.differences().map(\.kind).contains(.stateNotLastLine))
    }

    @Test func `The alarm ends with the difference, and another's certificate is answered for meanwhile`() async throws
    {
        let (bench, serial) = try await scene()
        let other = try await bench.active()
        bench.clock.turn(seconds: 60)
        let asked = bench.surroundings.now().adding(seconds: -30)
        try await forge(["UPDATE certificate SET state = 'active' WHERE serial = $1"], serial, in: bench)
        await #expect(throws: Refusal(LongTermEvidenceRefusal.historyDisputed)) {
            try await bench.verdict(of: serial, at: asked)
        }
        #expect(try await bench.verdict(of: other.serialNumber, at: asked).verdict == .good)
        try await forge(["UPDATE certificate SET state = 'revoked' WHERE serial = $1"], serial, in: bench)
        #expect(try await bench.authority.validity.disputes.alarm() == nil)
        #expect(try await bench.verdict(of: serial, at: asked).verdict == .revoked)
    }

    @Test func `An authority whose own history was forged signs nothing about what is below it`() async throws {
        let (bench, serial) = try await scene()
        let issuer = try bench.issuing.certificate.serialNumber
        try await forge(
            ["UPDATE certificate_status_event SET recorded_at = 1, since = 1 WHERE serial = $1"], issuer, in: bench)
        await #expect(throws: Refusal(LongTermEvidenceRefusal.historyDisputed)) {
            try await bench.verdict(of: serial, at: bench.surroundings.now().adding(seconds: -60))
        }
    }

    /// A machine may stand still between the line's time and the event's.
    @Test func `The event tells the line's own time; where it does not, the two lie close together`() throws {
        func isBorneOut(_ facts: [String: CanonicalJSON], after seconds: Int64) throws -> Bool {
            let at = CanonicalJSON.integer(begun.milliseconds)
            let told = ["version": 2, "since": at].merging(facts) { $1 }
            let event = try #require(change("certificate.activated", after: seconds, told))
            let line = StatusEvent(
                version: 2, state: .active, reason: nil, since: begun, recordedAt: begun, event: event.identifier)
            return event.bearsOut(line, of: fingerprint)
        }
        #expect(try isBorneOut(["recordedAt": .integer(begun.milliseconds)], after: 3600))
        #expect(try !isBorneOut(["recordedAt": .integer(begun.milliseconds + 1)], after: 0))
        #expect(try isBorneOut([:], after: 59))
        #expect(try !isBorneOut([:], after: 61))
    }

    @Test func `The events of every change tell it`() async throws {
        let (bench, _) = try await scene()
        let rows = try await bench.count("SELECT count(*) AS n FROM certificate_status_event")
        let told = try await bench.count(
            """
            SELECT count(*) AS n FROM certificate_status_event c WHERE EXISTS (
                SELECT 1 FROM audit_event a WHERE
                    instr(CAST(a.line AS TEXT), '"subject":"' || lower(hex(c.serial)) || '"') > 0
                    AND instr(CAST(a.line AS TEXT), '"recordedAt":' || c.recorded_at || ',') > 0)
            """)
        #expect(rows > 5 && told == rows)
    }

    // MARK: Stores from before there was a history

    private let begun = Bench.start
    private let serial = SerialNumber.random(in: .real)
    private let fingerprint = [UInt8](repeating: 3, count: 32)

    private func change(_ act: String, after seconds: Int64, _ facts: [String: CanonicalJSON] = [:]) -> AuditedChange? {
        let line: CanonicalJSON = [
            "id": .string(AuditEventIdentifier(in: .real).shown), "subject": .string(serial.hex), "act": .string(act),
            "time": .integer(begun.adding(seconds: seconds).milliseconds), "facts": .object(facts),
        ]
        return AuditedChange(line: line.bytes)
    }

    private func line(
        _ version: Int64, _ state: CertificateState, after seconds: Int64, reason: RevocationReason? = nil
    ) -> StatusEvent {
        let at = begun.adding(seconds: seconds)
        return StatusEvent(version: version, state: state, reason: reason, since: at, recordedAt: at, event: nil)
    }

    private func faults(
        _ history: [StatusEvent], _ changes: [AuditedChange?], ends state: CertificateState,
        begins: Int64? = 1000, revokedAfter: Int64? = nil
    ) -> [AuditedHistory.Fault.Kind] {
        AuditedHistory(history: history, changes: changes.compactMap { $0 }, fingerprint: fingerprint).faults(
            AuditedHistory.Stored(
                certificate: (state, 9),
                revocation: revokedAfter.map {
                    RevocationFact(reason: .keyCompromise, revokedAt: begun.adding(seconds: $0))
                }, begins: begins.map { begun.adding(seconds: $0) })
        ).map(\.kind)
    }

    @Test func `A line that names no event is believed only as far as the audit goes`() {
        let sha256: [String: CanonicalJSON] = ["sha256": .string(Hex.encode(fingerprint))]
        let done = change("certificate.issue.done", after: 0, sha256)
        let activated = change("certificate.activated", after: 100, ["version": 2])
        let held = change("certificate.suspended", after: 200, ["version": 3])
        let resumed = change("certificate.resumed", after: 300, ["version": 4])
        let revoked = change("certificate.revoked", after: 400, ["version": 4, "reason": "keyCompromise"])
        let lines = [line(1, .issued, after: 0), line(2, .active, after: 100)]
        #expect(faults(lines, [done, activated], ends: .active) == [])
        // A hold that was over when the history began left no line; one that was not over would have.
        #expect(faults(lines, [done, activated, held, resumed], ends: .active) == [])
        #expect(faults(lines, [done, activated, held], ends: .active) == [.event])
        // Entered with the hold's date.
        let end = line(4, .revoked, after: 200, reason: .keyCompromise)
        #expect(faults(lines + [end], [done, activated, held, revoked], ends: .revoked, revokedAfter: 200) == [])
        #expect(faults(lines, [done, activated, held, revoked], ends: .active) == [.event])
        // Without its event, after the history began, or with one that was written with a line of its own.
        #expect(faults(lines, [done], ends: .active) == [.line])
        #expect(faults(lines, [done, activated], ends: .active, begins: 50) == [.line])
        #expect(faults(lines, [done, activated], ends: .active, begins: nil) == [.line, .line])
        #expect(faults(lines, [done, activated, held, resumed], ends: .active, begins: 250).contains(.event))
        let since: [String: CanonicalJSON] = ["version": 2, "since": .integer(begun.adding(seconds: 100).milliseconds)]
        let late = change("certificate.activated", after: 100, since)
        #expect(faults(lines, [done, late], ends: .active) == [.line, .event])
    }
}

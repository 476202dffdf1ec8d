import Audit
import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Issuance
import Reconciliation
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

@Suite struct RecheckTests {
    /// What a pass did, for tests that stop it.
    private final class EvidenceSigner: Sendable {
        struct Stopped: Error {}
        let steps = Mutex<[RecheckStep]>([])
        private let last: Int
        init(stoppingAfter last: Int = .max) { self.last = last }
        var observer: RecheckObserver {
            { [self] step in
                let count = steps.withLock { steps -> Int in
                    steps.append(step)
                    return steps.count
                }
                if count >= last { throw Stopped() }
            }
        }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func `A store as we made it is clean, and the pass is audited`(_ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        let records = [
            try await bench.active(), try await bench.active("entity-signature"), try await bench.active(),
        ]
        for record in records { _ = try await bench.ocsp(record.serialNumber) }
        try await bench.authority.revocation.revoke(
            records[2].serialNumber, reason: .keyCompromise, on: Bench.automatic)
        for record in records { _ = try await bench.list(record) }
        _ = try await bench.ocsp(records[2].serialNumber, digest: .sha256)
        let report = try await bench.authority.recheck().run()
        #expect(report.found == 0)
        let stored = try await bench.count("SELECT count(*) AS n FROM certificate")
        #expect(report.judged > Int(stored))
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM audit_event WHERE instr(line, CAST('lint.recheck.done' AS BLOB)) > 0") == 1)
    }

    @Test func `What was altered in the store is reported by serial number and rule`() async throws {
        let bench = try await Bench.create()
        let (altered, mangled) = (try await bench.active(), try await bench.active())
        var der = altered.der
        // The last byte of the signature.
        der[der.count - 1] ^= 1
        let changed = der
        try await bench.database.write { transaction in
            try transaction.execute(
                "UPDATE certificate SET der = $1 WHERE serial = $2", changed, altered.serialNumber.bytes)
            try transaction.execute(
                "UPDATE certificate SET der = $1 WHERE serial = $2", [1, 2, 3] as [UInt8], mangled.serialNumber.bytes)
        }
        let recheck = bench.authority.recheck()
        let report = try await recheck.run()
        #expect(!report.isClean && report.counts == [.error: 2])
        var findings: Set<String> = []
        try await recheck.findings(of: report) { findings.insert("\($0.subject) \($0.finding.rule)") }
        #expect(
            findings == [
                "\(altered.serialNumber.hex) signature-verifies", "\(mangled.serialNumber.hex) well-formed",
            ])
    }

    @Test func `Only what began since is judged`() async throws {
        let bench = try await Bench.create()
        bench.clock.turn(seconds: 86_400)
        let record = try await bench.active()
        let report = try await bench.authority.recheck().run(since: bench.surroundings.now().truncatedToSecond)
        #expect(report.judged == 1 && report.isClean)
        _ = record
    }

    /// Wherever it is killed, the next pass goes on, and each object is judged in the end.
    @Test func `Killed at any step, it goes on where it was`() async throws {
        let bench = try await Bench.create()
        for _ in 0..<3 { _ = try await bench.active() }
        let whole = try await bench.authority.recheck().run(batch: 2)
        let steps = EvidenceSigner()
        _ = try await bench.authority.recheck(observer: steps.observer).run(batch: 2)
        let count = steps.steps.withLock(\.count)
        #expect(count > 8)
        for stop in 1...count {
            let killed = bench.authority.recheck(observer: EvidenceSigner(stoppingAfter: stop).observer)
            await #expect(throws: EvidenceSigner.Stopped.self) { try await killed.run(batch: 2) }
            // The killed one's lease has to end first.
            bench.clock.turn(seconds: 121)
            let report = try await bench.authority.recheck().run(batch: 2)
            #expect(report.judged == whole.judged && report.found == 0, "stopped after \(stop)")
        }
    }

    @Test func `While one process is at it, another is told to come later; one that lost its lease stops`() async throws
    {
        let bench = try await Bench.create()
        let second = try await bench.another()
        let clock = bench.clock
        let taken = EvidenceSigner()
        let first = bench.authority.recheck { step in
            switch step {
            case .begun:
                await #expect(throws: Refusal(ReconciliationRefusal.recheckRunning)) {
                    try await second.recheck().run()
                }
            case .judged where taken.steps.withLock(\.isEmpty):
                taken.steps.withLock { $0.append(step) }
                clock.turn(seconds: 121)
                let report = try await second.recheck().run()
                #expect(report.isClean)
            case .judged, .stored: break
            }
        }
        await #expect(throws: Refusal(ReconciliationRefusal.recheckRunning)) { try await first.run() }
    }

    @Test func `With a full disk it is refused, and goes on when there is room`() async throws {
        let bench = try await Bench.create()
        _ = try await bench.authority.issuance.issueMany((0..<60).map { _ in try bench.request() })
        let pages = try await bench.count("SELECT page_count AS n FROM pragma_page_count()")
        var options = DatabaseOptions()
        options.maximumPages = Int(pages)
        let full = try await bench.another(options: options)
        // Every certificate has a finding: together they need more room than there is.
        try await bench.database.write { transaction in
            try transaction.execute("UPDATE certificate SET der = randomblob(length(der))")
        }
        await #expect(throws: Refusal.self) { try await full.recheck().run() }
        bench.clock.turn(seconds: 121)
        let report = try await bench.authority.recheck().run()
        let stored = try await bench.count("SELECT count(*) AS n FROM certificate")
        #expect(report.found == Int(stored))
    }

    @Test func `More findings than fit a page are each given once, in order`() async throws {
        let bench = try await Bench.create()
        let recheck = bench.authority.recheck()
        let report = try await recheck.run()
        try await bench.database.write { transaction in
            try transaction.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
                INSERT INTO lint_finding (run, kind, subject, rule, severity, citation, detail)
                SELECT (SELECT max(id) FROM lint_run), 'certificate', printf('%05d', i / 3), 'rule', 'notice', 'RFC', i
                FROM n
                """)
        }
        var given: [String] = []
        try await recheck.findings(of: report) { given.append($0.subject + $0.finding.text) }
        #expect(given.count == 2500 && Set(given).count == 2500)
        #expect(given == given.sorted())

        // The next pass forgets them, a page at a time.
        #expect(try await recheck.run().found == 0)
        #expect(try await bench.count("SELECT count(*) AS n FROM lint_finding") == 0)
        #expect(try await bench.count("SELECT count(*) AS n FROM lint_run") == 1)
    }

    @Test func `A pass that goes on counts what was found before it was killed`() async throws {
        let bench = try await Bench.create()
        _ = try await bench.authority.issuance.issueMany((0..<6).map { _ in try bench.request() })
        try await bench.database.write { transaction in
            try transaction.execute("UPDATE certificate SET der = randomblob(length(der))")
        }
        let stored = try await bench.count("SELECT count(*) AS n FROM certificate")
        // Begun, judged, stored, judged, stored: two of three batches and more are left.
        let killed = bench.authority.recheck(observer: EvidenceSigner(stoppingAfter: 5).observer)
        await #expect(throws: EvidenceSigner.Stopped.self) { try await killed.run(batch: 2) }
        #expect(try await bench.count("SELECT count(*) AS n FROM lint_finding") == 4)
        bench.clock.turn(seconds: 121)
        #expect(try await bench.authority.recheck().run(batch: 2).found == Int(stored))

        // A pass over another span gives it up, and what it found is not the new one's.
        let other = bench.authority.recheck(observer: EvidenceSigner(stoppingAfter: 5).observer)
        await #expect(throws: EvidenceSigner.Stopped.self) { try await other.run(batch: 2) }
        bench.clock.turn(seconds: 121)
        let since = bench.surroundings.now()
        #expect(try await bench.authority.recheck().run(since: since, batch: 2).found == 0)
        #expect(try await bench.count("SELECT count(*) AS n FROM lint_finding") == 0)
    }

    /// A rule that came later judges what was there before, but does not condemn it.
    @Test func `What a rule of today finds in a certificate of before is a notice`() async throws {
        let bench = try await Bench.create()
        let good = try await bench.active().certificate()
        let rule = try #require(Linter.rules.first { $0.id == "distribution-point-form" })
        func severity(_ began: Instant) throws -> LintRule.Severity? {
            let body = CertificateBody(
                serialNumber: good.serialNumber, signatureAlgorithm: .ecdsaWithSHA256, issuer: good.issuer,
                notBefore: began, notAfter: good.notAfter, subject: good.subject, publicKey: good.publicKey,
                extensions: good.extensions.filter { $0.oid != .crlDistributionPoints } + [
                    .raw(.crlDistributionPoints, value: [0x30, 0x02, 0x30, 0x00])
                ])
            let certificate = try Certificate.unsigned(body: body.der, algorithm: .ecdsaWithSHA256)
            let target = LintTarget(certificate: certificate, context: LintContext(generation: "x"))
            return Linter.findings(in: target).first { $0.rule == rule.id }?.severity
        }
        let since = try #require(Instant(rfc3339: rule.since + "T00:00:00Z"))
        #expect(try severity(since.adding(days: 1)) == .error)
        #expect(try severity(since.adding(days: -1)) == .notice)
    }
}

internal import CertificateProfiles
internal import Groundwork
internal import Storage

extension StoreRecheck {
    /// Findings held in memory at once: there may be one for every certificate of the store.
    private static let page = 1000

    /// What passes that ended found was reported then. A page at a time: there may be millions, and whoever issues or
    /// revokes meanwhile waits for one page only. Killed between two, the next pass goes on.
    func forgetEnded() async throws {
        while try await database.write({ try Self.forgetPage(in: $0) }) {}
    }

    /// - Returns: whether anything was left to forget.
    private static func forgetPage(in transaction: any Transaction) throws(Refusal) -> Bool {
        guard let run = try transaction.first("SELECT id FROM lint_run WHERE ended_at IS NOT NULL")?.integer("id")
        else { return false }
        let last = try transaction.first(
            """
            SELECT kind, subject, rule, detail FROM lint_finding WHERE run = $1
            ORDER BY kind, subject, rule, detail LIMIT 1 OFFSET $2
            """, run, page)
        if let last {
            try transaction.execute(
                "DELETE FROM lint_finding WHERE run = $1 AND (kind, subject, rule, detail) <= ($2, $3, $4, $5)", run,
                last.text("kind"), last.text("subject"), last.text("rule"), last.text("detail"))
        } else {
            try transaction.execute("DELETE FROM lint_run WHERE id = $1", run)
        }
        return true
    }

    /// How many findings of a pass are stored, by severity.
    func counts(of run: Int64) async throws -> [LintRule.Severity: Int] {
        try await database.read { transaction in
            var counts: [LintRule.Severity: Int] = [:]
            for row in try transaction.query(
                "SELECT severity, count(*) AS n FROM lint_finding WHERE run = $1 GROUP BY severity", run)
            {
                counts[try row.choice("severity")] = Int(try row.integer("n"))
            }
            return counts
        }
    }

    /// Gives each finding of a pass in turn, by kind, subject and rule. The next pass forgets them.
    package func findings(
        of report: RecheckReport, _ body: (RecheckReport.Finding) throws -> Void
    ) async throws {
        var last: RecheckReport.Finding?
        while true {
            let before = last
            let found = try await database.read { try Self.page(after: before, of: report.run, in: $0) }
            for finding in found { try body(finding) }
            guard found.count == Self.page else { return }
            last = found.last
        }
    }

    private static func page(
        after last: RecheckReport.Finding?, of run: Int64, in transaction: any ReadTransaction
    ) throws(Refusal) -> [RecheckReport.Finding] {
        var findings: [RecheckReport.Finding] = []
        for row in try transaction.query(
            """
            SELECT kind, subject, rule, severity, citation, detail FROM lint_finding
            WHERE run = $1 AND (kind, subject, rule, detail) > ($2, $3, $4, $5)
            ORDER BY kind, subject, rule, detail LIMIT $6
            """, run, last?.kind ?? "", last?.subject ?? "", last?.finding.rule ?? "", last?.finding.text ?? "", page)
        {
            findings.append(
                RecheckReport.Finding(
                    kind: try row.text("kind"), subject: try row.text("subject"),
                    finding: LintFinding(
                        rule: try row.text("rule"), citation: try row.text("citation"),
                        severity: try row.choice("severity"), text: try row.text("detail"))))
        }
        return findings
    }
}

internal import Groundwork
internal import Storage

extension StoreRecheck {
    /// Findings held in memory at once: there may be one for every certificate of the store.
    private static let page = 1000

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

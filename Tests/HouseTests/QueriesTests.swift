import Foundation
import Testing

/// A room's queries are one text for every back end of Storage (SQLite now, PostgreSQL later); what makes and changes
/// tables is each back end's own.
@Suite struct QueriesTests {
    /// What only SQLite understands, or understands otherwise.
    private static var dialect: [(pattern: Regex<Substring>, instead: String)] {
        [
            (/\browid\b/, "the table's key"),
            (/\b[xX]'[0-9A-Fa-f]*'/, "a placeholder"),
            (/\bINSERT OR\b|\bREPLACE INTO\b/, "ON CONFLICT"),
            (/\bOR \$\d+ AND\b|\(\$\d+ (?:AND|OR)\b/, "a comparison: a placeholder is no condition"),
            (/\bIS (?:NOT )?\$\d+/, "IS [NOT] DISTINCT FROM"),
            (/\b(?:max|min)\(\$\d+,|\b(?:max|min)\([a-z_.]+,/, "CASE"),
            (/\bjson_[a-z]+\(|->>?'/, "a column"),
            (
                /\b(?:substr|instr|hex|unhex|printf|randomblob|zeroblob|ifnull|iif|typeof|total|group_concat)\(/,
                "a column"
            ),
            (/\b(?:strftime|datetime|julianday|unixepoch|changes|last_insert_rowid)\(/, "a value from Surroundings"),
            (/\bGLOB\b|\bINDEXED BY\b|\bEXPLAIN\b|\bPRAGMA\b|pragma_|sqlite_/, "nothing: it is Storage's matter"),
            (/\bCAST\([^)]* AS (?:INTEGER|BLOB)\)/, "BIGINT, or a column of the right type"),
        ]
    }

    /// Texts of SQL that ask or change rows, in all rooms but Storage, with their lines.
    static func queries(in text: String) -> [(sql: String, line: Int)] {
        text.matches(of: /"""\n(?<long>(?s).*?)"""|"(?<short>(?:[^"\\\n]|\\.)*)"/).compactMap { match in
            let sql = String(match.output.long ?? match.output.short ?? "")
            guard sql.contains(/\b(?:SELECT|INSERT|UPDATE [a-z_]+|DELETE FROM|WHERE|FROM [a-z_]+|ORDER BY)\b/),
                !sql.contains(/\b(?:CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER)|ALTER TABLE|DROP [A-Z]+)\b/)
            else { return nil }
            return (sql, text[..<match.range.lowerBound].count { $0 == "\n" } + 1)
        }
    }

    private static func faults(in sql: String) -> [String] {
        dialect.compactMap { rule in
            sql.firstMatch(of: rule.pattern).map { "\($0.output): use \(rule.instead)" }
        }
    }

    @Test func queriesAreOneTextForEveryBackEnd() {
        var count = 0
        for file in House.swiftFiles(under: "Sources") where !file.path.hasPrefix("Sources/Storage/") {
            for query in Self.queries(in: file.text) {
                count += 1
                let faults = Self.faults(in: query.sql)
                #expect(faults.isEmpty, "\(file.path):\(query.line) has \(faults.joined(separator: "; "))")
            }
        }
        #expect(count > 200, "the search sees \(count) queries")
    }

    @Test(arguments: [
        "DELETE FROM a WHERE rowid IN (SELECT rowid FROM a)", "SELECT x FROM a WHERE b <> X'00'",
        "INSERT OR IGNORE INTO a (b) VALUES ($1)", "SELECT x FROM a WHERE (b = $1 OR $2 AND c = 1)",
        "SELECT x FROM a WHERE b IS $1", "UPDATE a SET b = max($1, b)", "SELECT json_extract(b, '$.c') FROM a",
        "SELECT x FROM a WHERE substr(b, 1, 2) = $1", "SELECT name FROM sqlite_master",
    ])
    func theSearchSeesWhatItLooksFor(sql: String) {
        let text = "let a = \"\"\"\n\(sql)\n    \"\"\"\nlet b = \"\(sql)\""
        #expect(Self.queries(in: text).count == 2)
        #expect(Self.queries(in: text).allSatisfy { !Self.faults(in: $0.sql).isEmpty })
    }

    /// What a room holds is a promise of Storage, not a class of one back end.
    @Test func roomsNameNoBackEnd() {
        for file in House.swiftFiles(under: "Sources") where !file.path.hasPrefix("Sources/Storage/") {
            #expect(
                file.text.firstMatch(of: /\b(?:GRDB|SQLite[A-Z]\w*)\b/) == nil, "\(file.path) names Storage's back end")
        }
    }
}

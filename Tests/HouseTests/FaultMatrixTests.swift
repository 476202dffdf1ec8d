import Foundation
import Testing

/// Documentation/faults.md names, for each part of the authority and each fault, the tests that inject it. Each exists.
@Suite struct FaultMatrixTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var part: String
        var fault: String
        var cell: String
        /// Names in quotation marks.
        var tests: [String] { cell.matches(of: /“([^”]+)”/).map { String($0.1) } }
        var testDescription: String { "\(part): \(fault)" }
    }

    static let parts = [
        "Ceremony", "Keys in hardware", "Profiles, lint, recheck, issuance", "Revocation and lists", "OCSP",
        "Time stamps", "Transparency", "Reconciliation", "Retention and archives", "Long-term answers", "Escrow",
    ]
    static let faults = ["killed", "disk full", "token gone", "clock stepped", "database locked", "a second process"]

    static let rows: [Row] = {
        let page =
            (try? String(contentsOf: House.root.appending(path: "Documentation/faults.md"), encoding: .utf8)) ?? ""
        var rows: [Row] = []
        var part = ""
        for line in page.split(separator: "\n") {
            if let title = line.wholeMatch(of: /## (?:\d+\. )?(.+)/) { part = String(title.1) }
            guard let row = line.wholeMatch(of: /\| ([a-z ]+) \| (.*) \|/), row.1 != "fault" else { continue }
            rows.append(Row(part: part, fault: String(row.1), cell: String(row.2)))
        }
        return rows
    }()

    static let tests = House.swiftFiles(under: "Tests").map(\.text).joined(separator: "\n")

    @Test func everyPartHasEveryFaultOnce() {
        for part in Self.parts {
            for fault in Self.faults {
                let found = Self.rows.filter { $0.part == part && $0.fault == fault }
                #expect(found.count == 1, "Documentation/faults.md: \(part) × \(fault)")
            }
        }
        #expect(Self.rows.count == Self.parts.count * Self.faults.count)
    }

    @Test(arguments: rows)
    func aCellNamesTestsThatExistOrSaysWhyThereIsNone(row: Row) {
        for name in row.tests {
            #expect(
                Self.tests.contains("func `\(name)`(") || Self.tests.contains("func \(name)("),
                "\(row.part) × \(row.fault): there is no test “\(name)”")
        }
        // A sentence, not a dash.
        #expect(!row.tests.isEmpty || row.cell.count > 40 && row.cell.hasSuffix("."), "\(row.part) × \(row.fault)")
    }
}

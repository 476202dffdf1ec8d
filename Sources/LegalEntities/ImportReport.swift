package import Groundwork

package enum RegistryImportKind: IdentifierKind {
    package static let prefix = "import"
}

/// What became of a feed: every line is counted once, and each bad one is named.
package struct ImportReport: Hashable, Sendable {
    package struct BadLine: Hashable, Sendable {
        /// The header is line 1.
        package let number: Int
        package let defect: RegistryLine.Defect

        package var refusal: Refusal { defect.refusal(line: number) }
    }

    /// At most so many bad lines are kept; all are counted.
    package static let keptBadLines = 1000

    package let identifier: Identifier<RegistryImportKind>
    /// Without the header and empty lines.
    package internal(set) var lines = 0
    package internal(set) var added = 0
    package internal(set) var changed = 0
    /// Those among the changed whose name is another.
    package internal(set) var renamed = 0
    package internal(set) var unchanged = 0
    package internal(set) var bad = 0
    package internal(set) var badLines: [BadLine] = []

    init(identifier: Identifier<RegistryImportKind>) { self.identifier = identifier }

    mutating func note(_ defect: RegistryLine.Defect, line: Int) {
        bad += 1
        if badLines.count < Self.keptBadLines { badLines.append(BadLine(number: line, defect: defect)) }
    }

    mutating func add(_ batch: BatchCounts) {
        added += batch.added
        changed += batch.changed
        renamed += batch.renamed
        unchanged += batch.unchanged
    }

    var counts: [String: CanonicalJSON] {
        [
            "lines": .integer(Int64(lines)), "added": .integer(Int64(added)), "changed": .integer(Int64(changed)),
            "renamed": .integer(Int64(renamed)), "unchanged": .integer(Int64(unchanged)), "bad": .integer(Int64(bad)),
        ]
    }
}

/// The counts of one batch, made inside its transaction.
struct BatchCounts: Sendable {
    var added = 0
    var changed = 0
    var renamed = 0
    var unchanged = 0
}

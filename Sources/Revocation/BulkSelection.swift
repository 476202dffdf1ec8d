internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// Which certificates are to be revoked together.
package enum BulkSelection: Sendable, Hashable {
    /// Serial numbers and unified social credit codes, one a line; `#` begins a remark.
    case list([String])
    case servicePoint(String)
    case batch(String)
    case model(String)

    /// No file of a list is longer.
    package static let longestFile = 256 << 20

    /// The lines of a file from outside; what they say is looked at when the plan is made.
    package static func list(file bytes: [UInt8]) -> BulkSelection {
        .list(
            String(decoding: bytes, as: UTF8.self)
                .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init))
    }

    /// What one line of a list names.
    enum Entry: Hashable {
        case nothing
        case serial(SerialNumber)
        case creditCode(String)

        /// `nil` for a line that is none of these.
        init?(line: String) {
            let word = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
            if word.isEmpty {
                self = .nothing
            } else if let serial = SerialNumber(hex: word) {
                self = .serial(serial)
            } else if word.utf8.count == 18 {
                self = .creditCode(word.uppercased())
            } else {
                return nil
            }
        }
    }

    /// As the audit and the officers' order name it; a list is named by its length, its content by the digest.
    package var text: String {
        switch self {
        case .list(let lines): "list of \(lines.count) lines"
        case .servicePoint(let name): "service point \(name)"
        case .batch(let name): "batch \(name)"
        case .model(let name): "model \(name)"
        }
    }

    /// The certificates by one column, or by each line of the list.
    func records(in transaction: any ReadTransaction) throws(Refusal) -> [CertificateStore.Selected] {
        switch self {
        case .list(let lines): try BulkSelection.records(lines, in: transaction)
        case .servicePoint(let name): try CertificateStore.selected(by: .servicePoint(name), in: transaction)
        case .batch(let name): try CertificateStore.selected(by: .batch(name), in: transaction)
        case .model(let name): try CertificateStore.selected(by: .model(name), in: transaction)
        }
    }

    private static func records(_ lines: [String], in transaction: any ReadTransaction) throws(Refusal)
        -> [CertificateStore.Selected]
    {
        var found: [CertificateStore.Selected] = []
        var bad: [String] = []
        for (index, line) in lines.enumerated() {
            let records: [CertificateStore.Selected]
            switch Entry(line: line) {
            case .nothing: continue
            case .serial(let serial): records = try CertificateStore.selected(by: .serial(serial), in: transaction)
            case .creditCode(let code):
                records = try CertificateStore.selected(by: .creditCode(code), in: transaction)
            case nil: records = []
            }
            if records.isEmpty { bad.append(String(index + 1)) }
            found += records
        }
        guard bad.isEmpty else {
            let shown = bad.count > 20 ? bad.prefix(20) + ["…"] : bad[...]
            throw Refusal(
                RevocationRefusal.malformedSelection, facts: ["lines": shown.joined(separator: ", ")])
        }
        return found
    }
}

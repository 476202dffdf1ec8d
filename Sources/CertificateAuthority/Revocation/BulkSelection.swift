package import Cryptography
package import Groundwork
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
    func records(in transaction: any ReadTransaction) throws(Refusal) -> [BulkCandidate] {
        switch self {
        case .list(let lines): try BulkSelection.records(lines, in: transaction)
        case .servicePoint(let name): try BulkSelection.records("c.service_point = $1", name, in: transaction)
        case .batch(let name): try BulkSelection.records("c.batch = $1", name, in: transaction)
        case .model(let name): try BulkSelection.records("c.model = $1", name, in: transaction)
        }
    }

    private static func records(_ lines: [String], in transaction: any ReadTransaction) throws(Refusal)
        -> [BulkCandidate]
    {
        var found: [BulkCandidate] = []
        var bad: [String] = []
        for (index, line) in lines.enumerated() {
            let records: [BulkCandidate]
            switch Entry(line: line) {
            case .nothing: continue
            case .serial(let serial): records = try self.records("c.serial = $1", serial.bytes, in: transaction)
            case .creditCode(let code): records = try self.records("c.credit_code = $1", code, in: transaction)
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

    private static func records(
        _ condition: String, _ value: any SQLBindable, in transaction: any ReadTransaction
    ) throws(Refusal) -> [BulkCandidate] {
        var found: [BulkCandidate] = []
        for row in try transaction.query(
            """
            SELECT c.serial AS serial, c.state AS state, c.purpose AS purpose, c.not_after AS not_after
            FROM certificate c WHERE \(condition)
            """, value)
        {
            found.append(
                BulkCandidate(
                    serial: try row.serial("serial"), state: try row.choice("state"),
                    purpose: try row.choice("purpose"), notAfter: try row.instant("not_after")))
        }
        return found
    }
}

/// One certificate of a selection, as far as it decides whether it can be revoked.
struct BulkCandidate: Sendable {
    let serial: SerialNumber
    let state: CertificateState
    let purpose: CertificatePurpose
    let notAfter: Instant

    /// Why it is left out; `nil`: it is on the list.
    func leftOut(at now: Instant) -> BulkPlan.LeftOut? {
        if purpose.isAuthoritysOwn { return .ownCertificate }
        if !OrderedChange.canRevokeInBulk(purpose) { return .officersCertificate }
        return state == .revoked ? .revokedAlready : now.truncatedToSecond > notAfter ? .expired : nil
    }
}

/// The dry run: exactly which certificates, in one order, and what is left out.
package struct BulkPlan: Sendable, Hashable {
    package enum LeftOut: String, Sendable, CaseIterable, Hashable {
        case revokedAlready, expired
        /// The authority's own certificates are never revoked by the hundred.
        case ownCertificate
        /// Nor are officers': others decide on those, one by one.
        case officersCertificate

        package var label: LocalisedText {
            switch self {
            case .revokedAlready: LocalisedText(zh: "已吊销", en: "revoked already")
            case .expired: LocalisedText(zh: "已过期", en: "expired")
            case .ownCertificate: LocalisedText(zh: "机构自用证书", en: "the authority's own")
            case .officersCertificate: LocalisedText(zh: "人员证书", en: "an officer's")
            }
        }
    }

    package let selection: String
    /// Ascending.
    package let serials: [SerialNumber]
    package let states: [CertificateState: Int]
    package let leftOut: [LeftOut: Int]
    /// SHA-256 over the serial numbers in their order: what the officers sign.
    package let digest: [UInt8]

    init(_ selection: BulkSelection, _ candidates: [BulkCandidate], at now: Instant) throws(Refusal) {
        var states: [CertificateState: Int] = [:]
        var leftOut: [LeftOut: Int] = [:]
        var serials: Set<SerialNumber> = []
        for candidate in candidates {
            if let reason = candidate.leftOut(at: now) {
                leftOut[reason, default: 0] += 1
            } else if serials.insert(candidate.serial).inserted {
                states[candidate.state, default: 0] += 1
            }
        }
        guard !serials.isEmpty else { throw Refusal(RevocationRefusal.nothingSelected) }
        self.selection = selection.text
        self.serials = serials.sorted()
        self.states = states
        self.leftOut = leftOut
        digest = BulkPlan.digest(self.serials.map(\.bytes))
    }

    static func digest(_ serials: [[UInt8]]) -> [UInt8] { DigestAlgorithm.sha256.hash(serials.flatMap(\.self)) }

    /// Some of them, spread evenly over the list.
    package func sample(_ count: Int) -> [SerialNumber] {
        guard serials.count > count, count > 0 else { return serials }
        return (0..<count).map { serials[$0 * serials.count / count] }
    }
}

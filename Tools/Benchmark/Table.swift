import Cryptography
import Foundation

/// The printed result.
struct Table {
    /// What a line is compared with.
    enum Yardstick: String { case sign, verify, both = "sign+verify", none = "-" }

    private static let widths = [7, 38, 10, 7, 11]

    init() { write(["family", "what", "per second", "ratio", "to openssl", "note"]) }

    func add(_ family: AlgorithmFamily, _ speed: OpenSSLSpeed) {
        write([family.rawValue, "openssl sign", number(speed.sign), "1.000", "sign", ""])
        write([family.rawValue, "openssl verify", number(speed.verify), "1.000", "verify", ""])
    }

    func add(
        _ family: AlgorithmFamily, _ what: String, _ rate: Double, _ yardstick: Yardstick,
        _ speed: OpenSSLSpeed? = nil, note: String = ""
    ) {
        let whole: Double? =
            switch yardstick {
            case .sign: speed?.sign
            case .verify: speed?.verify
            case .both: speed?.both
            case .none: nil
            }
        let ratio = whole.map { String(format: "%.3f", rate / $0) } ?? "-"
        write([family.rawValue, what, number(rate), ratio, yardstick.rawValue, note])
    }

    private func number(_ rate: Double) -> String { String(format: rate < 100 ? "%.2f" : "%.0f", rate) }

    /// Each line leaves as soon as it is measured.
    private func write(_ line: [String]) {
        let cells = line.indices.map { column in
            guard column < Self.widths.count else { return line[column] }
            let space = String(repeating: " ", count: max(0, Self.widths[column] - line[column].count))
            return (2...3).contains(column) ? space + line[column] : line[column] + space
        }
        FileHandle.standardOutput.write(Data((cells.joined(separator: "  ") + "\n").utf8))
    }
}

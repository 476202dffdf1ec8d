import Cryptography
import Foundation

/// The printed result.
struct Table {
    /// What a line is compared with.
    enum Yardstick: String { case sign, verify, both = "sign+verify", none = "-" }

    private var lines: [[String]] = [["family", "what", "per second", "ratio", "to openssl", "note"]]

    mutating func add(_ family: AlgorithmFamily, _ speed: OpenSSLSpeed) {
        lines.append([family.rawValue, "openssl sign", number(speed.sign), "1.000", "sign", ""])
        lines.append([family.rawValue, "openssl verify", number(speed.verify), "1.000", "verify", ""])
    }

    mutating func add(
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
        lines.append([family.rawValue, what, number(rate), ratio, yardstick.rawValue, note])
    }

    private func number(_ rate: Double) -> String { String(format: rate < 100 ? "%.2f" : "%.0f", rate) }

    func print() {
        let widths = (0..<5).map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = line.indices.map { column in
                guard column < 5 else { return line[column] }
                let space = String(repeating: " ", count: widths[column] - line[column].count)
                return (2...3).contains(column) ? space + line[column] : line[column] + space
            }
            Swift.print(cells.joined(separator: "  "))
        }
    }
}

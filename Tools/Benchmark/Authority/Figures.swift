import Cryptography
import Foundation
import Synchronization

/// Prints each figure as it is measured, and beside it the one of the smaller store, which an earlier run left in a
/// file: the difference is to vanish.
final class Figures: Sendable {
    private let family: AlgorithmFamily
    private let count: Int
    private let file: String
    private let before: [String: Double]
    private let own = Mutex<[String: Double]>([:])

    init(family: AlgorithmFamily, count: Int, file: String) {
        self.family = family
        self.count = count
        self.file = file
        let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n") ?? []
        before = Dictionary(
            lines.compactMap { line in
                let parts = line.split(separator: "\t")
                return parts.count == 2 ? Double(parts[1]).map { (String(parts[0]), $0) } : nil
            }, uniquingKeysWith: { $1 })
    }

    /// Operations a second, and how they compare with a yardstick of the same run. An aim is printed, never judged.
    func rate(
        _ what: String, _ perSecond: Double, _ ratio: Double?, _ yardstick: String, aim: String = "", note: String = ""
    ) {
        write(what, perSecond, "/s", ratio, yardstick, aim, note)
    }

    /// A duration; the ratio is a yardstick's duration divided by it, so that more is better here too.
    func milliseconds(
        _ what: String, _ milliseconds: Double, _ ratio: Double?, _ yardstick: String = "-", aim: String = "",
        note: String = ""
    ) {
        write(what, milliseconds, "ms", ratio, yardstick, aim, note)
    }

    func megabytes(_ what: String, _ megabytes: Double, note: String = "") {
        write(what, megabytes, "MB", nil, "-", "", note)
    }

    func note(_ what: String, _ text: String) {
        line([family.rawValue, String(count), what, "", "", "", "", "", text])
    }

    private func write(
        _ what: String, _ value: Double, _ unit: String, _ ratio: Double?, _ yardstick: String, _ aim: String,
        _ note: String
    ) {
        let change = before[what].map { String(format: "%+.0f %%", (value / $0 - 1) * 100) } ?? ""
        line([
            family.rawValue, String(count), what, String(format: value < 100 ? "%.2f" : "%.0f", value) + " \(unit)",
            ratio.map { String(format: "%.3f", $0) } ?? "-", yardstick, aim, change, note,
        ])
        let text = own.withLock { own in
            own[what] = value
            return own.map { "\($0.key)\t\($0.value)\n" }.sorted().joined()
        }
        if before.isEmpty { try? text.write(toFile: file, atomically: true, encoding: .utf8) }
    }

    static func heading() {
        FileHandle.standardOutput.write(
            Data(
                (format(["family", "stored", "what", "measured", "ratio", "to", "aim", "larger", "note"]) + "\n").utf8))
    }

    private func line(_ cells: [String]) {
        FileHandle.standardOutput.write(Data((Self.format(cells) + "\n").utf8))
    }

    private static func format(_ cells: [String]) -> String {
        let widths = [7, 8, 34, 11, 6, 19, 8, 7]
        return cells.enumerated().map { index, cell in
            guard index < widths.count else { return cell }
            let space = String(repeating: " ", count: max(0, widths[index] - cell.count))
            return [3, 4, 6, 7].contains(index) ? space + cell : cell + space
        }.joined(separator: "  ")
    }
}

/// Work that several callers take from, and what they leave.
final class WorkList<Item: Sendable>: Sendable {
    private let items: Mutex<[Item]>
    init(_ items: [Item]) { self.items = Mutex(items.reversed()) }
    func next() -> Item? { items.withLock { $0.popLast() } }
    func add(_ item: Item) { items.withLock { $0.append(item) } }
}

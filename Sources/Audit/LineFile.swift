internal import Foundation
internal import Groundwork

/// Files of lines, read piece by piece: each line ends with a line feed, and one that is too long or unfinished is a
/// line of its own kind that no check accepts.
enum LineFile {
    static func read(_ path: String, limit: Int) throws(Refusal) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        let reader = try LineReader(path, limit: limit)
        while let line = try reader.next() { lines.append(line) }
        return lines
    }
}

/// One pass over a file of lines, in the memory of one piece and one line. Confined to whoever made it.
final class LineReader {
    private let path: String
    private let limit: Int
    private let file: FileHandle
    private var piece: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// So many bytes without a line feed are no file of lines.
    private static let longestRun = 64 << 20

    init(_ path: String, limit: Int) throws(Refusal) {
        self.path = path
        self.limit = limit
        guard RegularFile.size(at: path) != nil else { throw LineReader.unreadable(path, "no regular file") }
        do {
            file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw LineReader.unreadable(path, error.localizedDescription)
        }
    }

    deinit { try? file.close() }

    /// The next line without its line feed; `nil` at the end. What lies beyond the limit is left out of the line, one
    /// byte excepted, so that it cannot pass for a shorter one; so is a last line without line feed given with one byte
    /// more.
    func next() throws(Refusal) -> [UInt8]? {
        var line: [UInt8] = []
        var left = Self.longestRun
        while true {
            if let end = piece[position...].firstIndex(of: 0x0A) {
                line += piece[position..<end].prefix(max(0, limit + 1 - line.count))
                position = end + 1
                return line
            }
            line += piece[position...].prefix(max(0, limit + 1 - line.count))
            // Nobody's export: the rest of it is not waited for.
            left -= piece.count - position
            guard left > 0 else { throw LineReader.unreadable(path, "\(Self.longestRun) bytes without a line's end") }
            if isAtEnd {
                position = piece.count
                return line.isEmpty ? nil : line + [0x00]
            }
            try fill()
        }
    }

    private func fill() throws(Refusal) {
        position = 0
        do {
            piece = Array(try file.read(upToCount: 1 << 18) ?? Data())
        } catch {
            throw LineReader.unreadable(path, error.localizedDescription)
        }
        isAtEnd = piece.isEmpty
    }

    private static func unreadable(_ path: String, _ reason: String) -> Refusal {
        Refusal(
            AuditRefusal.unreadableExport, detail: "\(path): \(reason)",
            facts: ["file": String(path.split(separator: "/").last ?? "")])
    }
}

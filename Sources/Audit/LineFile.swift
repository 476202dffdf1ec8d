internal import Foundation
internal import Groundwork

/// Files of lines, read piece by piece: each line ends with a line feed, and one that is too long or unfinished is a
/// line of its own kind that no check accepts.
enum LineFile {
    static func read(_ path: String, limit: Int) throws(Refusal) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try forEach(path, limit: limit) { lines.append($0) }
        return lines
    }

    /// Gives each line without its line feed. What lies beyond `limit` bytes is left out of the line, one byte excepted,
    /// so that it cannot pass for a shorter one; so is a last line without line feed given with one byte more.
    static func forEach(_ path: String, limit: Int, _ body: ([UInt8]) -> Void) throws(Refusal) {
        let file: FileHandle
        do {
            file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw unreadable(path, error)
        }
        defer { try? file.close() }
        var rest: [UInt8] = []
        while true {
            let piece: [UInt8]
            do {
                piece = Array(try file.read(upToCount: 1 << 20) ?? Data())
            } catch {
                throw unreadable(path, error)
            }
            guard !piece.isEmpty else { break }
            var start = 0
            while let end = piece[start...].firstIndex(of: 0x0A) {
                rest += piece[start..<end].prefix(max(0, limit + 1 - rest.count))
                body(rest)
                rest = []
                start = end + 1
            }
            rest += piece[start...].prefix(max(0, limit + 1 - rest.count))
        }
        if !rest.isEmpty { body(rest + [0x00]) }
    }

    private static func unreadable(_ path: String, _ error: any Error) -> Refusal {
        Refusal(
            AuditRefusal.unreadableExport, detail: "\(path): \(error.localizedDescription)",
            facts: ["file": String(path.split(separator: "/").last ?? "")])
    }
}

internal import Groundwork
internal import NIOCore
internal import Synchronization

/// Which refusals get a line in the log: of each code a few at once and one a second, so that no client fills a disk.
final class RefusalLog: Sendable {
    private struct Line {
        var bucket: TokenBucket
        var left = 0
    }

    private static let burst = 20
    private let lines = Mutex<[String: Line]>([:])

    /// - Parameter code: a refusal's; those are a closed list.
    /// - Returns: how many of that code got no line since the last one that did; `nil`: this one gets none either.
    func admits(_ code: String) -> Int? {
        let now = NIODeadline.now().uptimeNanoseconds
        return lines.withLock { lines in
            var line = lines[code] ?? Line(bucket: TokenBucket(burst: Self.burst, at: now))
            defer { lines[code] = line }
            guard line.bucket.take(perSecond: 1, burst: Self.burst, at: now) == nil else {
                line.left += 1
                return nil
            }
            defer { line.left = 0 }
            return line.left
        }
    }
}

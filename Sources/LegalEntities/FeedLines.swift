/// Cuts a stream of chunks into lines without ever holding more than one chunk and one line's limit.
///
/// A line ends with LF or CRLF. A line over the limit is dropped as it streams by and reported once by its number.
package struct FeedLines {
    package enum Line: Equatable, Sendable {
        case text([UInt8], number: Int)
        case tooLong(number: Int)
    }

    package let limit: Int
    private var pending: [UInt8] = []
    private var overlong = false
    private var number = 1

    package init(limit: Int = 4096) { self.limit = limit }

    /// The lines that end in this chunk.
    package mutating func take(_ chunk: some Sequence<UInt8>) -> [Line] {
        var lines: [Line] = []
        for byte in chunk {
            if byte == 0x0A {
                lines.append(ended())
            } else if overlong || pending.count > limit {
                overlong = true
                pending.removeAll(keepingCapacity: true)
            } else {
                pending.append(byte)
            }
        }
        return lines
    }

    /// The last line where the stream did not end with LF.
    package mutating func finish() -> Line? { pending.isEmpty && !overlong ? nil : ended() }

    private mutating func ended() -> Line {
        defer {
            pending.removeAll(keepingCapacity: true)
            overlong = false
            number += 1
        }
        if pending.last == 0x0D { pending.removeLast() }
        return overlong || pending.count > limit ? .tooLong(number: number) : .text(pending, number: number)
    }
}

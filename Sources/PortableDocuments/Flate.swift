internal import CQPDF

/// zlib for the few streams that this room reads or writes itself, never beyond a given size.
enum Flate {
    enum Failure: Error {
        case damaged
        case tooLarge
    }

    /// - Throws: `Failure.tooLarge` as soon as more than `limit` bytes come out: a small file may hold a gigabyte.
    static func inflate(_ input: ArraySlice<UInt8>, limit: Int) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        try run(input) { (chunk) throws(Failure) in
            guard output.count + chunk.count <= limit else { throw .tooLarge }
            output += chunk
        }
        return output
    }

    /// How many bytes would come out, without keeping them.
    static func inflatedSize(_ input: ArraySlice<UInt8>, limit: Int) throws(Failure) -> Int {
        var size = 0
        try run(input) { (chunk) throws(Failure) in
            size += chunk.count
            guard size <= limit else { throw .tooLarge }
        }
        return size
    }

    private static func run(
        _ input: ArraySlice<UInt8>, chunk: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var stream = z_stream()
        guard CQPDF_inflate_init(&stream) == Z_OK else { throw .damaged }
        defer { inflateEnd(&stream) }
        var copy = Array(input)
        var window = [UInt8](repeating: 0, count: 64 << 10)
        let failure: Failure? = copy.withUnsafeMutableBufferPointer { source in
            window.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(clamping: source.count)
                while true {
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    let status = CQPDF.inflate(&stream, Z_NO_FLUSH)
                    guard status == Z_OK || status == Z_STREAM_END else { return .damaged }
                    let made = target.count - Int(stream.avail_out)
                    do throws(Failure) {
                        try chunk(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(target)[..<made]))
                    } catch { return error }
                    if status == Z_STREAM_END { return nil }
                    if made == 0, stream.avail_in == 0 { return .damaged }
                }
            }
        }
        if let failure { throw failure }
    }

    static func deflate(_ input: [UInt8]) -> [UInt8]? {
        var length = compressBound(UInt(input.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        guard compress2(&output, &length, input, UInt(input.count), Z_BEST_COMPRESSION) == Z_OK else { return nil }
        return Array(output.prefix(Int(length)))
    }

    /// Undoes the PNG predictors (RFC 2083, 6) that cross-reference streams use: each row begins with its filter.
    static func unpredicted(_ input: [UInt8], columns: Int) -> [UInt8]? {
        guard columns > 0, input.count.isMultiple(of: columns + 1) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var above = [UInt8](repeating: 0, count: columns)
        for start in stride(from: 0, to: input.count, by: columns + 1) {
            var row = Array(input[start + 1...start + columns])
            for index in 0..<columns {
                let left = index > 0 ? row[index - 1] : 0
                switch input[start] {
                case 0: break
                case 1: row[index] &+= left
                case 2: row[index] &+= above[index]
                case 3: row[index] &+= UInt8((Int(left) + Int(above[index])) / 2)
                case 4: row[index] &+= paeth(Int(left), Int(above[index]), index > 0 ? Int(above[index - 1]) : 0)
                default: return nil
                }
            }
            output += row
            above = row
        }
        return output
    }

    private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> UInt8 {
        let guess = left + above - corner
        let (toLeft, toAbove, toCorner) = (abs(guess - left), abs(guess - above), abs(guess - corner))
        if toLeft <= toAbove, toLeft <= toCorner { return UInt8(left) }
        return UInt8(toAbove <= toCorner ? above : corner)
    }
}

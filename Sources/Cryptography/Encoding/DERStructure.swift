/// Walks identifiers and lengths (X.690, 8.1 and 10.1) without keeping anything: nothing is allocated for bytes that
/// turn out to be no DER. Every index is compared with an end that lies within the bytes.
struct DERStructure {
    let bytes: UnsafeBufferPointer<UInt8>

    struct Header {
        let identifier: UInt8
        let contentStart: Int
        let contentEnd: Int
    }

    static let maximumDepth = 50

    /// Whether the bytes are one element, sound to the last member.
    var isOneElement: Bool {
        guard let header = header(at: 0, end: bytes.count), header.contentEnd == bytes.count else { return false }
        return isSound(header, depth: 1)
    }

    private func isSound(_ element: Header, depth: Int) -> Bool {
        guard element.identifier & 0x20 != 0 else { return true }
        guard depth < DERStructure.maximumDepth else { return false }
        var position = element.contentStart
        while position < element.contentEnd {
            guard let member = header(at: position, end: element.contentEnd), isSound(member, depth: depth + 1) else {
                return false
            }
            position = member.contentEnd
        }
        return true
    }

    /// Identifier and length at a position; `nil` unless they are minimal and the content ends at or before `end`.
    func header(at start: Int, end: Int) -> Header? {
        guard start < end else { return nil }
        let identifier = bytes[start]
        // End-of-contents belongs to the indefinite form, which DER has not.
        guard identifier & 0xDF != 0 else { return nil }
        var position = start + 1
        if identifier & 0x1F == 0x1F {
            guard let after = highTagEnd(at: position, end: end) else { return nil }
            position = after
        }
        guard position < end else { return nil }
        var length = Int(bytes[position])
        position += 1
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), position + count <= end, bytes[position] != 0 else { return nil }
            length = 0
            for index in position..<(position + count) { length = length << 8 | Int(bytes[index]) }
            guard length >= 0x80 else { return nil }
            position += count
        }
        guard length <= end - position else { return nil }
        return Header(identifier: identifier, contentStart: position, contentEnd: position + length)
    }

    /// Tag numbers from 31 in base 128: minimal, at most four bytes (X.690, 8.1.2.4).
    private func highTagEnd(at start: Int, end: Int) -> Int? {
        var number = 0
        for position in start..<min(start + 4, end) {
            let byte = bytes[position]
            if position == start, byte == 0x80 { return nil }
            number = number << 7 | Int(byte & 0x7F)
            if byte & 0x80 == 0 { return number >= 31 ? position + 1 : nil }
        }
        return nil
    }
}

/// A card's answer: data, then the status word.
package struct ResponseAPDU: Hashable, Sendable {
    package var data: [UInt8]
    package var status: StatusWord

    package init(data: [UInt8] = [], status: StatusWord) {
        self.data = data
        self.status = status
    }

    /// The longest answer that one command can have: 65,536 bytes and a status word.
    package static let longest = 65_538

    /// An answer as it came; `nil` if it has no status word, one that no card may send, or more bytes than fit.
    package init?(parsing bytes: [UInt8]) {
        guard (2...Self.longest).contains(bytes.count) else { return nil }
        status = StatusWord(rawValue: UInt16(bytes[bytes.count - 2]) << 8 | UInt16(bytes[bytes.count - 1]))
        data = Array(bytes.dropLast(2))
        guard status.isWellFormed else { return nil }
    }

    package var bytes: [UInt8] {
        data + [UInt8(status.rawValue >> 8), UInt8(status.rawValue & 0xFF)]
    }
}

/// A command to a card, in the standard's terms (ISO/IEC 7816-4, 5.1): header, data, and how much answer is expected.
package struct CommandAPDU: Hashable, Sendable {
    package var instructionClass: UInt8
    package var instruction: UInt8
    package var p1: UInt8
    package var p2: UInt8
    package var data: [UInt8]
    /// Nₑ: the most bytes of answer that are wanted; `nil` where none are.
    package var expected: Int?

    /// The longest data of one short command, and of one extended command.
    package static let longestShortData = 255
    package static let longestExtendedData = 65_535
    /// The bit of the class byte that says: more of this command follows (ISO/IEC 7816-4, 5.3.3).
    package static let chainingBit: UInt8 = 0x10

    package init(
        class instructionClass: UInt8 = 0x00, _ instruction: UInt8, _ p1: UInt8, _ p2: UInt8, data: [UInt8] = [],
        expecting expected: Int? = nil
    ) {
        self.instructionClass = instructionClass
        self.instruction = instruction
        self.p1 = p1
        self.p2 = p2
        self.data = data
        self.expected = expected
    }

    package var isChained: Bool { instructionClass & Self.chainingBit != 0 }

    /// How a long command crosses to the card.
    package enum LengthCoding: Sendable, CaseIterable {
        /// Short commands of at most 255 bytes, all but the last with the chaining bit. Every PIV card knows it.
        case chained
        /// One command with lengths of two bytes. Needs a card and a reader that carry it.
        case extended
    }

    /// The command as the frames that are sent one after the other; `nil` if no coding can carry it.
    package func frames(_ coding: LengthCoding) -> [[UInt8]]? {
        guard expected.map({ (1...65_536).contains($0) }) ?? true else { return nil }
        switch coding {
        case .extended where data.count > Self.longestShortData || (expected ?? 0) > 256:
            return data.count <= Self.longestExtendedData ? [extendedFrame()] : nil
        case .extended, .chained:
            guard data.count <= Self.longestExtendedData else { return nil }
            var frames: [[UInt8]] = []
            var offset = 0
            while data.count - offset > Self.longestShortData {
                let block = data[offset..<offset + Self.longestShortData]
                frames.append([instructionClass | Self.chainingBit, instruction, p1, p2, 0xFF] + block)
                offset += Self.longestShortData
            }
            frames.append(shortFrame(data[offset...]))
            return frames
        }
    }

    private func shortFrame(_ block: ArraySlice<UInt8>) -> [UInt8] {
        var frame = [instructionClass, instruction, p1, p2]
        if !block.isEmpty { frame += [UInt8(block.count)] + block }
        if let expected { frame.append(expected >= 256 ? 0 : UInt8(expected)) }
        return frame
    }

    private func extendedFrame() -> [UInt8] {
        var frame = [instructionClass, instruction, p1, p2, 0]
        if !data.isEmpty { frame += [UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data }
        if let expected {
            frame += expected >= 65_536 ? [0, 0] : [UInt8(expected >> 8), UInt8(expected & 0xFF)]
        }
        return frame
    }

    /// A frame as a card receives it, in one of the seven cases of ISO/IEC 7816-3, 12.1.3; `nil` if its lengths do not
    /// add up.
    package init?(parsing frame: [UInt8]) {
        guard frame.count >= 4 else { return nil }
        self.init(class: frame[0], frame[1], frame[2], frame[3])
        let body = frame[4...]
        guard let first = body.first else { return }
        if body.count == 1 {
            expected = first == 0 ? 256 : Int(first)
            return
        }
        if first != 0 {
            let rest = body.dropFirst()
            guard rest.count == Int(first) || rest.count == Int(first) + 1 else { return nil }
            data = Array(rest.prefix(Int(first)))
            if rest.count > data.count { expected = rest.last == 0 ? 256 : rest.last.map(Int.init) }
            return
        }
        guard body.count >= 3 else { return nil }
        let length = Int(body[body.startIndex + 1]) << 8 | Int(body[body.startIndex + 2])
        let rest = body.dropFirst(3)
        if rest.isEmpty {
            expected = length == 0 ? 65_536 : length
            return
        }
        guard length > 0, rest.count == length || rest.count == length + 2 else { return nil }
        data = Array(rest.prefix(length))
        if rest.count > length {
            let wanted = Int(rest[rest.endIndex - 2]) << 8 | Int(rest[rest.endIndex - 1])
            expected = wanted == 0 ? 65_536 : wanted
        }
    }
}

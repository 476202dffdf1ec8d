package import Cryptography
internal import Foundation
package import Groundwork

/// Reads a journal from its beginning, or from somewhere in it, in constant memory, and checks every chain.
package struct SigningJournalReader: ~Copyable {
    package enum Item {
        case record(SigningRecord)
        /// A power cut was here: so many bytes, of signatures that were never made, are void.
        case interrupted(bytes: Int)
        /// This line does not follow from the one before it: it, or one before it, was altered or taken away.
        case broken(line: Int)
    }

    /// The longest stretch that one interruption may leave: what a writer writes at once stays far below it.
    package static let longestInterruption = 1 << 20

    /// How many lines after the one that names the key were read, and the chain of the last of them.
    package private(set) var line = 0
    package private(set) var head: [UInt8]?
    /// Where the last break stands in the file, and the chain before it.
    private(set) var lastBreak: (offset: Int, head: [UInt8]?)?
    /// Where the next line begins.
    package var offset: Int { base + position }

    private let file: JournalDescriptor
    private var buffer: [UInt8] = []
    private var position = 0
    /// Where the buffer begins in the file.
    private var base: Int
    private var isAtEnd = false

    /// From the first signature on. Refused if the file is another key's journal, or none.
    package init(path: String, key: PublicKey) throws(Refusal) {
        try self.init(file: JournalDescriptor(reading: path), key: key)
    }

    package init(file: JournalDescriptor, key: PublicKey) throws(Refusal) {
        self.file = file
        let header = SigningLine.header(of: key)
        guard try file.read(at: 0, count: header.count) == header else {
            throw Refusal(KeyCustodyRefusal.foreignJournal, detail: file.path)
        }
        base = header.count
        head = SigningLine.start(header)
    }

    /// From a place in the file on: the first line that begins after it is believed.
    package init(file: JournalDescriptor, from offset: Int) throws(Refusal) {
        self.file = file
        base = offset
        try fill(SigningLine.longest + 1)
        position = buffer.firstIndex(of: SigningLine.newline).map { $0 + 1 } ?? buffer.count
    }

    package mutating func next() throws(Refusal) -> Item? {
        guard let text = try nextLine(after: position) else { return nil }
        // Without its newline a line is unfinished, whatever it says.
        let parsed = text.upperBound < buffer.count ? SigningLine.Parsed(buffer[text]) : nil
        if let parsed, head.map(parsed.follows) ?? true, case .record(let record) = parsed.content {
            advance(to: text.upperBound + 1, parsed.chain)
            return .record(record)
        }
        if let resumed = try interruption() { return resumed }
        lastBreak = (offset, head)
        advance(to: min(text.upperBound + 1, buffer.count), parsed?.chain)
        return .broken(line: line)
    }

    private mutating func advance(to end: Int, _ chain: [UInt8]?) {
        position = end
        head = chain
        line += 1
    }

    /// A line further on may say that what stands here is the rest of a power cut.
    private mutating func interruption() throws(Refusal) -> Item? {
        guard let head, let broken = try nextLine(after: position) else { return nil }
        var place = broken.upperBound + 1
        while place - position <= Self.longestInterruption, let text = try nextLine(after: place),
            text.upperBound < buffer.count
        {
            if let parsed = SigningLine.Parsed(buffer[text]), case .resumed(let bytes, let digest) = parsed.content,
                bytes == place - position, parsed.follows(head),
                DigestAlgorithm.sha256.hash(Array(buffer[position..<place])) == digest
            {
                advance(to: text.upperBound + 1, parsed.chain)
                return .interrupted(bytes: bytes)
            }
            place = text.upperBound + 1
        }
        return nil
    }

    /// The next line's place in the buffer, without its newline; at the file's end also one that has none.
    private mutating func nextLine(after place: Int) throws(Refusal) -> Range<Int>? {
        var place = place
        var searched = place
        while true {
            if searched < buffer.count,
                let end = buffer[searched...].firstIndex(of: SigningLine.newline)
            {
                return place..<end
            }
            searched = buffer.count
            // Nothing that long is a line: it is handed out as a broken one, so that memory stays bounded.
            if isAtEnd || buffer.count - place > Self.longestInterruption {
                return place < buffer.count ? place..<buffer.count : nil
            }
            // What was read already is let go, unless somebody looks ahead from it.
            if place == position, position > 0 {
                base += position
                buffer.removeFirst(position)
                searched -= position
                position = 0
                place = 0
            }
            try fill(1 << 18)
        }
    }

    private mutating func fill(_ count: Int) throws(Refusal) {
        let more = try file.read(at: base + buffer.count, count: count)
        if more.isEmpty { isAtEnd = true }
        buffer.append(contentsOf: more)
    }
}

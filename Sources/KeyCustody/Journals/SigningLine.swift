internal import Cryptography
internal import Groundwork

/// The text of a journal: a first line that names the key, then one line for each signature, each with the hash that
/// chains it to all before it.
///
///     YZT-SIGNED-1 <SHA-256 of the key's SubjectPublicKeyInfo>
///     C <milliseconds> <serial number> <SHA-256 of the message> <chain>
///     L <milliseconds> <number>.<c or d>.<scope> <SHA-256 of the message> <chain>
///     R <milliseconds> <bytes> <SHA-256 of those bytes> <chain>
///
/// A list's number, kind and scope are read from the list (``SignedListName``); lines of before say `-` there, and so
/// does one whose list has no number.
///
/// A chain is SHA-256(chain before ‖ the line up to its last blank, that included); the first one is that of the line
/// that names the key. `R` stands after bytes that a power cut left unfinished: it names how many, and goes on from the
/// last whole line before them.
enum SigningLine {
    /// Nothing longer is a line.
    static let longest = 256

    enum Content: Hashable {
        case record(SigningRecord)
        case resumed(bytes: Int, digest: [UInt8])
    }

    static func header(of key: PublicKey) -> [UInt8] {
        Array("YZT-SIGNED-1 \(Hex.encode(DigestAlgorithm.sha256.hash(key.spki)))\n".utf8)
    }

    /// The chain before the first signature.
    static func start(_ header: [UInt8]) -> [UInt8] { DigestAlgorithm.sha256.hash(Array(header.dropLast())) }

    /// The line with its newline, and its chain.
    static func write(_ content: Content, at moment: Instant, after head: [UInt8]) -> (line: [UInt8], chain: [UInt8]) {
        let text =
            switch content {
            case .record(let record):
                "\(record.kind.rawValue) \(moment.milliseconds) \(record.serial?.hex ?? record.list?.text ?? "-") "
                    + "\(Hex.encode(record.digest)) "
            case .resumed(let bytes, let digest): "R \(moment.milliseconds) \(bytes) \(Hex.encode(digest)) "
            }
        var line = Array(text.utf8)
        let chain = chain(of: line[...], after: head)
        line.append(contentsOf: Hex.encode(chain).utf8)
        line.append(newline)
        return (line, chain)
    }

    static let newline = UInt8(ascii: "\n")

    private static func chain(of text: ArraySlice<UInt8>, after head: [UInt8]) -> [UInt8] {
        DigestAlgorithm.sha256.hash(head + text)
    }

    /// A line that was read, without its newline; `nil` if it is none.
    struct Parsed {
        let content: Content
        let chain: [UInt8]
        private let text: ArraySlice<UInt8>

        init?(_ line: ArraySlice<UInt8>) {
            guard line.count <= SigningLine.longest else { return nil }
            let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard fields.count == 5, let chain = Hex.decode(fields[4]), chain.count == 32,
                let digest = Hex.decode(fields[3]), digest.count == 32, fields[0].count == 1,
                let moment = Int64(String(decoding: fields[1], as: UTF8.self))
            else { return nil }
            self.chain = chain
            text = line.prefix(line.count - 64)
            let kind = String(decoding: fields[0], as: UTF8.self)
            if kind == "R" {
                guard let bytes = Int(String(decoding: fields[2], as: UTF8.self)), bytes > 0 else { return nil }
                content = .resumed(bytes: bytes, digest: digest)
                return
            }
            guard let kind = SigningRecord.Kind(rawValue: kind) else { return nil }
            let serial = kind == .certificate ? Hex.decode(fields[2]).flatMap { SerialNumber($0) } : nil
            let list = kind == .list ? SignedListName(text: String(decoding: fields[2], as: UTF8.self)) : nil
            guard (kind == .certificate) == (serial != nil),
                serial != nil || list != nil || fields[2].elementsEqual("-".utf8)
            else { return nil }
            content = .record(
                SigningRecord(
                    kind: kind, serial: serial, list: list, digest: digest, at: Instant(milliseconds: moment)))
        }

        func follows(_ head: [UInt8]) -> Bool { SigningLine.chain(of: text, after: head) == chain }
    }
}

extension Hex {
    /// Digits as they stand in a file.
    fileprivate static func decode(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x57
            default: return nil
            }
            if let half = high {
                bytes.append(half << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

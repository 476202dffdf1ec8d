internal import Foundation
internal import Groundwork

/// One line of a pinentry's answer. Its bytes may be a PIN, so they are wiped when the line ends.
struct AssuanLine: ~Copyable {
    private let bytes: SecretBytes

    /// - Parameter waiting: called before each byte; what it throws ends the reading.
    static func read(from descriptor: Int32, waiting: () throws -> Void) throws -> AssuanLine {
        var line: [UInt8] = []
        line.reserveCapacity(1_000)
        var byte: UInt8 = 0
        defer {
            byte = 0
            line.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        while true {
            try waiting()
            guard Foundation.read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
            guard line.count < 1_000 else { break }
            line.append(byte)
        }
        guard !line.isEmpty else { throw Refusal(CardAgentRefusal.noPIN, detail: "the PIN window closed") }
        return AssuanLine(bytes: SecretBytes(wiping: &line))
    }

    /// What an `ERR` line says (libgpg-error, err-codes.h: the low 16 bits are the code). Some programs call it
    /// cancelled where there was nowhere to ask.
    borrowing func refusal(hadSlot: Bool) -> Refusal {
        let text = bytes.withBytes { String(decoding: $0, as: UTF8.self) }
        let number = text.split(separator: " ").dropFirst().first.flatMap { UInt32($0) } ?? 0
        switch number & 0xFFFF {
        case 99 where hadSlot, 114 where hadSlot, 198 where hadSlot:
            return Refusal(CardAgentRefusal.noPIN, detail: "the PIN window was cancelled")
        case 62: return Refusal(CardAgentRefusal.noPIN, detail: "nobody answered the PIN window in time")
        default: return Refusal(CardAgentRefusal.noPINWindow, detail: text)
        }
    }

    var isOK: Bool { starts(with: "OK") }
    var isComment: Bool { starts(with: "#") || starts(with: "S ") }

    private borrowing func starts(with prefix: String) -> Bool { bytes.withBytes { $0.starts(with: prefix.utf8) } }

    /// The answer of a `D` line with its percent escapes undone.
    consuming func consumeData(hadSlot: Bool) throws -> SecretBytes {
        // An empty entry is a bare OK.
        guard !starts(with: "OK") else { throw Refusal(CardAgentRefusal.noPIN, detail: "the entry was empty") }
        guard starts(with: "D ") else { throw refusal(hadSlot: hadSlot) }
        var plain: [UInt8] = []
        plain.reserveCapacity(64)
        bytes.withBytes { line in
            var index = 2
            while index < line.count {
                if line[index] == UInt8(ascii: "%"), index + 2 < line.count,
                    let value = Hex.decode(String(decoding: line[index + 1...index + 2], as: UTF8.self))
                {
                    plain += value
                    index += 3
                } else {
                    plain.append(line[index])
                    index += 1
                }
            }
        }
        return SecretBytes(wiping: &plain)
    }
}

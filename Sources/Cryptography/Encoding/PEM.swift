internal import Foundation
package import Groundwork

/// The textual encoding of RFC 7468.
package enum PEM {
    package struct Block: Hashable, Sendable {
        package let label: String
        package let der: [UInt8]
    }

    /// One block in the strict form: lines of 64 characters.
    package static func encode(_ label: String, _ der: [UInt8]) -> String {
        let text = Array(Base64.encode(der).utf8)
        var lines = "-----BEGIN \(label)-----\n"
        for start in stride(from: 0, to: text.count, by: 64) {
            lines += String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self) + "\n"
        }
        return lines + "-----END \(label)-----\n"
    }

    /// All blocks of a text, in order; what stands between them is not read (RFC 7468, 2: explanatory text).
    package static func decode(_ text: String, limit: Int = 1 << 24) throws(Refusal) -> [Block] {
        guard text.utf8.count <= limit else { throw .cryptography(.tooLarge, .pem) }
        var blocks: [Block] = []
        var label: String?
        var body = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if let open = label {
                if line == "-----END \(open)-----" {
                    guard let der = Base64.decode(body) else { throw .cryptography(.malformed, .pem, "Base64") }
                    blocks.append(Block(label: open, der: der))
                    label = nil
                } else {
                    body += line
                }
            } else if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----"), line.count > 16 {
                label = String(line.dropFirst(11).dropLast(5))
                body = ""
            }
        }
        guard label == nil else { throw .cryptography(.malformed, .pem, "a block has no end") }
        return blocks
    }

    /// The first block with this label.
    package static func decodeFirst(_ label: String, in text: String) throws(Refusal) -> [UInt8] {
        guard let block = try decode(text).first(where: { $0.label == label }) else {
            throw .cryptography(.malformed, .pem, "no \(label)")
        }
        return block.der
    }
}

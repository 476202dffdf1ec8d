package import Groundwork

/// An origin exactly as a browser serialises it (HTML, 7.1.1): `https://host` or `https://host:port`, no path, lower
/// case, no default port. Origins are compared as text: no prefix, no suffix, no pattern.
///
/// `http` is allowed for loopback addresses alone: the evaluation's service, never a department's.
package struct WebOrigin: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package static let longest = 255

    package init(_ text: String) throws(Refusal) {
        guard Self.isExact(text) else {
            throw Refusal(AuthenticationRefusal.malformedOrigin, facts: ["origin": String(text.prefix(80))])
        }
        self.text = text
    }

    package var description: String { text }

    private static func isExact(_ text: String) -> Bool {
        guard text.utf8.count <= longest else { return false }
        let secure = text.hasPrefix("https://")
        guard secure || text.hasPrefix("http://") else { return false }
        let authority = text.dropFirst(secure ? 8 : 7)
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, isHost(host), secure || isLoopback(host) else { return false }
        guard parts.count == 2 else { return true }
        guard let port = Int(parts[1]), (1...65_535).contains(port), String(port) == parts[1] else { return false }
        return port != (secure ? 443 : 80)
    }

    private static func isHost(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            }
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        if host == "localhost" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && numbers.map(String.init).joined(separator: ".") == host
    }
}

extension WebOrigin: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

internal import Foundation

/// An IPv4 or IPv6 address. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16, network byte order.
    package let bytes: [UInt8]

    /// The address in the forms that inet_pton(3) takes; `nil` for anything else, also for one with a port.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45 else { return nil }
        let text = String(text)
        var raw = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &raw) == 1 {
            bytes = Array(raw.prefix(4))
        } else if inet_pton(AF_INET6, text, &raw) == 1 {
            let isMapped = raw.prefix(10).allSatisfy { $0 == 0 } && raw[10] == 0xFF && raw[11] == 0xFF
            bytes = isMapped ? Array(raw.suffix(4)) : raw
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The address in what proxies write: also with a port (`192.0.2.1:4711`, `[2001:db8::1]:4711`), in brackets, or
    /// with an IPv6 zone (`fe80::1%eth0`), all of which say nothing about who it is.
    package init?(withPort text: some StringProtocol) {
        guard text.utf8.count <= 80 else { return nil }
        var text = Substring(text)
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || Self.isPort(rest) else { return nil }
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
            guard Self.isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        if let zone = text.firstIndex(of: "%") { text = text[..<zone] }
        self.init(text)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && (1...5).contains(text.count - 1)
            && text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// The address with all bits after the first `prefix` cleared.
    package func network(prefix: Int) -> IPAddress {
        IPAddress(
            bytes: bytes.enumerated().map { index, byte in
                let kept = max(0, min(8, prefix - index * 8))
                return kept == 0 ? 0 : byte & (0xFF << (8 - kept))
            })
    }

    /// RFC 5952's form for IPv6.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else {
            return "unknown"
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Addresses that have their first bits in common, as the configuration writes them: `10.0.0.0/8`, `2001:db8::/32`, or
/// one address.
package struct IPNetwork: Hashable, Sendable, Codable, CustomStringConvertible {
    package let base: IPAddress
    /// 0 to 32, or to 128 for IPv6.
    package let prefix: Int

    /// - Returns: `nil` if the text is none, or names bits after its prefix (`10.0.0.1/8` is likely a mistake).
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let base = IPAddress(first) else { return nil }
        let longest = base.bytes.count * 8
        guard parts.count == 2 else {
            self.base = base
            prefix = longest
            return
        }
        guard (1...3).contains(parts[1].count), parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
            let prefix = Int(parts[1]), (0...longest).contains(prefix), base.network(prefix: prefix) == base
        else { return nil }
        self.base = base
        self.prefix = prefix
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let network = IPNetwork(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected an address or a network such as 10.0.0.0/8")
        }
        self = network
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == base.bytes.count && address.network(prefix: prefix) == base
    }

    package var description: String {
        prefix == base.bytes.count * 8 ? base.description : "\(base)/\(prefix)"
    }
}

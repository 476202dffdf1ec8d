/// Where one address listens, as `host:port` in the configuration.
package struct ListenAddress: Hashable, Sendable, Codable, CustomStringConvertible {
    /// An IP address or a name of this machine.
    package var host: String
    /// TCP port.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port), colon != text.startIndex
        else { return nil }
        self.init(host: String(text[..<colon]), port: port)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let address = ListenAddress(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected host:port")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String { "\(host):\(port)" }
}

/// The four outside addresses, distinct by nature: what certificates name, where people log in, what everybody may
/// read, and the inside network.
package enum ServiceAddress: String, CaseIterable, Sendable, Codable {
    case status
    case login
    case `public`
    case staff
}

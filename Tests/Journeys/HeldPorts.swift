import Foundation
import OtherPrograms
import Testing

/// The ports that `yzt` chose for an evaluation, kept for it.
struct HeldPorts {
    private let ports: [HeldPort]

    init(configuration: String) throws {
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        let addresses = text.matches(of: /(?:status|login|public|staff): ["']?(127\.0\.0\.[1-4]):([0-9]+)/)
        try #require(addresses.count == 4, "\(text)")
        ports = try addresses.map { try HeldPort(on: String($0.1), number: try #require(UInt16($0.2))) }
    }
}

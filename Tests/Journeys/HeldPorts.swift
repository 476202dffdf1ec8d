import Foundation
import Testing

/// The ports that `yzt` chose for an evaluation, kept for it: bound, and not listened at. The kernel gives them to
/// nobody who asks for any free one, and the service, which says SO_REUSEADDR, may listen there.
final class HeldPorts {
    private var sockets: [Int32] = []

    init(configuration: String) throws {
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        let addresses = text.matches(of: /(?:status|login|public|staff): ["']?(127\.0\.0\.[1-4]):([0-9]+)/)
        try #require(addresses.count == 4, "\(text)")
        for match in addresses {
            let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            sockets.append(holder)
            var yes: Int32 = 1
            setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = try #require(UInt16(match.2)).bigEndian
            inet_pton(AF_INET, String(match.1), &address.sin_addr)
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(holder, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            try #require(isBound, "\(match.0)")
        }
    }

    deinit { for socket in sockets { close(socket) } }
}

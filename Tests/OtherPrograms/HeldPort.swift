internal import Foundation

/// A port that is kept for a service: bound, and not listened at. The kernel gives it to nobody who asks for any free
/// one, and the service, which says SO_REUSEADDR, may listen there.
package final class HeldPort: Sendable {
    package let number: Int
    private let descriptor: Int32

    /// - Parameters:
    ///   - host: an IPv4 address.
    ///   - number: which port; 0 for any that is free.
    /// - Throws: `POSIXError` where it is somebody else's.
    package init(on host: String = "127.0.0.1", number: UInt16 = 0) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.number = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    }

    deinit { close(descriptor) }
}

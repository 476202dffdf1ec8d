import Foundation
import Groundwork
import Installation
import WebService

/// Loopback addresses and free ports for an evaluation: four addresses, for cookies ignore ports.
enum EvaluationAddresses {
    static func choose() throws -> (ServiceConfiguration.Listen, BaseAddresses) {
        var listen: [ListenAddress] = []
        for number in 1...4 {
            let host = "127.0.0.\(number)"
            listen.append(ListenAddress(host: host, port: try freePort(on: host)))
        }
        func base(_ address: ListenAddress) -> String { "http://\(address)" }
        return (
            ServiceConfiguration.Listen(status: listen[0], login: listen[1], public: listen[2], staff: listen[3]),
            BaseAddresses(
                status: base(listen[0]), login: base(listen[1]), public: base(listen[2]), staff: base(listen[3]))
        )
    }

    /// What was found free stays bound, and not listened at, while this process lives: nobody else is given it before
    /// the service, which says SO_REUSEADDR, listens there.
    private static func freePort(on host: String) throws -> Int {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        guard probe >= 0,
            setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
        else { throw Refusal(WebServiceRefusal.addressInUse, facts: ["address": host]) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, host, &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(probe, address, length) == 0 && getsockname(probe, address, &length) == 0
            }
        }
        guard bound else { throw Refusal(WebServiceRefusal.addressInUse, facts: ["address": host]) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

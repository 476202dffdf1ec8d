package import Hummingbird
internal import HTTPTypes

/// Who asks, as far as a rate limit must know: an IPv4 address, or the network of an IPv6 address (a host has 2⁶⁴ of
/// those at no cost).
package struct ClientAddress: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// The peer; where that is this machine, it is the reverse proxy before us, and the last address of its
    /// X-Forwarded-For is the client's. From anybody else that header is a claim and nothing more.
    package init(_ request: Request, _ context: AddressContext) {
        let peer = context.peer ?? "unknown"
        guard peer == "::1" || peer.hasPrefix("127."), let name = HTTPField.Name("X-Forwarded-For"),
            let last = request.headers[values: name].last?.split(separator: ",").last
        else {
            self.init(ClientAddress.network(of: peer))
            return
        }
        self.init(ClientAddress.network(of: String(last.filter { !$0.isWhitespace }.prefix(45))))
    }

    private static func network(of address: String) -> String {
        guard address.contains(":") else { return address }
        // "2001:db8::1" and the like: the first four groups, as far as they are written out.
        return address.split(separator: ":", omittingEmptySubsequences: false).prefix(4).joined(separator: ":") + "/64"
    }
}
